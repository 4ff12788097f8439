import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { lifetimeOf } from '../../harness/client/token-lifetime.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
import { readableJwtOf } from '../access-tokens.ts'
import { forgeriesOf } from '../forged-tokens.ts'
import { isConfidential } from '../published.ts'
import { revokeAccessToken } from '../revoked-token.ts'
import { altered } from '../token-text.ts'

const needs = ['authorization_code', 'introspection'] as const

/** The answer says whether the token is active, by a boolean. */
export const activeIsBoolean = check({
  proves: [rfc7662.activeMember],
  needs,
  as: 'confidential',

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

    expect.response(await client.introspect(accessToken, {}, { auth: 'nothing at all' })).toBeRefused()
    const answer = await client.introspect(accessToken)
    expect.that(objectOf(answer)?.['active'] !== true, {
      violation: 'leaked',
      expected: 'a refusal',
      actual: `${describeAnswer(answer)} that describes the token`,
    })
  },
})

/** A token that the server never issued is inactive; that is no error, and there is nothing to tell. */
export const unknownTokenIsInactive = check({
  proves: [rfc7662.unknownTokenInactive, rfc7662.inactiveSaysNothing],
  needs: ['introspection'],
  as: 'confidential',

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

/** Nor is a JWT active that nobody signed, or somebody else did. */
export const forgedJwtIsInactive = check({
  proves: [rfc7662.signatureValidated],
  needs,

  async run({ client, expect }) {
    const token = readableJwtOf({ accessToken: await activeToken(client) })

    for (const forged of await forgeriesOf(client, token)) {
      // What is said of a token that cannot be read at all, others judge.
      expect.that(objectOf(await client.introspect(forged))?.['active'] !== true, {
        violation: 'accepted',
        expected: 'active false',
        actual: 'active true',
      })
    }
  },
})

/** Tokens are sent there, so nobody must read along. */
export const endpointIsHttps = check({
  proves: [rfc7662.transportProtected],
  needs: ['introspection'],

  async run({ client, expect }) {
    const url = client.endpoint('introspection_endpoint')

    expect.that(isConfidential(url), { expected: 'an introspection_endpoint by https', actual: url })
  },
})

/** What a token is to be had for is no token: a code that nobody has redeemed is not active. */
export const codeIsNotActive = check({
  proves: [rfc7662.unknownTokenInactive],
  needs,
  as: 'confidential',

  async run({ client, expect }) {
    await activeToken(client)
    const { value } = await client.authorize()

    notToBeActive(expect, await client.introspect(value), 'a code')
  },
})

/** Nor is what a client signed itself, however right the signature is. */
export const clientAssertionIsNotActive = check({
  proves: [rfc7662.unknownTokenInactive],
  needs: [...needs, 'private_key_jwt'],
  as: 'private_key_jwt',

  async run({ client, expect }) {
    await activeToken(client)
    const { client_assertion: assertion } = (await client.authentication()).params
    if (typeof assertion !== 'string') throw new Untestable('the client has no assertion')

    notToBeActive(expect, await client.introspect(assertion), 'a client assertion')
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
  as: 'confidential',

  async run({ client, expect, wait }) {
    const tokens = await client.grant()
    await wait((await lifetimeOf(client, tokens)) * 1000 + 10 * 60_000)

    const answer = await client.introspect(tokens.accessToken)
    toBeInactive(expect, answer, rfc7662.expiredInactive)
    toSayNothing(expect, answer)
  },
})

/** A wrong hint makes the search longer, not shorter. */
export const hintDoesNotHideTheToken = check({
  proves: [rfc7662.hintIsNoFilter],
  needs,

  async run({ client, expect }) {
    const accessToken = await activeToken(client)

    for (const hint of ['refresh_token', 'assay_token'])
      toBeActive(expect, await client.introspect(accessToken, { token_type_hint: hint }), hint)
  },
})

/** Nor does it hide a refresh token, from whoever is told of it without a hint. */
export const hintDoesNotHideTheRefreshToken = check({
  proves: [rfc7662.hintIsNoFilter],
  needs: [...needs, 'refresh_token'],

  async run({ client, expect }) {
    const refreshToken = await activeRefreshToken(client)

    for (const hint of ['access_token', 'assay_token'])
      toBeActive(expect, await client.introspect(refreshToken, { token_type_hint: hint }), hint)
  },
})

/** A refresh token that was revoked, or that another one took the place of, is inactive. */
export const revokedRefreshTokenIsInactive = check({
  proves: [rfc7662.revokedInactive],
  needs: [...needs, 'refresh_token'],

  async run({ client, expect }) {
    const old = await activeRefreshToken(client)
    const { refreshToken: next } = client.tokensOf(await client.refresh(old))
    const answer = await client.introspect(old)
    // The old one may stay good for a while, lest a lost response locks the client out.
    const isTaken = (await client.refresh(old)).status === 200
    if (!isTaken) toBeInactive(expect, answer, rfc7662.revokedInactive)

    if (!client.target.capabilities.has('revocation')) return
    const live = isTaken ? (next ?? old) : await activeRefreshToken(client)
    const revocation = await client.revoke(live)
    if (revocation.status === 200) toBeInactive(expect, await client.introspect(live), rfc7662.revokedInactive)
  },
})

/** A refresh token that the server calls active; it may also tell of access tokens alone. */
async function activeRefreshToken(client: ProtocolClient): Promise<string> {
  const { refreshToken } = await client.offlineGrant()
  if (objectOf(await client.introspect(refreshToken))?.['active'] !== true)
    throw new Inapplicable('the server tells its clients nothing of refresh tokens')
  return refreshToken
}

/** A token that the server calls active, so that a later change of mind means something. */
async function activeToken(client: ProtocolClient): Promise<string> {
  const { accessToken } = await client.grant()
  const { active } = objectOf(await client.introspect(accessToken)) ?? {}
  if (active !== true) throw new Untestable('the client may not introspect its own token')
  return accessToken
}

const toBeActive = (expect: Expect, answer: HttpResponse, hint: string) =>
  expect.that(objectOf(answer)?.['active'] === true, {
    violation: 'refused',
    expected: `active true with the hint ${hint}, as without one`,
    actual: describeAnswer(answer),
  })

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

const notToBeActive = (expect: Expect, answer: HttpResponse, what: string) =>
  expect.that(objectOf(answer)?.['active'] !== true, {
    violation: 'accepted',
    expected: `active false for ${what}`,
    actual: 'active true',
  })

const toSayNothing = (expect: Expect, answer: HttpResponse) => {
  const more = Object.keys(objectOf(answer) ?? {}).filter((name) => name !== 'active')
  expect.that(
    more.length === 0,
    { violation: 'leaked', expected: 'active and nothing else', actual: `also ${more.join(', ')}` },
    rfc7662.inactiveSaysNothing,
  )
}
