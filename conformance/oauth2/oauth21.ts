import { oauth21 } from '../../core/spec/oauth21.ts'
import { type Params, withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import {
  describeArrival,
  type ProtocolClient,
  responseOf,
  randomVerifier,
} from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { publishedUrls, stringsMember } from '../../harness/target/metadata.ts'
import { isConfidential } from '../published.ts'
import { registeredWith, registering, webClient } from '../registering.ts'

const noChallenge: Params = { code_challenge: undefined, code_challenge_method: undefined }

/** A public client has nothing but PKCE that ties a code to it. */
export const publicClientWithoutChallengeIsRefused = check({
  proves: [oauth21.challengeOfPublicClients],
  needs: ['authorization_code', 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    expect.arrival(await client.requestAuthorization(noChallenge)).toBringNoCode()
  },
})

/** Where neither a challenge nor a nonce ties a code to the one who asked for it, the code may be anybody's. */
export const codeWithoutChallengeAndNonceBuysNothing = check({
  proves: [oauth21.challengeOfOtherClients, oauth21.codeNeedsChallenge],
  needs: ['authorization_code'],
  as: 'confidential',

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization({ ...noChallenge, nonce: undefined })
    const response = expect.arrival(arrival, oauth21.challengeOfOtherClients).toBringNoCode()
    const value = response.get('code')
    if (value === undefined) return
    const code = { value, verifier: '', response, redirectUri: client.redirectUri }

    expect.response(await client.redeem(code, { code_verifier: undefined }), oauth21.codeNeedsChallenge).toBeRefused()
  },
})

/** A server cannot know whether the client compares the nonce, so it had better ask for a challenge as well. */
export const nonceDoesNotReplaceTheChallenge = check({
  proves: [oauth21.challengeBesideNonce],
  needs: ['authorization_code', 'openid'],
  as: 'confidential',

  async run({ client, expect }) {
    expect.arrival(await client.requestAuthorization(noChallenge)).toBringNoCode()
  },
})

/** A verifier that nobody asked for is a fault of the request, and not of the code. */
export const strayVerifierIsABadRequest = check({
  proves: [oauth21.strayVerifierReported],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const response = responseOf(await client.requestAuthorization(noChallenge))
    const value = response.get('code')
    if (value === undefined) throw new Inapplicable('the server gives no code without a challenge')
    const code = { value, verifier: randomVerifier(), response, redirectUri: client.redirectUri }

    expect.response(await client.redeem(code)).toBeOAuthError('invalid_request')
  },
})

/** What a client registers is the whole of where it is redirected to, and never the beginning. */
export const registeredUriIsNoBeginning = check({
  proves: [oauth21.redirectUriComplete],
  needs: ['authorization_code', 'registration', 'client_secret_basic'],

  async run({ client, expect }) {
    for (const uri of ['https://app.example', 'https://app.example/', 'https://app.example/*']) {
      await registering(client, webClient(uri), async (answer) => {
        const id = registeredWith(answer, uri)
        if (id === undefined) return
        const longer = { client_id: id, redirect_uri: 'https://app.example/callback' }

        expect.arrival(await client.requestAuthorization(longer)).toStayAtServer()
      })
    }
  },
})

/** An access token comes from the token endpoint and from nowhere else, least of all in a URL. */
export const noAccessTokenComesByTheBrowser = check({
  proves: [oauth21.noTokenAtAuthorization, oauth21.tokensNotInUrls],
  needs: ['authorization_code'],

  async run({ client, other, expect }) {
    for (const one of new Set([client, other])) {
      for (const type of ['token', 'id_token token', 'code token', 'code id_token token']) {
        const arrival = await one.requestAuthorization({ response_type: type })
        if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
        const kept = !responseOf(arrival).has('access_token')
        const breach = {
          violation: 'accepted',
          expected: `no access token for response_type=${type}`,
          actual: describeArrival(arrival),
        } as const

        expect.that(kept, breach, oauth21.noTokenAtAuthorization)
        expect.that(kept || arrival.kind !== 'redirect', breach, oauth21.tokensNotInUrls)
      }
    }
  },
})

/** Where clients authenticate by a secret, they may put it into the body, which needs no encoding of its own. */
export const secretInTheBodyIsOffered = check({
  proves: [oauth21.secretInBody],

  async run({ expect, target }) {
    const methods = stringsMember(target.metadata, 'token_endpoint_auth_methods_supported')
    if (!methods?.some((method) => method.startsWith('client_secret_')))
      throw new Inapplicable('the metadata lists no way of authenticating by a secret')

    expect.that(methods.includes('client_secret_post'), {
      violation: 'missing-value',
      expected: 'client_secret_post beside the other ways of using a secret',
      actual: methods.join(', '),
    })
  },
})

/** A secret in the body is taken by the token endpoint. */
export const secretInTheBodyIsTaken = check({
  proves: [oauth21.secretInBody],
  needs: ['client_credentials', 'client_secret_post'],
  as: 'client_secret_post',

  async run({ client, expect }) {
    const answer = await client.clientCredentials()

    expect.that(objectOf(answer)?.['error'] !== 'invalid_client', {
      violation: 'refused',
      expected: 'a client that authenticates by the body of its request',
      actual: describeAnswer(answer),
    })
  },
})

/** A native app cannot keep a secret, so it is not asked for one. */
export const nativeAppNeedsNoSecret = check({
  proves: [oauth21.noSecretOfNativeApps],
  needs: ['authorization_code', 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    if (client.redirectUri.startsWith('https:')) throw new Inapplicable('the public client is no native app')
    const answer = await client.redeem(await client.authorize())

    expect.that(objectOf(answer)?.['error'] !== 'invalid_client', {
      violation: 'refused',
      expected: 'a token for a native app that gives its name',
      actual: describeAnswer(answer),
    })
  },
})

/** The client learns what its token is good for, and need not guess that it is what it asked for. */
export const grantedScopeIsNamed = check({
  proves: [oauth21.scopeReturned],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    if (client.authorizationParams().params['scope'] === undefined)
      throw new Inapplicable('the target file names no scope that the client could ask for')
    const { scope } = await client.grant()

    expect.that(scope !== undefined, {
      violation: 'missing-value',
      expected: 'scope in the token response',
      actual: 'a token response without it',
    })
  },
})

/** What has no value is left out: null is neither a value nor absent. */
export const membersWithoutValueAreLeftOut = check({
  proves: [oauth21.noNullMembers],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { body } = await client.grant()
    const failed = objectOf(await client.direct('token_endpoint', { params: { grant_type: 'assay-unknown' } }))

    for (const answer of [body, failed ?? {}]) {
      const empty = Object.keys(answer).filter((name) => answer[name] === null)
      expect.that(empty.length === 0, {
        violation: 'malformed',
        expected: 'no member that is null',
        actual: `${empty.join(', ')} as null`,
      })
    }
  },
})

/** The name of a public client goes with its own refresh tokens, and with nobody else's. */
export const refreshTokenOfAnotherNameIsDenied = check({
  proves: [oauth21.refreshBoundToName],
  needs: ['authorization_code', 'refresh_token', 'public_client', 'second client'],
  as: 'none',

  async run({ client, other, expect }) {
    const { refreshToken } = await other.offlineGrant()

    expect.response(await client.refresh(refreshToken)).toBeRefused()
  },
})

/** Where a replayed code has ended its grant, the refresh token of that grant refreshes nothing. */
export const refreshTokenOfAnEndedGrantIsDenied = check({
  proves: [oauth21.refreshedGrantActive],
  needs: ['authorization_code', 'refresh_token', 'userinfo', 'openid'],

  async run({ client, expect }) {
    const code = await client.authorizeOffline()
    const { accessToken, refreshToken } = client.tokensOf(await client.redeem(code))
    if (refreshToken === undefined) throw new Untestable('the server issued no refresh token')
    await assertOpens(client, accessToken)
    await client.redeem(code)
    if ((await client.userinfo(accessToken)).status === 200)
      throw new Inapplicable('the server ends no grant whose code is replayed')

    expect.response(await client.refresh(refreshToken)).toBeRefused()
  },
})

/** A code in the hands of somebody who cannot redeem it does its owner no harm. */
export const invalidReplayRevokesNothing = check({
  proves: [oauth21.invalidReplayHarmless],
  needs: ['authorization_code', 'userinfo', 'openid'],

  async run({ client, expect }) {
    const code = await client.authorize()
    const { accessToken } = client.tokensOf(await client.redeem(code))
    await assertOpens(client, accessToken)
    await client.redeem(code, { code_verifier: randomVerifier() })
    const answer = await client.userinfo(accessToken)

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'a token that works on after its code came back with the wrong verifier',
      actual: describeAnswer(answer),
    })
  },
})

/** What stands in a URL is in logs and histories, so a token there opens nothing. */
export const tokenInTheQueryOpensNothing = check({
  proves: [oauth21.queryTokenIgnored],
  needs: ['authorization_code', 'userinfo', 'openid'],

  async run({ client, expect }) {
    const { accessToken } = await client.grant()
    await assertOpens(client, accessToken)
    const url = withQuery(client.endpoint('userinfo_endpoint'), { access_token: accessToken })

    expect.response(await client.send({ method: 'GET', url })).toBeRefused()
  },
})

/** No endpoint is reached without TLS, but for those of a server for tests, which may do without it altogether. */
export const endpointsAreReachedByHttps = check({
  proves: [oauth21.httpsEverywhere],

  async run({ expect, target }) {
    if (!isConfidential(target.issuer)) throw new Inapplicable('the whole server is tested without TLS')
    const open = publishedUrls(target.metadata).filter((url) => !isConfidential(url))

    expect.that(open.length === 0, { expected: 'https URLs', actual: open.join(', ') })
  },
})

/** Where a token opens nothing from the start, no more can be learned of it. */
async function assertOpens(client: ProtocolClient, accessToken: string) {
  const answer = await client.userinfo(accessToken)
  if (answer.status !== 200)
    throw new Untestable(`the token does not open the userinfo endpoint: ${describeAnswer(answer)}`)
}
