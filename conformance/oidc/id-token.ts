import { oidcCore } from '../../core/spec/oidc-core.ts'
import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { accessTokenHash, audiencesOf, idTokenOf, verifyWithPublishedKeys, shown } from '../id-tokens.ts'

/** Any time further off than this, in seconds, is not given in seconds: ten years for an expiry, a day for now. */
const plausible = { expiry: 10 * 365 * 24 * 3600, now: 24 * 3600 }

/** A nonce with characters that someone decodes, folds or cuts. */
const awkwardNonce = () => `aZ09 +%20%41&=?/#~;:@ ${Math.random()} ${'long'.repeat(20)}`

/** Who asks with the scope openid gets an ID token, beside an access token of type Bearer. */
export const authenticationBringsAnIdToken = check({
  proves: [oidcCore.tokenIdToken, oidcCore.tokenTypeBearer],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const { idToken, body } = await client.grant()
    const parts = idToken?.split('.').length
    const isJwt = parts === 3 || parts === 5
    const type = String(body['token_type'])

    expect.that(
      isJwt,
      { violation: 'missing-value', expected: 'an id_token', actual: idToken === undefined ? 'none' : 'no JWT' },
      oidcCore.tokenIdToken,
    )
    expect.that(
      /^bearer$/i.test(type),
      { expected: 'token_type Bearer', actual: `token_type ${type.slice(0, 40)}` },
      oidcCore.tokenTypeBearer,
    )
  },
})

/** The issuer of an ID token is the one of the metadata. */
export const idTokenNamesItsIssuer = check({
  proves: [oidcCore.idTokenIssuer, oidcDiscovery.issuerMember],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect, target }) {
    const { claims } = idTokenOf(await client.grant())

    expect.that(claims['iss'] === target.metadata.issuer, {
      expected: `iss ${target.metadata.issuer}`,
      actual: shown('iss', claims),
    })
  },
})

/** The subject is a short text. */
export const idTokenNamesItsSubject = check({
  proves: [oidcCore.idTokenSubject],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const { claims } = idTokenOf(await client.grant())
    const { sub } = claims

    expect.that(typeof sub === 'string' && /^[\0-\x7F]{1,255}$/.test(sub), {
      violation: 'malformed',
      expected: 'sub of at most 255 ASCII characters',
      actual: typeof sub === 'string' ? `sub of ${sub.length} characters` : shown('sub', claims),
    })
  },
})

/** The client that asked is among the audience. */
export const idTokenIsForTheClient = check({
  proves: [oidcCore.idTokenAudience],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const idToken = idTokenOf(await client.grant())

    expect.that(audiencesOf(idToken).includes(client.account.client_id), {
      expected: 'the client_id in aud',
      actual: shown('aud', idToken.claims),
    })
  },
})

/** Issue and expiry are numbers of seconds, one about now and the other ahead. */
export const idTokenTellsItsTimes = check({
  proves: [oidcCore.idTokenExpiry, oidcCore.idTokenIssuedAt],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const { claims } = idTokenOf(await client.grant())
    const now = client.now() / 1000
    const ahead = Number(claims['exp']) - now
    const lives = typeof claims['exp'] === 'number' && ahead > -plausible.now && ahead < plausible.expiry
    const begins = typeof claims['iat'] === 'number' && Math.abs(claims['iat'] - now) < plausible.now

    expect.that(
      lives,
      { expected: 'exp in seconds, ahead of now', actual: shown('exp', claims) },
      oidcCore.idTokenExpiry,
    )
    expect.that(
      begins,
      { expected: 'iat in seconds, about now', actual: shown('iat', claims) },
      oidcCore.idTokenIssuedAt,
    )
  },
})

/** The nonce comes back in the ID token, every character of it as it was sent. */
export const idTokenReturnsTheNonce = check({
  proves: [oidcCore.idTokenNonce, rfc9700.nonceReturned],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const nonce = awkwardNonce()
    const { claims } = idTokenOf(await client.grant({ nonce }))
    const actual = claims['nonce'] === undefined ? 'no nonce' : 'another nonce'

    expect.that(claims['nonce'] === nonce, { expected: 'the nonce as it was sent', actual })
  },
})

/** The signature is right by a key of the key set, and the header names that key. */
export const idTokenIsSigned = check({
  proves: [oidcCore.idTokenSigned, oidcCore.idTokenNotUnsecured, oidcCore.signingKeyPublished],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const idToken = idTokenOf(await client.grant())
    const { alg = 'absent', kid = 'absent' } = idToken.header
    const { by, keys } = await verifyWithPublishedKeys(client, idToken)

    expect.that(
      !/^none$/i.test(alg),
      { violation: 'malformed', expected: 'a signature', actual: 'alg none' },
      oidcCore.idTokenNotUnsecured,
    )
    expect.that(
      by !== 'none',
      { expected: 'a signature by a published key', actual: `none of ${keys} keys verifies alg ${alg}` },
      oidcCore.idTokenSigned,
    )
    expect.that(
      by !== 'another',
      { expected: 'the kid of the key that signed', actual: `kid ${kid}` },
      oidcCore.signingKeyPublished,
    )
  },
})

/** Where an ID token holds the hash of the access token, it is that of the access token beside it. */
export const accessTokenHashIsRight = check({
  proves: [oidcCore.atHashRight],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const tokens = await client.grant()
    const { claims, header } = idTokenOf(tokens)
    const right = accessTokenHash(tokens.accessToken, header.alg)
    if (claims['at_hash'] === undefined || right === undefined) return

    expect.that(claims['at_hash'] === right, {
      expected: 'the left half of the hash of the access token',
      actual: 'another at_hash',
    })
  },
})
