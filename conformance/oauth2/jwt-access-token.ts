import { setTimeout as delay } from 'node:timers/promises'
import { rfc7519 } from '../../core/spec/rfc7519.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient, Tokens } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import {
  audiencesIn,
  isAboutNow,
  isAhead,
  isName,
  isTyped,
  jwtOf,
  type JwtAccessToken,
  profiledToken,
  profiledTokenOf,
} from '../access-tokens.ts'
import { verifyWithPublishedKeys, shown } from '../id-tokens.ts'
import { discoveryUrl, fetchFrom, oauthMetadataUrl } from '../published.ts'
import { registeredId, registering, webClient } from '../registering.ts'
import { scopesOf } from '../token-text.ts'

const needs = ['authorization_code'] as const

/** Whoever knows the published keys can tell whether an access token is genuine. */
export const tokenIsSigned = check({
  proves: [rfc9068.signed, rfc9068.notUnsecured, rfc9068.asymmetric, rfc9068.keysPublished],
  needs,

  async run({ client, expect }) {
    const token = await profiledToken(client)
    const { alg = 'absent' } = token.header
    const isUnsecured = /^none$/i.test(alg)
    const isSigned = !isUnsecured && !token.token.endsWith('.')

    expect.that(!isUnsecured, { expected: 'a signature algorithm', actual: 'alg none' }, rfc9068.notUnsecured)
    expect.that(isSigned, { violation: 'malformed', expected: 'a signature', actual: 'none' }, rfc9068.signed)
    if (!isSigned) return
    const isMac = alg.startsWith('HS')
    expect.that(!isMac, { expected: 'an asymmetric algorithm', actual: `alg ${alg}` }, rfc9068.asymmetric)
    if (isMac) return
    const hasKeys = typeof client.target.metadata['jwks_uri'] === 'string'
    const { by } = hasKeys ? await verifyWithPublishedKeys(client, token) : { by: 'none' }
    expect.that(
      by !== 'none',
      {
        expected: 'a published key that verifies the token',
        actual: hasKeys ? `none that verifies alg ${alg}` : 'no jwks_uri',
      },
      rfc9068.keysPublished,
    )
  },
})

/** The type of an access token is written the short way. */
export const typIsShort = check({
  proves: [rfc9068.typWithoutPrefix],
  needs,

  async run({ client, expect }) {
    const { typ } = (await profiledToken(client)).header

    expect.that(typeof typ === 'string' && /^at\+jwt$/i.test(typ), {
      expected: 'typ at+jwt',
      actual: `typ ${String(typ)}`,
    })
  },
})

/** A resource that is sent typed tokens is sent no others: by the profile, it would have to refuse them. */
export const tokensOfAResourceAreTypedAlike = check({
  proves: [rfc9068.typed],
  needs,

  async run({ client, expect }) {
    const tokens = await tokensOfAllGrants(client)
    const typed = tokens.filter(isTyped)
    if (typed.length === 0) throw new Inapplicable('the access tokens are not of the JWT type at+jwt')
    const resources = new Set(typed.flatMap(({ claims }) => audiencesIn(claims)))
    const others = tokens.filter(
      (token) => !isTyped(token) && audiencesIn(token.claims).some((one) => resources.has(one)),
    )

    expect.that(others.length === 0, {
      expected: 'typ at+jwt in all tokens for one resource',
      actual: others.map(({ header }) => `typ ${JSON.stringify(header.typ)?.slice(0, 80)}`).join(', '),
    })
  },
})

/** An access token names the issuer that the metadata names. */
export const tokenNamesItsIssuer = check({
  proves: [rfc9068.issuerClaim, rfc9068.issuerPublished],
  needs,

  async run({ client, expect, target }) {
    const { claims } = await profiledToken(client)
    const { iss } = claims

    expect.that(
      isName(iss),
      { violation: 'missing-value', expected: 'iss', actual: shown('iss', claims) },
      rfc9068.issuerClaim,
    )
    expect.that(
      !isName(iss) || iss === target.metadata.issuer,
      { expected: `iss ${target.metadata.issuer}`, actual: shown('iss', claims) },
      rfc9068.issuerPublished,
    )
  },
})

/** An access token says when it was issued and until when it is good, in seconds. */
export const tokenTellsItsTimes = check({
  proves: [rfc9068.expiryClaim, rfc9068.issuedAtClaim],
  needs,

  async run({ client, expect }) {
    const { claims } = await profiledToken(client)

    expect.that(
      isAhead(claims['exp'], client.now()),
      { expected: 'exp in seconds, ahead of now', actual: shown('exp', claims) },
      rfc9068.expiryClaim,
    )
    expect.that(
      isAboutNow(claims['iat'], client.now()),
      { expected: 'iat in seconds, about now', actual: shown('iat', claims) },
      rfc9068.issuedAtClaim,
    )
  },
})

/** An access token names the resource that it is meant for. The client that holds it is not that. */
export const tokenIsForAResource = check({
  proves: [rfc9068.audienceClaim, rfc9068.defaultAudience],
  needs,

  async run({ client, expect }) {
    const { claims } = await profiledToken(client)
    const audiences = audiencesIn(claims)
    const isThere = audiences.length > 0 && audiences.every(isName)

    expect.that(
      isThere,
      { violation: 'missing-value', expected: 'aud as texts', actual: shown('aud', claims) },
      rfc9068.audienceClaim,
    )
    expect.that(
      !isThere || audiences.some((one) => one !== client.account.client_id),
      { expected: 'a resource in aud', actual: 'the client_id alone' },
      rfc9068.defaultAudience,
    )
  },
})

/** An access token names the client that it was issued to, and itself. */
export const tokenNamesItsClient = check({
  proves: [rfc9068.clientClaim, rfc9068.tokenIdClaim, rfc9068.subjectClaim],
  needs,

  async run({ client, expect }) {
    const { claims } = await profiledToken(client)

    expect.that(
      claims['client_id'] === client.account.client_id,
      { expected: 'the client_id of the client', actual: shown('client_id', claims) },
      rfc9068.clientClaim,
    )
    for (const [name, requirement] of [
      ['jti', rfc9068.tokenIdClaim],
      ['sub', rfc9068.subjectClaim],
    ] as const) {
      const owed = { violation: 'missing-value', expected: `${name} as a text`, actual: shown(name, claims) } as const
      expect.that(isName(claims[name]), owed, requirement)
    }
  },
})

/** No two access tokens have the same name. */
export const noTwoTokensShareAJti = check({
  proves: [rfc7519.jtiUnique],
  needs: [...needs, 'refresh_token'],

  async run({ client, expect }) {
    const [first, second] = await tokensOfOneGrant(client)
    const names = [jwtOf(first), jwtOf(second)].map((jwt) => jwt?.claims['jti'])
    if (!names.every(isName)) throw new Inapplicable('the access tokens have no jti')
    // A server may hand out the same token again while it is good.
    if (first.accessToken === second.accessToken) return

    expect.that(names[0] !== names[1], { expected: 'a jti of its own for each token', actual: 'the same jti twice' })
  },
})

/** Tokens of two people are about two people. */
export const subjectIsThePerson = check({
  proves: [rfc9068.subjectIsPerson],
  needs: [...needs, 'second user'],

  async run({ client, stranger, expect }) {
    const own = profiledTokenOf(await client.grant()).claims['sub']
    const other = profiledTokenOf(await stranger.grant()).claims['sub']
    if (!isName(own) || !isName(other)) return

    expect.that(own !== other, { expected: 'another sub for another person', actual: 'the same sub for both' })
  },
})

/** Where there is no person, the token is about the client, and neither about everybody nor about somebody else. */
export const subjectIsTheClient = check({
  proves: [rfc9068.subjectIsClient],
  needs: ['client_credentials', 'second client'],

  async run({ client, other, target, expect }) {
    const own = profiledTokenOf(client.tokensOf(await client.clientCredentials())).claims['sub']
    const foreign = profiledTokenOf(other.tokensOf(await other.clientCredentials())).claims['sub']
    const isPerson = isName(own) && target.users.some(({ sub }) => sub === own)

    expect.that(!isPerson, { expected: 'a sub that stands for the client', actual: 'the sub of a person' })
    if (isPerson || !isName(own) || !isName(foreign)) return
    expect.that(own !== foreign, { expected: 'another sub for another client', actual: 'the same sub for both' })
  },
})

/** Where tokens call a client by its client_id, a client that chose its own could pass for a person. */
export const clientCannotPassForAPerson = check({
  proves: [rfc9068.subjectNotChosen],
  needs: [...needs, 'client_credentials', 'registration', 'client_secret_basic'],

  async run({ client, expect }) {
    const { sub } = profiledTokenOf(client.tokensOf(await client.clientCredentials())).claims
    if (sub !== client.account.client_id)
      throw new Inapplicable('the access tokens call a client otherwise than by its client_id')
    const { sub: person } = profiledTokenOf(await client.grant()).claims
    if (!isName(person)) throw new Untestable('the server does not say what it calls the person')
    await registering(client, { ...webClient('https://rp.example/callback'), client_id: person }, (answer) => {
      expect.that(registeredId(answer) !== person, {
        violation: 'accepted',
        expected: "a client_id of the server's own",
        actual: 'the sub of a person, which the client had asked for',
      })
    })
  },
})

/** What the person granted stands in the token, as one text, and nothing more. */
export const tokenTellsItsScope = check({
  proves: [rfc9068.scopeClaim],
  needs,

  async run({ client, expect }) {
    const asked = [...scopesOf(client.account.scope)].find((one) => !ofOpenId.has(one))
    const tokens = await client.grant(asked === undefined ? {} : { scope: asked, nonce: undefined })
    const { claims } = profiledTokenOf(tokens)
    const granted = scopesOf(tokens.scope ?? asked)
    const { scope } = claims
    // Scopes that mean nothing to the resource have no place in the token, and those of OpenID Connect need not.
    if (scope === undefined && ![...granted].some((one) => !ofOpenId.has(one)))
      throw new Inapplicable('no scope of a resource could be had')

    expect.that(typeof scope === 'string', {
      violation: scope === undefined ? 'missing-value' : 'malformed',
      expected: 'scope as a text',
      actual: shown('scope', claims),
    })
    const more = [...scopesOf(scope)].filter((one) => granted.size > 0 && !granted.has(one))
    expect.that(more.length === 0, { expected: 'what was granted', actual: `also ${more.join(' ')}` })
  },
})

/** How the person was authenticated stays the same, however often the token is renewed. */
export const authenticationIsKept = check({
  proves: [rfc9068.authenticationKept],
  needs: [...needs, 'refresh_token'],

  async run({ client, expect }) {
    // One more second, so that now is another number than then.
    const [first, second] = (await tokensOfOneGrant(client, 1100)).map((tokens) => profiledTokenOf(tokens).claims)
    const told = ['auth_time', 'acr', 'amr'].filter((name) => first?.[name] !== undefined)
    if (told.length === 0) throw new Inapplicable('the access tokens tell nothing of the authentication')
    const changed = told.filter((name) => JSON.stringify(first?.[name]) !== JSON.stringify(second?.[name]))

    expect.that(changed.length === 0, { expected: told.join(', '), actual: `another ${changed.join(', ')}` })
  },
})

/** Whichever of the two documents a resource reads, it finds the same issuer and the same keys. */
export const bothDocumentsAgree = check({
  proves: [rfc9068.metadataConsistent],
  needs: [...needs, 'openid', 'oauth_metadata'],

  async run({ client, expect, target }) {
    await profiledToken(client)
    const [one, other] = [
      objectOf(await fetchFrom(client, discoveryUrl(target))),
      objectOf(await fetchFrom(client, oauthMetadataUrl(target))),
    ]
    if (one === undefined || other === undefined) throw new Untestable('one of the two documents cannot be read')
    const apart = ['issuer', 'jwks_uri'].filter((name) => one[name] !== other[name])

    expect.that(apart.length === 0, { expected: 'the same in both documents', actual: `another ${apart.join(', ')}` })
  },
})

/** Scopes that OpenID Connect Core §5.4 and §11 give a meaning. */
const ofOpenId: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'address', 'phone', 'offline_access'])

/** The tokens of a grant, and of its refresh. */
async function tokensOfOneGrant(client: ProtocolClient, pauseMs = 0): Promise<readonly [Tokens, Tokens]> {
  const first = await client.offlineGrant()
  await delay(pauseMs)
  return [first, client.tokensOf(await client.refresh(first.refreshToken))]
}

/** Access tokens that are JWTs, of as many grants as the client may use. */
async function tokensOfAllGrants(client: ProtocolClient): Promise<readonly JwtAccessToken[]> {
  const mayUse = (grant: 'refresh_token' | 'client_credentials') =>
    client.target.capabilities.has(grant) && client.account.grant_types.includes(grant)
  const tokens = mayUse('refresh_token') ? [...(await tokensOfOneGrant(client))] : [await client.grant()]
  if (mayUse('client_credentials')) {
    const answer = await client.clientCredentials()
    if (answer.status === 200) tokens.push(client.tokensOf(answer))
  }
  return tokens.flatMap((one) => jwtOf(one) ?? [])
}
