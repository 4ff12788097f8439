import type { Requirement } from '../../core/spec/document.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { check } from '../../harness/check.ts'
import { headersOf, type HttpResponse } from '../../harness/client/http.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
import { isTyped, jwtOf, profiledTokenForUserinfo, profiledTokenOf } from '../access-tokens.ts'
import { encoded, macsByPublishedKeys, signedByNobody, unsignedForms } from '../forged-tokens.ts'
import { idTokenOf } from '../id-tokens.ts'
import { publishedKeys } from '../published.ts'
import { altered, scopesOf } from '../token-text.ts'

const needs = ['authorization_code', 'openid', 'userinfo'] as const

/** An ID token has a right signature of the same server, and is no access token for all that. */
export const idTokenOpensNothing = check({
  proves: [rfc9068.typeVerified, rfc6750.invalidToken],
  needs,

  async run({ client, expect }) {
    const tokens = await client.grant()
    const jwt = jwtOf(tokens)
    // A resource that takes typed tokens goes by the type; any other need only know an ID token for what it is.
    const owed =
      jwt !== undefined && isTyped(jwt) ? [rfc6750.invalidToken, rfc9068.typeVerified] : [rfc6750.invalidToken]

    for (const { token } of [idTokenOf(tokens), idTokenOf(await client.grant({ nonce: undefined }))]) {
      const answer = await client.userinfo(token)
      for (const requirement of owed) toOpenNothing(expect, answer, requirement)
    }
  },
})

/** A token that nobody signed opens nothing, whatever it says of its algorithm. */
export const unsignedTokenOpensNothing = check({
  proves: [rfc9068.unsecuredRefused],
  needs,

  async run({ client, expect }) {
    const token = await profiledTokenForUserinfo(client)

    for (const unsigned of unsignedForms(token))
      toOpenNothing(expect, await client.userinfo(unsigned), rfc9068.unsecuredRefused)
  },
})

/** The resource verifies with the keys of the server, not with one that stands in the token. */
export const keyInTheTokenIsNotTrusted = check({
  proves: [rfc9068.keysOfTheServer],
  needs,

  async run({ client, expect }) {
    const token = await profiledTokenForUserinfo(client)

    for (const forged of await signedByNobody(token))
      toOpenNothing(expect, await client.userinfo(forged), rfc9068.keysOfTheServer)
  },
})

/** What everybody may read is no secret: a MAC made with it proves nothing. */
export const publicKeyIsNoSecret = check({
  proves: [rfc9068.signatureVerified],
  needs,

  async run({ client, expect }) {
    const token = await profiledTokenForUserinfo(client)

    for (const forged of await macsByPublishedKeys(token, await publishedKeys(client)))
      toOpenNothing(expect, await client.userinfo(forged), rfc9068.signatureVerified)
  },
})

/** A token that was tampered with is invalid, and is said to be. */
export const alteredTokenIsInvalid = check({
  proves: [rfc9068.signatureVerified, rfc9068.invalidTokenReported],
  needs,

  async run({ client, expect }) {
    const token = await profiledTokenForUserinfo(client)
    const [header = '', , signature = ''] = token.token.split('.')
    const otherClaims = `${header}.${encoded({ ...token.claims, scope: 'openid profile email' })}.${signature}`

    for (const wrong of [altered(token.token), otherClaims]) {
      const answer = await client.userinfo(wrong)
      toOpenNothing(expect, answer, rfc9068.signatureVerified)
      toBeCalledInvalid(expect, answer)
    }
  },
})

/** A token is good until it expires. */
export const expiredJwtOpensNothing = check({
  proves: [rfc9068.expiryVerified],
  needs: [...needs, 'clock'],

  async run({ client, expect, wait }) {
    const { token, claims } = await profiledTokenForUserinfo(client)
    const { exp } = claims
    if (typeof exp !== 'number') throw new Untestable('the access token does not say when it expires')
    await wait(exp * 1000 - client.now() + 10 * 60_000)

    toOpenNothing(expect, await client.userinfo(token), rfc9068.expiryVerified)
  },
})

/** The scope of a token decides what it opens. */
export const scopeOfTheTokenDecides = check({
  proves: [rfc9068.authorizationClaimsUsed],
  needs,

  async run({ client, expect }) {
    const asked = [...scopesOf(client.account.scope ?? 'profile')].find(
      (one) => one !== 'openid' && one !== 'offline_access',
    )
    if (asked === undefined) throw new Untestable('the client may ask for no scope but openid')
    const tokens = await client.grant({ scope: asked, nonce: undefined })
    const { token, claims } = profiledTokenOf(tokens)
    if (scopesOf(tokens.scope).has('openid') || scopesOf(claims['scope']).has('openid'))
      throw new Untestable('the server grants openid unasked')

    toOpenNothing(expect, await client.userinfo(token), rfc9068.authorizationClaimsUsed)
  },
})

const toOpenNothing = (expect: Expect, answer: HttpResponse, about: Requirement) =>
  expect.response(answer, about).toBeRefused('a refusal of the token')

/** RFC 6750 §3.1, which RFC 9068 §4 makes a MUST. */
function toBeCalledInvalid(expect: Expect, answer: HttpResponse) {
  const challenges = headersOf(answer, 'www-authenticate').join(', ')
  if (answer.status < 400) return
  expect.that(
    /\berror\s*=\s*"?invalid_token\b/i.test(challenges),
    { violation: 'wrong-header', expected: 'the error invalid_token', actual: describeAnswer(answer) },
    rfc9068.invalidTokenReported,
  )
}
