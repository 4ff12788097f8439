import type { Requirement } from '../../core/spec/document.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
import { stringsMember, urlMember } from '../../harness/target/metadata.ts'
import { idTokenOf, verifyWithPublishedKeys } from '../id-tokens.ts'
import { describePlaces, isOnlyIn, listedModes } from '../response-modes.ts'

const form = 'application/x-www-form-urlencoded'

/** Endpoints that clients post to. None of these requests is one that a server could act on. */
const posted = [
  ['token_endpoint', rfc8414.tokenEndpoint, form, ''],
  ['registration_endpoint', rfc8414.registrationEndpoint, 'application/json', 'neither JSON nor a client'],
  ['revocation_endpoint', rfc8414.revocationEndpoint, form, ''],
  ['introspection_endpoint', rfc8414.introspectionEndpoint, form, ''],
] as const

/** Where the metadata has an endpoint for clients, there is one, and it takes what it is there for. */
export const publishedEndpointsAreServed = check({
  proves: [
    rfc8414.tokenEndpoint,
    rfc8414.registrationEndpoint,
    rfc8414.revocationEndpoint,
    rfc8414.introspectionEndpoint,
  ],

  async run({ client, expect, target }) {
    for (const [name, requirement, type, body] of posted) {
      if (target.metadata[name] === undefined) continue
      const url = urlMember(target.metadata, name)
      const answer =
        url === undefined
          ? undefined
          : await client.send({ method: 'POST', url, headers: [['content-type', type]], body })

      expectServed(expect, name, answer, requirement)
    }
  },
})

/** Where the metadata sends people to sign in, there is something. */
export const publishedSignInIsServed = check({
  proves: [rfc8414.authorizationEndpoint],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const name = 'authorization_endpoint'
    const url = withQuery(client.endpoint(name), client.authorizationParams().params)

    expectServed(expect, name, await client.send({ method: 'GET', url }), rfc8414.authorizationEndpoint)
  },
})

function expectServed(expect: Expect, name: string, answer: HttpResponse | undefined, about: Requirement) {
  const isServed = answer !== undefined && ![404, 405, 410, 501].includes(answer.status)
  const actual = answer === undefined ? 'no absolute URL' : describeAnswer(answer)
  expect.that(isServed, { expected: `an endpoint at ${name}`, actual }, about)
}

/** Keys by which clients can verify what the server signs are among those that it publishes, and are meant for that. */
export const signaturesVerifyWithPublishedKeys = check({
  proves: [rfc8414.jwksHoldsSigningKeys],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const idToken = idTokenOf(await client.grant())
    const { alg = 'absent' } = idToken.header
    if (/^(?:HS|none)/i.test(alg)) throw new Inapplicable(`ID tokens have alg ${alg}, for which no key is published`)
    const { keys, right } = await verifyWithPublishedKeys(client, idToken)
    const meant = right.filter((key) => (key.use ?? 'sig') === 'sig' && (key.alg ?? alg) === alg)

    expect.that(meant.length > 0, {
      expected: `a key for signatures by ${alg} that verifies the ID token`,
      actual: right.length > 0 ? 'one that says it is for something else' : `none among ${keys} keys`,
    })
  },
})

/** A client that asks for all the scopes that are listed and that it may have is not told that one is unknown. */
export const listedScopesAreKnown = check({
  proves: [rfc8414.scopesSupported],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const own = client.account.scope?.split(' ') ?? []
    const listed = (stringsMember(target.metadata, 'scopes_supported') ?? []).filter((one) => own.includes(one))
    if (listed.length === 0) throw new Inapplicable('the metadata lists no scope that the client may ask for')
    const error = responseOf(await client.requestAuthorization({ scope: listed.join(' ') })).get('error')

    expect.that(error !== 'invalid_scope', {
      violation: 'refused',
      expected: `an answer to ${listed.join(' ')}`,
      actual: 'invalid_scope',
    })
  },
})

/** The answer to an authorization request comes the way that the client asked for, where that is listed. */
export const listedResponseModesAreKept = check({
  proves: [rfc8414.responseModes],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const types = stringsMember(target.metadata, 'response_types_supported') ?? []
    // The fragment may be listed for the sake of response types that return tokens.
    const modes = listedModes(target).filter((mode) => mode !== 'fragment' || types.every((type) => type === 'code'))
    if (modes.length === 0) throw new Inapplicable('the metadata lists no response mode for codes')

    for (const mode of modes) {
      const arrival = await client.requestAuthorization({ response_mode: mode })
      if (arrival.kind === 'stuck') throw new Untestable(arrival.because)

      expect.that(isOnlyIn(mode, ['code'], arrival), {
        expected: `a code by ${mode}`,
        actual: describePlaces(arrival),
      })
    }
  },
})

/** A grant type that is listed is one that the token endpoint knows, whoever may use it. */
export const listedGrantTypesAreKnown = check({
  proves: [rfc8414.grantTypes],

  async run({ client, expect, target }) {
    // The implicit grant never comes to the token endpoint.
    const listed = stringsMember(target.metadata, 'grant_types_supported')?.filter((one) => one !== 'implicit') ?? []
    if (listed.length === 0) throw new Inapplicable('the metadata lists no grant types')

    for (const grantType of listed.slice(0, most)) {
      const answer = await client.direct('token_endpoint', { params: { grant_type: grantType } })
      const error = objectOf(answer)?.['error']

      expect.that(error !== 'unsupported_grant_type', {
        violation: 'refused',
        expected: `an answer to ${grantType}`,
        actual: 'unsupported_grant_type',
      })
    }
  },
})

/** More values than any server lists in earnest are not all tried. */
const most = 50

/** A grant type that is not among those that are listed brings no token. */
export const unlistedGrantTypesBringNothing = check({
  proves: [rfc8414.grantTypes],

  async run({ client, expect, target }) {
    const listed = stringsMember(target.metadata, 'grant_types_supported')
    if (listed === undefined) throw new Inapplicable('the metadata lists no grant types')

    for (const [grantType, params] of otherGrants(client)) {
      if (listed.includes(grantType)) continue
      const answer = await client.direct('token_endpoint', { params: { grant_type: grantType, ...params } })

      expect.that(objectOf(answer)?.['access_token'] === undefined, {
        violation: 'accepted',
        expected: `a refusal of ${grantType}, which is not listed`,
        actual: describeAnswer(answer),
      })
    }
  },
})

/** Grants that a client can ask for without having been anywhere else before. */
const otherGrants = ({ user }: ProtocolClient) =>
  [
    ['client_credentials', {}],
    ['password', user === undefined ? {} : { username: user.username, password: user.password.reveal() }],
  ] as const
