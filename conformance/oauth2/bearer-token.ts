import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { check } from '../../harness/check.ts'
import { headersOf, type HttpResponse } from '../../harness/client/http.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
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
  proves: [rfc6750.invalidToken],
  needs,

  async run({ client, expect }) {
    const { accessToken } = await client.grant()

    for (const wrong of ['no-server-ever-issued-this-token', altered(accessToken)]) {
      toBeInvalid(expect, await client.userinfo(wrong))
    }
  },
})

/** A token that has expired is reported as invalid. */
export const expiredTokenIsReported = check({
  proves: [rfc6750.invalidToken],
  needs: [...needs, 'clock'],

  async run({ client, expect, wait }) {
    const { accessToken, body } = await client.grant()
    if (typeof body['expires_in'] !== 'number') throw new Untestable('the server does not say when its tokens expire')
    await wait(body['expires_in'] * 1000 + 10 * 60_000)

    toBeInvalid(expect, await client.userinfo(accessToken))
  },
})

/** A token that was not issued for the resource does not open it. */
export const insufficientScopeIsReported = check({
  proves: [rfc6750.insufficientScope],
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
    expect.that(consistent, {
      violation: 'wrong-status',
      expected: 'status 403',
      actual: `status ${answer.status} with insufficient_scope`,
    })
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
  expect.response(answer).toHaveStatus(401)
  expect.response(answer).toHaveHeader('www-authenticate', /\berror\s*=\s*"?invalid_token\b/i, 'error="invalid_token"')
}
