import { rfc6749 } from '../core/spec/rfc6749.ts'
import { type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import type { Expect } from '../harness/expect.ts'
import { scopesOf } from './token-text.ts'

/**
 * Expects `invalid_scope`, or a token without this scope value. RFC 6749 §3.3 lets a server ignore part of what was asked
 * for, but then it must say what it granted instead.
 */
export async function expectNotGranted(value: string, answer: HttpResponse, client: ProtocolClient, expect: Expect) {
  if (answer.status !== 200) return expect.response(answer).toBeOAuthError('invalid_scope')
  const { scope, access_token: token } = objectOf(answer) ?? {}
  const found = typeof scope === 'string' ? scope : await introspectedScope(client, token)
  if (scopesOf(found).has(value)) return expect.response(answer).toBeOAuthError('invalid_scope')
  expect.that(
    typeof scope === 'string',
    {
      violation: 'missing-value',
      expected: 'the scope that was granted',
      actual: 'no scope, which means all that was asked for',
    },
    rfc6749.scopeReturnedWhenChanged,
  )
}

const introspectedScope = async (client: ProtocolClient, token: unknown): Promise<unknown> =>
  client.target.capabilities.has('introspection') && typeof token === 'string'
    ? objectOf(await client.introspect(token))?.['scope']
    : undefined
