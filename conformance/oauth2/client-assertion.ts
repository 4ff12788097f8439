import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import { check, type CheckContext } from '../../harness/check.ts'
import type { AssertionOverrides } from '../../harness/client/assertion.ts'
import { nobodysKey, privateJwk } from '../../harness/client/own-keys.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { altered, unsecured } from '../token-text.ts'

const needs = ['client_credentials', 'private_key_jwt'] as const

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Only the client's own key signs for it: no other key, not one that comes along, and not no key at all. */
export const badlySignedAssertionIsDenied = check({
  proves: [rfc7523.signed],
  needs,
  as: 'private_key_jwt',

  async run(context) {
    const { client } = context
    const { kid, alg = 'ES256' } = JSON.parse(client.account.private_key?.reveal() ?? '{}') as {
      kid?: string
      alg?: string
    }
    const foreign = await nobodysKey(alg)
    const key = { ...privateJwk(foreign), alg, ...(kid !== undefined && { kid }) }

    await denied(context, { key })
    await denied(context, { key, header: { jwk: foreign.publicKey } })
    await denied(context, { tamper: altered })
    await denied(context, { tamper: unsecured })
  },
})

/** An assertion that is not valid is reported as invalid_client. */
export const invalidAssertionIsReported = check({
  proves: [rfc7523.invalidClient],
  needs,
  as: 'private_key_jwt',

  async run({ client, expect }) {
    client.tokensOf(await client.clientCredentials())

    expect
      .response(await client.clientCredentials({}, { assertion: { tamper: altered } }))
      .toBeOAuthError('invalid_client')
  },
})

/** An assertion that is meant for another server, or does not say for which, proves nothing here. */
export const assertionForAnotherServerIsDenied = check({
  proves: [rfc7523.audience],
  needs,
  as: 'private_key_jwt',

  async run(context) {
    const { issuer } = context.target
    for (const aud of ['https://elsewhere.example', `${issuer}.elsewhere.example`, [], undefined]) {
      await denied(context, { claims: { aud } })
    }
  },
})

/** An assertion that is for this server alone names its issuer identifier, and neither an endpoint nor anybody besides. */
export const audienceIsTheIssuerAlone = check({
  proves: [oauth21.assertionAudience],
  needs,
  as: 'private_key_jwt',

  async run(context) {
    const { issuer } = context.target
    const endpoint = context.client.endpoint('token_endpoint')
    for (const aud of [endpoint, [issuer, endpoint], [issuer, 'https://elsewhere.example']]) {
      await denied(context, { claims: { aud } })
    }
  },
})

/** An assertion of an hour ago has expired. */
export const expiredAssertionIsDenied = check({
  proves: [rfc7523.expiry],
  needs,
  as: 'private_key_jwt',

  async run(context) {
    const now = Math.floor(context.client.now() / 1000)

    await denied(context, { claims: { iat: now - 3660, exp: now - 3600 } })
  },
})

/** An assertion of the coming hour is not valid yet. */
export const assertionOfTheFutureIsDenied = check({
  proves: [rfc7523.notBefore],
  needs,
  as: 'private_key_jwt',

  async run(context) {
    const now = Math.floor(context.client.now() / 1000)

    await denied(context, { claims: { nbf: now + 3600, exp: now + 3660 } })
  },
})

/** The client speaks for itself: as issuer and as subject. */
export const assertionOfAnotherClientIsDenied = check({
  proves: [rfc7523.issuerAndSubject],
  needs,
  as: 'private_key_jwt',

  async run(context) {
    await denied(context, { claims: { iss: 'another-client' } })
    await denied(context, { claims: { sub: 'another-client' } })
  },
})

/** What OpenID Connect requires in a client assertion may not be missing. */
export const assertionWithoutRequiredClaimIsDenied = check({
  proves: [oidcCore.assertionClaims],
  needs: [...needs, 'openid'],
  as: 'private_key_jwt',

  async run(context) {
    for (const name of ['iss', 'sub', 'aud', 'jti', 'exp']) await denied(context, { claims: { [name]: undefined } })
  },
})

/** A jti that was seen once is spent, however the assertion around it changes. */
export const assertionIsTakenOnce = check({
  proves: [oidcCore.assertionSingleUse],
  needs: [...needs, 'openid'],
  as: 'private_key_jwt',

  async run({ client, expect }) {
    const claims = { jti: crypto.randomUUID() }
    client.tokensOf(await client.clientCredentials({}, { assertion: { claims } }))

    expect.response(await client.clientCredentials({}, { assertion: { claims } })).toBeRefused()
  },
})

/** A JWT is taken for the client's only where the request says that it is one: not by another type, and not by none. */
export const assertionOfAnotherTypeIsDenied = check({
  proves: [rfc7523.assertionTypeNamed],
  needs,
  as: 'private_key_jwt',

  async run({ client, expect }) {
    client.tokensOf(await client.clientCredentials())

    for (const type of [
      undefined,
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
      'urn:ietf:params:oauth:client-assertion-type:assay-unknown',
    ]) {
      expect.response(await client.clientCredentials({ client_assertion_type: type })).toBeRefused()
    }
  },
})

/** One JWT speaks for the client: two that would each be right are one too many, in one value as in two. */
export const twoAssertionsAreDenied = check({
  proves: [rfc7523.singleAssertion, rfc6749.tokenParamsNotRepeated],
  needs,
  as: 'private_key_jwt',

  async run({ client, expect }) {
    client.tokensOf(await client.clientCredentials())

    for (const separator of [' ', ',', '.']) {
      const [one, other] = [await assertionOf(client), await assertionOf(client)]
      const answer = await client.clientCredentials({ client_assertion: `${one}${separator}${other}` })
      expect.response(answer, rfc7523.singleAssertion).toBeRefused()
    }
    const twice = { client_assertion: [await assertionOf(client), await assertionOf(client)] }
    expect.response(await client.clientCredentials(twice), rfc6749.tokenParamsNotRepeated).toBeRefused()
    const types = { client_assertion_type: [assertionType, assertionType] }
    expect.response(await client.clientCredentials(types), rfc6749.tokenParamsNotRepeated).toBeRefused()
  },
})

/** An assertion that the client has not used yet. */
async function assertionOf(client: ProtocolClient): Promise<string> {
  const { client_assertion: assertion } = (await client.authentication()).params
  return typeof assertion === 'string' ? assertion : ''
}

/** Sees that a right assertion is taken, and this one is not. */
async function denied({ client, expect }: CheckContext, assertion: AssertionOverrides) {
  client.tokensOf(await client.clientCredentials())
  expect.response(await client.clientCredentials({}, { assertion })).toBeRefused()
}
