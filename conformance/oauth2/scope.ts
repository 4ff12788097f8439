import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { sameScopes, scopesOf } from '../token-text.ts'

/** Where the server names a scope, it names it in values that a client can tell apart. */
export const scopeIsWrittenInValues = check({
  proves: [rfc6749.scopeSyntax],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { body } = await client.grant()
    const { scope } = body
    if (scope === undefined || scope === null) return

    expect.that(typeof scope === 'string' && /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/.test(scope), {
      violation: 'malformed',
      expected: 'values of printable ASCII with one space between two',
      actual: JSON.stringify(scope).slice(0, 80),
    })
  },
})

/** Which value comes first makes no difference. */
export const orderOfScopesMakesNoDifference = check({
  proves: [rfc6749.scopeOrderFree],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const occasions = await occasionsOf(client)
    if (occasions.every(({ scopes }) => scopes.length < 2))
      throw new Untestable('the client may ask for one scope or none; name more in its scope')

    for (const { scopes, ask } of occasions.filter((one) => one.scopes.length > 1)) {
      const [there, back] = [await ask(scopes.join(' ')), await ask(scopes.toReversed().join(' '))]
      if (there === undefined) continue
      expect.that(back !== undefined && sameScopes(there, back), {
        violation: back === undefined ? 'refused' : 'wrong-value',
        expected: `the scope ${[...there].join(' ')} in any order`,
        actual: back === undefined ? 'no token' : `the scope ${[...back].join(' ')}`,
      })
    }
  },
})

/** A scope in capitals is another scope: it is treated as one that nobody knows. */
export const scopesHaveTheirCase = check({
  proves: [rfc6749.scopeCaseSensitive],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const occasions = (await occasionsOf(client)).flatMap(({ scopes, ask }) =>
      scopes.filter((one) => one !== 'openid' && one !== one.toUpperCase()).map((scope) => ({ scope, ask })),
    )
    if (occasions.length === 0) throw new Untestable('the client may ask for no scope but openid')

    for (const { scope, ask } of occasions) {
      const [unknown, capitals] = [await ask('assay-unknown-scope'), await ask(scope.toUpperCase())]
      // Some servers grant what they please, whatever is asked for: then both get the same.
      const isTaken = capitals !== undefined && (unknown === undefined || capitals.has(scope)) && !unknown?.has(scope)
      expect.that(!isTaken, {
        violation: 'accepted',
        expected: 'what comes of a scope that nobody knows',
        actual: `a token for ${scope.toUpperCase()}`,
      })
    }
  },
})

/** Who asks for no scope gets what the server has for such requests, or learns that it has to ask for one. */
export const missingScopeIsDecidedUpon = check({
  proves: [rfc6749.missingScopeDecided],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization({ scope: undefined, nonce: undefined })
    if (responseOf(arrival).has('code')) return

    expect.arrival(arrival).toBringError(client.redirectUri, 'invalid_scope')
  },
})

/** One way to ask for scopes. */
interface Occasion {
  /** What the client may ask for. */
  readonly scopes: readonly string[]
  /** The scope that is granted; nothing where no token is. */
  readonly ask: (scope: string) => Promise<ReadonlySet<string> | undefined>
}

async function occasionsOf(client: ProtocolClient): Promise<readonly Occasion[]> {
  const { account, target } = client
  const byCode = {
    scopes: [...scopesOf(account.scope)].filter((one) => one !== 'offline_access'),
    ask: async (scope: string) => await grantedByCode(client, scope),
  }
  if (!target.capabilities.has('client_credentials') || !account.grant_types.includes('client_credentials'))
    return [byCode]
  const scopes = [...scopesOf(objectOf(await client.clientCredentials())?.['scope'])]
  return [byCode, { scopes, ask: async (scope) => grantedBy(await client.clientCredentials({ scope }), scope) }]
}

/** A scope that a response does not name is the one that was asked for (RFC 6749 §5.1). */
const grantedBy = (answer: HttpResponse, asked: string) =>
  answer.status === 200 ? scopesOf(objectOf(answer)?.['scope'] ?? asked) : undefined

async function grantedByCode(client: ProtocolClient, scope: string) {
  const { params, verifier } = client.authorizationParams({ scope })
  const response = responseOf(await client.travel(params))
  const value = response.get('code')
  if (value === undefined) return undefined
  return grantedBy(await client.redeem({ value, verifier, response, redirectUri: client.redirectUri }), scope)
}
