import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
import { revokeAccessToken } from '../revoked-token.ts'
import { altered } from '../token-text.ts'

const needs = ['authorization_code', 'introspection'] as const

/** The answer says whether the token is active, by a boolean. */
export const activeIsBoolean = check({
  proves: [rfc7662.activeMember],
  needs,

  async run({ client, expect }) {
    const { accessToken } = await client.grant()
    const answer = await client.introspect(accessToken)

    expect.response(answer).toHaveStatus(200)
    const { active } = expect.response(answer).toBeJsonObject()
    expect.that(typeof active === 'boolean', {
      violation: 'malformed',
      expected: 'active as a boolean',
      actual: `active as ${typeof active}`,
    })
  },
})

/** Whoever has not shown who they are learns nothing of another client's token: a public client's name shows nothing. */
export const callerMustBeAuthorized = check({
  proves: [rfc7662.callerAuthorized],
  needs: [...needs, 'public_client', 'second client'],
  as: 'none',

  async run({ client, other, expect }) {
    const { accessToken } = await other.grant()

    for (const auth of ['nothing at all', 'none'] as const) {
      const answer = await client.introspect(accessToken, {}, { auth })
      const told = objectOf(answer)?.['active'] === true
      expect.that(!told, {
        violation: 'leaked',
        expected: 'a refusal',
        actual: `${describeAnswer(answer)} that describes the token`,
      })
    }
  },
})

/** A token that the server never issued is inactive; that is no error, and there is nothing to tell. */
export const unknownTokenIsInactive = check({
  proves: [rfc7662.unknownTokenInactive, rfc7662.inactiveSaysNothing],
  needs: ['introspection'],

  async run({ client, expect }) {
    const answer = await client.introspect('no-server-ever-issued-this-token')

    expect.response(answer, rfc7662.unknownTokenInactive).toHaveStatus(200)
    toBeInactive(expect, answer, rfc7662.unknownTokenInactive)
    toSayNothing(expect, answer)
  },
})

/** A signature that does not fit makes a token inactive. */
export const alteredTokenIsInactive = check({
  proves: [rfc7662.signatureValidated],
  needs,

  async run({ client, expect }) {
    const accessToken = await activeToken(client)

    toBeInactive(expect, await client.introspect(altered(accessToken)), rfc7662.signatureValidated)
  },
})

/** A token that was revoked is inactive. */
export const revokedTokenIsInactive = check({
  proves: [rfc7662.revokedInactive],
  needs: [...needs, 'revocation'],

  async run({ client, expect }) {
    const accessToken = await activeToken(client)
    const revocation = await revokeAccessToken(client, accessToken)
    if (revocation.status !== 200)
      throw new Untestable(`the access token could not be revoked: ${describeAnswer(revocation)}`)

    toBeInactive(expect, await client.introspect(accessToken), rfc7662.revokedInactive)
  },
})

/** A token that has expired is inactive, and nothing more is told of it. */
export const expiredTokenIsInactive = check({
  proves: [rfc7662.expiredInactive, rfc7662.inactiveSaysNothing],
  needs: [...needs, 'clock'],

  async run({ client, expect, wait }) {
    const { accessToken, body } = await client.grant()
    if (typeof body['expires_in'] !== 'number') throw new Untestable('the server does not say when its tokens expire')
    await wait(body['expires_in'] * 1000 + 10 * 60_000)

    const answer = await client.introspect(accessToken)
    toBeInactive(expect, answer, rfc7662.expiredInactive)
    toSayNothing(expect, answer)
  },
})

/** A token that the server calls active, so that a later change of mind means something. */
async function activeToken(client: ProtocolClient): Promise<string> {
  const { accessToken } = await client.grant()
  const { active } = objectOf(await client.introspect(accessToken)) ?? {}
  if (active !== true) throw new Untestable('the client may not introspect its own token')
  return accessToken
}

const toBeInactive = (expect: Expect, answer: HttpResponse, about: (typeof rfc7662)['expiredInactive']) => {
  const active = objectOf(answer)?.['active']
  expect.that(
    active === false,
    {
      violation: active === true ? 'accepted' : 'malformed',
      expected: 'active false',
      actual: `active ${JSON.stringify(active)}`,
    },
    about,
  )
}

const toSayNothing = (expect: Expect, answer: HttpResponse) => {
  const more = Object.keys(objectOf(answer) ?? {}).filter((name) => name !== 'active')
  expect.that(
    more.length === 0,
    { violation: 'leaked', expected: 'active and nothing else', actual: `also ${more.join(', ')}` },
    rfc7662.inactiveSaysNothing,
  )
}
