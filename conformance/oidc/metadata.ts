import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import type { Expect } from '../../harness/expect.ts'
import { stringsMember, urlMember } from '../../harness/target/metadata.ts'
import {
  discoveryUrl,
  emptyLists,
  expectEveryUse,
  expectJsonDocument,
  fetchFrom,
  pretender,
  publishedKeys,
} from '../published.ts'

/** The metadata stands where every relying party looks for it. */
export const metadataStandsBehindTheIssuer = check({
  proves: [oidcDiscovery.metadataPlace],
  needs: ['openid'],

  async run({ client, expect, target }) {
    const response = await fetchFrom(client, discoveryUrl(target))

    expect.that(response.status === 200 && objectOf(response) !== undefined, {
      violation: 'wrong-status',
      expected: 'the metadata behind the issuer',
      actual: `status ${response.status} there`,
    })
  },
})

/** The metadata is JSON and says so. */
export const metadataIsJson = check({
  proves: [oidcDiscovery.metadataJson],
  needs: ['openid'],

  async run({ client, expect, target }) {
    expectJsonDocument(expect, await fetchFrom(client, discoveryUrl(target)))
  },
})

/** The metadata names the issuer that it was asked for, character by character, and no other that a request brings up. */
export const issuerIsTheOneAskedFor = check({
  proves: [oidcDiscovery.issuerIdentical],
  needs: ['openid'],

  async run({ client, expect, target }) {
    for (const headers of [[], pretender]) {
      const { issuer } = expect.response(await fetchFrom(client, discoveryUrl(target), headers)).toBeJsonObject()

      expect.that(issuer === target.issuer, {
        expected: `issuer ${target.issuer}`,
        actual: `issuer ${JSON.stringify(issuer) ?? 'absent'}`,
      })
    }
  },
})

/** The response types and subject types that are supported can be read. */
export const typesArePublished = check({
  proves: [oidcDiscovery.responseTypes, oidcDiscovery.subjectTypes],
  needs: ['openid'],

  async run({ client, expect }) {
    const metadata = await discoveryDocument(client, expect)
    const subjects = stringsMember(metadata, 'subject_types_supported') ?? []

    expectList(expect, metadata, 'response_types_supported', oidcDiscovery.responseTypes)
    expectList(expect, metadata, 'subject_types_supported', oidcDiscovery.subjectTypes)
    const isKnown = subjects.every((type) => type === 'pairwise' || type === 'public')
    expect.that(isKnown, { expected: 'pairwise or public', actual: subjects.join(' ') }, oidcDiscovery.subjectTypes)
  },
})

/** Every relying party understands RS256, so every provider lists it. */
export const rs256IsListed = check({
  proves: [oidcDiscovery.signingAlgs],
  needs: ['openid'],

  async run({ client, expect }) {
    const algs = stringsMember(await discoveryDocument(client, expect), 'id_token_signing_alg_values_supported') ?? []

    expect.that(algs.includes('RS256'), {
      violation: 'missing-value',
      expected: 'RS256 among the algorithms',
      actual: algs.join(' '),
    })
  },
})

/** A list without elements is left out. */
export const emptyListsAreLeftOut = check({
  proves: [oidcDiscovery.emptyListsOmitted],
  needs: ['openid'],

  async run({ client, expect }) {
    const names = emptyLists(await discoveryDocument(client, expect))

    expect.that(names.length === 0, { expected: 'no empty list', actual: names.join(', ') })
  },
})

/** The key set is where the metadata says, and holds a key. */
export const keySetIsPublished = check({
  proves: [oidcDiscovery.jwksUri],
  needs: ['openid'],

  async run({ client, expect, target }) {
    const published = urlMember(target.metadata, 'jwks_uri') !== undefined
    const keys = published ? await publishedKeys(client) : []

    expect.that(keys.length > 0, {
      violation: 'missing-value',
      expected: 'a key set with a key at jwks_uri',
      actual: 'no key',
    })
  },
})

/** No key of the key set lets anybody else sign. */
export const keySetHasNoPrivateKey = check({
  proves: [oidcDiscovery.noPrivateKeys],
  needs: ['openid'],

  async run({ client, expect }) {
    const secret = (await publishedKeys(client)).filter(
      (key) => key['kty'] === 'oct' || 'd' in key || 'k' in key || 'p' in key,
    )

    expect.that(secret.length === 0, {
      violation: 'leaked',
      expected: 'public keys only',
      actual: `${secret.length} private or symmetric keys`,
    })
  },
})

/** Where keys to encrypt with stand beside keys to sign with, each says what it is for. */
export const everyKeySaysItsUse = check({
  proves: [oidcDiscovery.keyUse],
  needs: ['openid'],

  async run({ client, expect }) {
    expectEveryUse(expect, await publishedKeys(client))
  },
})

const discoveryDocument = async (client: ProtocolClient, expect: Expect) =>
  expect.response(await fetchFrom(client, discoveryUrl(client.target))).toBeJsonObject()

function expectList(
  expect: Expect,
  metadata: Readonly<Record<string, unknown>>,
  name: string,
  about: typeof oidcDiscovery.responseTypes,
) {
  const list = stringsMember(metadata, name) ?? []
  expect.that(list.length > 0, { violation: 'missing-value', expected: name, actual: 'no list of that name' }, about)
}
