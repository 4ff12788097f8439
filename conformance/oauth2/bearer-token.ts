import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { headersOf, type HttpResponse } from '../../harness/client/http.ts'
import { lifetimeOf } from '../../harness/client/token-lifetime.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
import { jwtForUserinfo } from '../access-tokens.ts'
import { forgeriesOf } from '../forged-tokens.ts'
import { altered, scopesOf } from '../token-text.ts'

const needs = ['authorization_code', 'userinfo'] as const

/** A token in the Authorization header opens the resource that it was issued for. */
export const headerIsSupported = check({
  proves: [rfc6750.headerSupported],
  needs: [...needs, 'openid'],

  async run({ client, expect }) {
    const { accessToken } = await client.grant()
    const answer = await client.userinfo(accessToken)

    expect.that(answer.status === 200, { violation: 'refused', expected: 'status 200', actual: describeAnswer(answer) })
  },
})

/** Who brings no token is told what is asked for, and no more. */
export const requestWithoutTokenIsChallenged = check({
  proves: [rfc6750.challenge, rfc6750.challengeBearer, rfc6750.noErrorWithoutToken],
  needs: ['userinfo'],

  async run({ client, expect }) {
    const answer = await client.userinfo(undefined)

    toBeChallenged(expect, answer)
    const challenges = headersOf(answer, 'www-authenticate').join(', ')
    expect.that(
      !/\berror\s*=/i.test(challenges),
      {
        violation: 'wrong-header',
        expected: 'a challenge without an error',
        actual: `www-authenticate: ${challenges}`,
      },
      rfc6750.noErrorWithoutToken,
    )
  },
})

/** Who brings a token of no use is challenged as well. */
export const requestWithUselessTokenIsChallenged = check({
  proves: [rfc6750.challenge, rfc6750.challengeBearer],
  needs: ['userinfo'],

  async run({ client, expect }) {
    toBeChallenged(expect, await client.userinfo('no-server-ever-issued-this-token'))
  },
})

/** A token that was never issued, or was tampered with, is reported as invalid. */
export const invalidTokenIsReported = check({
  proves: [rfc6750.invalidToken, rfc6750.integrityProtected, rfc6749.tokenValidated, rfc6749.accessTokensUnforgeable],
  needs,

  async run({ client, expect }) {
    const { accessToken } = await client.grant()

    const invented = await client.userinfo('no-server-ever-issued-this-token')
    const modified = await client.userinfo(altered(accessToken))

    for (const answer of [invented, modified]) {
      toBeInvalid(expect, answer)
      expect.response(answer, rfc6749.tokenValidated).toBeRefused()
    }
    expect.response(modified, rfc6750.integrityProtected).toBeRefused('a refusal of a token that was modified')
    expect.response(modified, rfc6749.accessTokensUnforgeable).toBeRefused('a refusal of a token that was modified')
  },
})

/** A JWT that nobody signed, or somebody else did, opens nothing, whatever profile it follows. */
export const forgedJwtOpensNothing = check({
  proves: [rfc6750.integrityProtected, rfc6749.accessTokensUnforgeable],
  needs,

  async run({ client, expect }) {
    const token = await jwtForUserinfo(client)

    for (const forged of await forgeriesOf(client, token))
      expect.response(await client.userinfo(forged)).toBeRefused('a refusal of a token that was forged')
  },
})

/** A token that has expired is reported as invalid. */
export const expiredTokenIsReported = check({
  proves: [rfc6750.invalidToken, rfc6750.lifetimeLimited, rfc6749.tokenNotExpired],
  needs: [...needs, 'clock'],

  async run({ client, expect, wait }) {
    const tokens = await client.grant()
    await wait((await lifetimeOf(client, tokens)) * 1000 + 10 * 60_000)

    const answer = await client.userinfo(tokens.accessToken)
    toBeInvalid(expect, answer)
    for (const about of [rfc6750.lifetimeLimited, rfc6749.tokenNotExpired])
      expect.response(answer, about).toBeRefused('a refusal of the token, ten minutes after it expired')
  },
})

/** Tokens that are lost are of no use for long: an hour at most. */
export const tokensAreShortLived = check({
  proves: [rfc6750.shortLived],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const seconds = await lifetimeOf(client, await client.grant())

    expect.that(seconds <= 3600, { expected: '3600 seconds at most', actual: `${seconds} seconds` })
  },
})

/** A token that was not issued for the resource does not open it. */
export const insufficientScopeIsReported = check({
  proves: [rfc6750.insufficientScope, rfc6750.scopeRestricted, rfc6749.tokenScopeCovers, rfc9700.actionsRestricted],
  needs: [...needs, 'openid'],

  async run({ client, expect }) {
    const other = [...scopesOf(client.account.scope ?? 'profile')].find(
      (one) => one !== 'openid' && one !== 'offline_access',
    )
    if (other === undefined) throw new Untestable('the client may ask for no scope but openid')
    const { accessToken, scope } = await client.grant({ scope: other, nonce: undefined })
    if (scopesOf(scope).has('openid')) throw new Untestable('the server grants openid unasked')
    const answer = await client.userinfo(accessToken)

    expect.response(answer).toBeRefused('a refusal of a token without openid')
    // A server that calls such a token invalid has a point: it is not one of OpenID Connect.
    const says = (code: string) => headersOf(answer, 'www-authenticate').some((value) => value.includes(code))
    const consistent = answer.status < 400 || answer.status === 403 || !says('insufficient_scope')
    expect.that(
      consistent,
      {
        violation: 'wrong-status',
        expected: 'status 403',
        actual: `status ${answer.status} with insufficient_scope`,
      },
      rfc6750.insufficientScope,
    )
  },
})

function toBeChallenged(expect: Expect, answer: HttpResponse) {
  const challenges = headersOf(answer, 'www-authenticate')
  expect.response(answer, rfc6750.challenge).toBeRefused()
  expect.response(answer, rfc6750.challenge).toHaveHeader('www-authenticate', /\S/, 'a challenge')
  if (challenges.length === 0) return
  expect.response(answer, rfc6750.challengeBearer).toHaveHeader('www-authenticate', /(?:^|,)\s*bearer\b/i, 'Bearer …')
}

function toBeInvalid(expect: Expect, answer: HttpResponse) {
  expect.response(answer, rfc6750.invalidToken).toHaveStatus(401)
  expect
    .response(answer, rfc6750.invalidToken)
    .toHaveHeader('www-authenticate', /\berror\s*=\s*"?invalid_token\b/i, 'error="invalid_token"')
}
