import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { objectOf } from '../../harness/client/http.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { grantedJwt, needsUserinfo } from '../genuine-token.ts'
import { tokenForgery } from '../generators/token-forgery.ts'
import { isCrash } from '../oracles/answers.ts'

/** A JWT that somebody else made of an access token opens nothing, however it says that it is signed. */
export const forgedJwtOpensNothing = property({
  proves: [rfc9068.signatureVerified, rfc9068.unsecuredRefused, rfc9068.keysOfTheServer],
  needs: ['authorization_code', 'openid', 'userinfo'],

  async arrange({ client }) {
    const right = await grantedJwt(client)
    if (!/^(?:application\/)?at\+jwt$/i.test(String(right.header['typ'])))
      throw new Inapplicable('the access tokens are not of the JWT type at+jwt')
    await needsUserinfo(client, right)
    return right
  },
  inputs: () => tokenForgery,

  async holds({ breaks, make }, { client, expect }, right) {
    const forged = sendable(await make(right), right.token)
    if (forged === undefined) return
    const answer = await client.userinfo(forged)

    expect.that(
      answer.status >= 300 && !isCrash(answer),
      {
        violation: isCrash(answer) ? 'crashed' : 'accepted',
        expected: 'a refusal of the token',
        actual: describeAnswer(answer),
      },
      breaks,
    )
  },
})

/** Nor does it where the token follows another profile, or none: what can be read can be forged. */
export const forgedJwtOfAnyTypeOpensNothing = property({
  proves: [rfc6750.integrityProtected, rfc6749.accessTokensUnforgeable],
  needs: ['authorization_code', 'userinfo'],

  async arrange({ client }) {
    const right = await grantedJwt(client)
    await needsUserinfo(client, right)
    return right
  },
  inputs: () => tokenForgery,

  async holds({ make }, { client, expect }, right) {
    const forged = sendable(await make(right), right.token)
    if (forged === undefined) return
    const answer = await client.userinfo(forged)

    // How a resource fails is not what this is about.
    expect.that(answer.status >= 300, {
      violation: 'accepted',
      expected: 'a refusal of the token',
      actual: describeAnswer(answer),
    })
  },
})

/** Who asks about such a token is not told that it is active. */
export const forgedJwtIsInactive = property({
  proves: [rfc7662.signatureValidated],
  needs: ['authorization_code', 'introspection'],

  async arrange({ client }) {
    const right = await grantedJwt(client)
    if (objectOf(await client.introspect(right.token))?.['active'] !== true)
      throw new Untestable('the client may not introspect its own token')
    return right
  },
  inputs: () => tokenForgery,

  async holds({ make }, { client, expect }, right) {
    const forged = sendable(await make(right), right.token)
    if (forged === undefined) return
    const { active } = objectOf(await client.introspect(forged)) ?? {}

    expect.that(active !== true, { violation: 'accepted', expected: 'active false', actual: 'active true' })
  },
})

/** A forgery that RFC 6750 §2.1 lets stand in a header, and that did not come out right after all. */
const sendable = (forged: string | undefined, right: string): string | undefined =>
  forged === right || forged === undefined || !/^[\w.~+/-]+=*$/.test(forged) ? undefined : forged
