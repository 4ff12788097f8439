import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import type { Requirement } from '../../core/spec/document.ts'
import { check, type CheckContext } from '../../harness/check.ts'
import { type AssertionOverrides, sharedKey } from '../../harness/client/assertion.ts'
import { nobodysKey, privateJwk } from '../../harness/client/own-keys.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { isAuthenticated, redeemNothing } from '../authenticated.ts'
import { altered, unsecured } from '../token-text.ts'

const needs = ['client_credentials', 'client_secret_jwt'] as const

/** The key of a MAC is the secret as it is, in UTF-8: nothing is decoded first, and nothing made of it. */
export const secretIsTheKeyOfTheMac = check({
  proves: [oidcCore.assertionMacKey],
  needs: ['client_secret_jwt', 'openid'],
  as: 'client_secret_jwt',

  async run({ client, expect }) {
    const answer = await redeemNothing(client)

    expect.that(isAuthenticated(answer), {
      violation: 'refused',
      expected: 'a client to be known by the MAC of its client_secret',
      actual: describeAnswer(answer),
    })
  },
})

/** Only the secret makes the MAC: no other one, not none, nothing that everybody knows of the client, and no key pair. */
export const macByAnythingElseIsDenied = check({
  proves: [rfc7523.signed],
  needs,
  as: 'client_secret_jwt',

  async run(context) {
    const { client } = context
    const { client_id: id } = client.account
    const foreign = await nobodysKey('ES256')

    // HMAC pads a key with zeros: so many of them are no key at all.
    for (const secret of [`${client.secret}x`, client.secret.slice(0, -1), '\0'.repeat(32), id])
      await denied(context, { key: sharedKey(secret) })
    await denied(context, { key: { ...privateJwk(foreign), alg: 'ES256' }, header: { jwk: foreign.publicKey } })
    for (const tamper of [altered, unsecured, withoutMac, macCutShort]) await denied(context, { tamper })
  },
})

/** A MAC that is right makes nothing right that the assertion says. */
export const macMakesNothingRight = check({
  proves: [rfc7523.issuerAndSubject, rfc7523.audience, rfc7523.expiry, rfc7523.notBefore],
  needs,
  as: 'client_secret_jwt',

  async run(context) {
    const now = Math.floor(context.client.now() / 1000)

    await denied(context, { claims: { iss: 'another-client' } }, rfc7523.issuerAndSubject)
    await denied(context, { claims: { sub: 'another-client' } }, rfc7523.issuerAndSubject)
    await denied(context, { claims: { aud: 'https://elsewhere.example' } }, rfc7523.audience)
    await denied(context, { claims: { exp: now - 3600, iat: now - 3660 } }, rfc7523.expiry)
    await denied(context, { claims: { nbf: now + 3600, exp: now + 3660 } }, rfc7523.notBefore)
  },
})

/** An assertion by a secret is spent when it was seen once, as one by a key is. */
export const secretAssertionIsTakenOnce = check({
  proves: [oidcCore.assertionSingleUse],
  needs: [...needs, 'openid'],
  as: 'client_secret_jwt',

  async run({ client, expect }) {
    const claims = { jti: crypto.randomUUID() }
    client.tokensOf(await client.clientCredentials({}, { assertion: { claims } }))

    expect.response(await client.clientCredentials({}, { assertion: { claims } })).toBeRefused()
  },
})

/** An assertion whose MAC is wrong is reported as invalid_client. */
export const wrongMacIsReported = check({
  proves: [rfc7523.invalidClient],
  needs,
  as: 'client_secret_jwt',

  async run({ client, expect }) {
    client.tokensOf(await client.clientCredentials())

    expect
      .response(await client.clientCredentials({}, { assertion: { tamper: altered } }))
      .toBeOAuthError('invalid_client')
  },
})

/** Sees that a right assertion is taken, and this one is not. */
async function denied({ client, expect }: CheckContext, assertion: AssertionOverrides, about?: Requirement) {
  client.tokensOf(await client.clientCredentials())
  expect.response(await client.clientCredentials({}, { assertion }), about).toBeRefused()
}

const withoutMac = (assertion: string) => assertion.replace(/[^.]*$/, '')

const macCutShort = (assertion: string) => assertion.slice(0, -4)
