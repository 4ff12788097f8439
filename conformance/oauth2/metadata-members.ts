import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { check } from '../../harness/check.ts'
import { Inapplicable } from '../../harness/error.ts'
import { stringsMember, urlMember } from '../../harness/target/metadata.ts'
import { expectEveryUse, isConfidential, oauthMetadata, publishedKeys } from '../published.ts'

/** Keys are fetched where nobody on the way can put others in their place. */
export const keysAreServedOverHttps = check({
  proves: [rfc8414.jwksHttps],
  needs: ['oauth_metadata'],

  async run({ client, expect, target }) {
    const { jwks_uri: place } = await oauthMetadata(client, expect)
    if (place === undefined) throw new Inapplicable('the metadata has no jwks_uri')
    if (!isConfidential(target.issuer)) throw new Inapplicable('the whole server is tested without TLS')
    const isKept = typeof place === 'string' && URL.canParse(place) && isConfidential(place)

    expect.that(isKept, { expected: 'an https URL', actual: `jwks_uri ${shown(place)}` })
  },
})

/** Where keys to encrypt with stand beside keys to sign with, each says what it is for. */
export const everyKeySaysItsUse = check({
  proves: [rfc8414.jwksUse],
  needs: ['oauth_metadata'],

  async run({ client, expect, target }) {
    if (urlMember(target.metadata, 'jwks_uri') === undefined) throw new Inapplicable('the metadata has no jwks_uri')

    expectEveryUse(expect, await publishedKeys(client))
  },
})

/** Whoever asks for a token finds out what can be asked for. */
export const scopesArePublished = check({
  proves: [rfc8414.scopesPublished],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const scopes = stringsMember(await oauthMetadata(client, expect), 'scopes_supported') ?? []

    expect.that(scopes.length > 0, {
      violation: 'missing-value',
      expected: 'scopes_supported',
      actual: 'no list of that name',
    })
  },
})

const signed = ['private_key_jwt', 'client_secret_jwt']
const endpoints = ['token', 'revocation', 'introspection'] as const

/** What signs an assertion must be known to whoever has to sign one, at each endpoint that takes any. */
export const assertionAlgorithmsArePublished = check({
  proves: [rfc8414.signingAlgsPublished],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const metadata = await oauthMetadata(client, expect)
    for (const endpoint of endpoints) {
      const methods = stringsMember(metadata, `${endpoint}_endpoint_auth_methods_supported`) ?? []
      const name = algorithmsOf(endpoint)
      const algs = stringsMember(metadata, name) ?? []

      expect.that(algs.length > 0 || !methods.some((method) => signed.includes(method)), {
        violation: 'missing-value',
        expected: name,
        actual: 'no list of that name',
      })
    }
  },
})

/** What is not signed shows nothing. */
export const noneSignsNoAssertion = check({
  proves: [rfc8414.signingAlgsNotNone],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const metadata = await oauthMetadata(client, expect)
    for (const name of endpoints.map(algorithmsOf)) {
      const algs = stringsMember(metadata, name) ?? []

      expect.that(!algs.includes('none'), { expected: `${name} without none`, actual: algs.join(' ').slice(0, 200) })
    }
  },
})

/** Every client can sign by RS256, so every server lists it. */
export const rs256SignsAssertions = check({
  proves: [rfc8414.signingAlgsRs256],
  needs: ['oauth_metadata', 'private_key_jwt'],

  async run({ client, expect }) {
    const algs = stringsMember(await oauthMetadata(client, expect), algorithmsOf('token'))
    if (algs === undefined) throw new Inapplicable('the metadata does not list algorithms for client assertions')

    expect.that(algs.includes('RS256'), {
      violation: 'missing-value',
      expected: 'RS256 among the algorithms',
      actual: algs.join(' ').slice(0, 200),
    })
  },
})

const algorithmsOf = (endpoint: (typeof endpoints)[number]) => `${endpoint}_endpoint_auth_signing_alg_values_supported`

/** What people should read can be found. */
export const pagesForPeopleHaveUrls = check({
  proves: [rfc8414.pagesAreUrls],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const metadata = await oauthMetadata(client, expect)
    for (const name of ['service_documentation', 'op_policy_uri', 'op_tos_uri']) {
      const isUrl = metadata[name] === undefined || urlMember(metadata, name) !== undefined

      expect.that(isUrl, { expected: `a URL as ${name}`, actual: shown(metadata[name]) })
    }
  },
})

/** Languages go by the names that browsers and people who translate know. */
export const languagesHaveTags = check({
  proves: [rfc8414.localesAreTags],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const tags = stringsMember(await oauthMetadata(client, expect), 'ui_locales_supported') ?? []
    const others = tags.filter((tag) => !isLanguageTag(tag))

    expect.that(others.length === 0, {
      expected: 'language tags such as de-AT',
      actual: others.join(', ').slice(0, 200),
    })
  },
})

/** By the syntax alone: subtags are registered all the time. */
function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1
  } catch {
    // The oldest tags stand in a list of their own (RFC 5646 §2.2.8).
    return /^(?:i|x|sgn|zh|en|art|no|cel)-[a-z0-9-]+$/i.test(text)
  }
}

/** The members of RFC 8414 §2 that may have several values. */
const lists = [
  'scopes_supported',
  'response_types_supported',
  'response_modes_supported',
  'grant_types_supported',
  'ui_locales_supported',
  'code_challenge_methods_supported',
  ...endpoints.flatMap((endpoint) => [`${endpoint}_endpoint_auth_methods_supported`, algorithmsOf(endpoint)]),
]

/** What may be several is a list of texts, even where it is one. */
export const listsAreLists = check({
  proves: [rfc8414.listsAreArrays],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const metadata = await oauthMetadata(client, expect)
    for (const name of lists) {
      const value = metadata[name]
      const isList = value === undefined || (Array.isArray(value) && value.every((one) => typeof one === 'string'))

      expect.that(isList, {
        violation: 'malformed',
        expected: `a list of texts as ${name}`,
        actual: shown(value),
      })
    }
  },
})

const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 200) ?? 'absent'
