import fc from 'fast-check'
import type { JWK } from 'jose'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { sharedKey } from '../../harness/client/assertion.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { nobodysKey, privateJwk } from '../../harness/client/own-keys.ts'
import { type ProtocolClient, randomVerifier } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import type { CheckContext } from '../../harness/check.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { assertionForgery, macForgery, respelling } from '../generators/assertion.ts'
import type { Forge, Forgery } from '../generators/assertion-forgery.ts'
import { expectNoToken } from '../oracles/answers.ts'
import { expectNotActive } from '../oracles/introspection.ts'

const needs = ['client_credentials', 'private_key_jwt'] as const

/** A client assertion that is wrong in any one respect authenticates nobody. */
export const forgedAssertionIsDenied = property({
  proves: [
    rfc7523.signed,
    rfc7523.audience,
    rfc7523.expiry,
    rfc7523.notBefore,
    rfc7523.issuerAndSubject,
    rfc7523.otherwiseValid,
    rfc7523.invalidClient,
  ],
  needs,
  as: 'private_key_jwt',

  async arrange({ client }) {
    client.tokensOf(await client.clientCredentials())
    const key = ownKeyOf(client)
    const { alg = 'ES256' } = key
    return { client, key, foreignKey: { ...privateJwk(await nobodysKey(alg)), alg } }
  },
  inputs: () => assertionForgery,
  holds: async (forgery, context, forge) => await expectNobody(forgery, context, forge),
})

/** An assertion by a secret that is wrong in any one respect authenticates nobody either. */
export const forgedMacIsDenied = property({
  proves: forgedAssertionIsDenied.proves,
  needs: ['client_credentials', 'client_secret_jwt'],
  as: 'client_secret_jwt',

  async arrange({ client }) {
    client.tokensOf(await client.clientCredentials())
    return { client, key: sharedKey(client.secret), foreignKey: sharedKey(randomVerifier()) }
  },
  inputs: () => macForgery,
  holds: async (forgery, context, forge) => await expectNobody(forgery, context, forge),
})

async function expectNobody({ breaks, make }: Forgery, { client, expect }: CheckContext, forge: Forge) {
  const assertion = await make(forge)
  if (assertion === undefined) return
  const answer = await withAssertion(client, assertion)

  expectNoToken(expect, answer, breaks)
  // What is no JWT, or has another client than the form (RFC 7521 §4.2), makes the request malformed, too.
  const isMalformed = breaks === rfc7523.issuerAndSubject || !isJwt(assertion)
  const isOwed = !isMalformed && [400, 401].includes(answer.status)
  const error = objectOf(answer)?.['error']
  expect.that(
    !isOwed || error === undefined || error === 'invalid_client',
    { violation: 'wrong-error', expected: 'the error invalid_client', actual: describeAnswer(answer) },
    rfc7523.invalidClient,
  )
}

/** A jti that was seen is spent, whatever else changes in the next assertion that has it. */
export const spentJtiIsDenied = property({
  proves: [oidcCore.assertionSingleUse],
  needs: [...needs, 'openid'],
  as: 'private_key_jwt',
  inputs: () => respelling,

  async holds({ exp, iat, header }, { client, expect }) {
    const now = Math.floor(client.now() / 1000)
    const jti = crypto.randomUUID()
    client.tokensOf(await client.clientCredentials({}, { assertion: { claims: { jti } } }))
    const again = { claims: { jti, exp: now + 60 + exp, iat: now - iat }, header }

    expectNoToken(expect, await client.clientCredentials({}, { assertion: again }), oidcCore.assertionSingleUse)
  },
})

/** What a client signed itself is no token of the server's, whatever it says of itself. */
export const assertionIsNoActiveToken = property({
  proves: [rfc7662.unknownTokenInactive],
  needs: ['introspection', 'private_key_jwt'],
  as: 'private_key_jwt',
  inputs: () =>
    fc.record({
      typ: fc.constantFrom(undefined, 'JWT', 'at+jwt', 'application/at+jwt', 'client-authentication+jwt'),
      claims: fc.record(
        {
          scope: fc.constant('openid'),
          sub: fc.constant('assay'),
          token_use: fc.constant('access'),
          active: fc.constant(true),
        },
        { requiredKeys: [] },
      ),
    }),

  async holds({ typ, claims }, { client, expect }) {
    const { params } = await client.authentication({ assertion: { claims, ...(typ && { header: { typ } }) } })
    const answer = await client.introspect(String(params['client_assertion']))

    expectNotActive(expect, answer, rfc7662.unknownTokenInactive)
  },
})

/** Whether it is a signed JWT as far as anybody can read it. */
function isJwt(text: string): boolean {
  const [, ...parts] = /^([\w-]+)\.([\w-]+)\.[\w-]+$/.exec(text) ?? []
  return parts.length === 2 && parts.every((part) => isObject(Buffer.from(part, 'base64url').toString()))
}

function isObject(json: string): boolean {
  try {
    const value = JSON.parse(json) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

function ownKeyOf({ account }: ProtocolClient): JWK {
  const { client_id: id, private_key: key } = account
  if (key === undefined) throw new Untestable(`the client ${id} has no private_key`)
  const jwk = JSON.parse(key.reveal()) as JWK
  return { alg: jwk.kty === 'RSA' ? 'RS256' : 'ES256', ...jwk }
}

const withAssertion = async (client: ProtocolClient, assertion: string): Promise<HttpResponse> =>
  await client.clientCredentials(
    {
      client_id: client.account.client_id,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    },
    { auth: 'nothing at all' },
  )
