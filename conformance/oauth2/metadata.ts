import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import type { Expect } from '../../harness/expect.ts'
import { grantTypes, stringsMember, urlMember } from '../../harness/target/metadata.ts'
import { emptyLists, expectJsonDocument, fetchFrom, oauthMetadataUrl, pretender } from '../published.ts'

/** The well-known name stands before the path of the issuer, not behind it. */
export const metadataStandsBeforeThePath = check({
  proves: [rfc8414.metadataPlace],

  async run({ client, expect, target }) {
    const behind = await fetchFrom(client, `${target.issuer}/.well-known/oauth-authorization-server`)
    // A server that publishes nothing by this document is not held to it.
    if (behind.status !== 200 || objectOf(behind) === undefined) return

    const { status } = await fetchFrom(client, oauthMetadataUrl(target))
    expect.that(status === 200, {
      violation: 'wrong-status',
      expected: 'the metadata before the path of the issuer',
      actual: `status ${status} there`,
    })
  },
})

/** The metadata is JSON and says so. */
export const metadataIsJson = check({
  proves: [rfc8414.metadataJson],
  needs: ['oauth_metadata'],

  async run({ client, expect, target }) {
    expectJsonDocument(expect, await fetchFrom(client, oauthMetadataUrl(target)))
  },
})

/** The issuer is a URL with neither query nor fragment. */
export const issuerIsAPlainUrl = check({
  proves: [rfc8414.issuerMember],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const { issuer } = await oauthMetadata(client, expect)
    const isPlain = typeof issuer === 'string' && URL.canParse(issuer) && !/[?#]/.test(issuer)

    expect.that(isPlain, {
      expected: 'a URL without query and fragment',
      actual: `issuer is ${JSON.stringify(issuer) ?? 'absent'}`,
    })
  },
})

/** The metadata names the issuer that it was asked for, character by character, and no other that a request brings up. */
export const issuerIsTheOneAskedFor = check({
  proves: [rfc8414.issuerIdentical],
  needs: ['oauth_metadata'],

  async run({ client, expect, target }) {
    for (const headers of [[], pretender]) {
      const response = await fetchFrom(client, oauthMetadataUrl(target), headers)
      const { issuer } = expect.response(response).toBeJsonObject()

      expect.that(issuer === target.issuer, {
        expected: `issuer ${target.issuer}`,
        actual: `issuer ${JSON.stringify(issuer) ?? 'absent'}`,
      })
    }
  },
})

/** Whoever may ask for a code finds out where. */
export const authorizationEndpointIsPublished = check({
  proves: [rfc8414.authorizationEndpoint],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const metadata = await oauthMetadata(client, expect)
    const isUsed = grantTypes({ ...metadata, issuer: client.target.issuer }).some(
      (grant) => grant === 'authorization_code' || grant === 'implicit',
    )
    const isPublished = urlMember(metadata, 'authorization_endpoint') !== undefined

    expect.that(!isUsed || isPublished, {
      violation: 'missing-value',
      expected: 'authorization_endpoint',
      actual: 'no URL of that name',
    })
  },
})

/** Whoever may ask for a token finds out where. */
export const tokenEndpointIsPublished = check({
  proves: [rfc8414.tokenEndpoint],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const metadata = await oauthMetadata(client, expect)
    const isUsed = grantTypes({ ...metadata, issuer: client.target.issuer }).some((grant) => grant !== 'implicit')
    const isPublished = urlMember(metadata, 'token_endpoint') !== undefined

    expect.that(!isUsed || isPublished, {
      violation: 'missing-value',
      expected: 'token_endpoint',
      actual: 'no URL of that name',
    })
  },
})

/** The response types are published, and none among them is one that the server does not know. */
export const publishedResponseTypesAreSupported = check({
  proves: [rfc8414.responseTypes],
  needs: ['oauth_metadata', 'authorization_code'],

  async run({ client, expect }) {
    const types = stringsMember(await oauthMetadata(client, expect), 'response_types_supported')
    expect.that(types !== undefined, {
      violation: 'missing-value',
      expected: 'response_types_supported',
      actual: 'no list of that name',
    })

    for (const type of types ?? []) {
      const error = responseOf(await client.requestAuthorization({ response_type: type })).get('error')
      expect.that(error !== 'unsupported_response_type', {
        violation: 'refused',
        expected: `an answer to ${type}`,
        actual: 'unsupported_response_type',
      })
    }
  },
})

/** What signs an assertion must be known to whoever has to sign one. */
export const assertionAlgorithmsArePublished = check({
  proves: [rfc8414.signingAlgsPublished],
  needs: ['oauth_metadata', 'private_key_jwt'],

  async run({ client, expect }) {
    const metadata = await oauthMetadata(client, expect)
    const name = 'token_endpoint_auth_signing_alg_values_supported'
    const algs = stringsMember(metadata, name) ?? []

    expect.that(algs.length > 0 && !algs.includes('none'), {
      violation: algs.length > 0 ? 'wrong-value' : 'missing-value',
      expected: `${name} without none`,
      actual: algs.length > 0 ? algs.join(' ') : 'no list of that name',
    })
  },
})

/** A server that supports PKCE lists how. */
export const challengeMethodsArePublished = check({
  proves: [rfc9700.pkcePublished],
  needs: ['oauth_metadata', 'authorization_code'],

  async run({ client, expect }) {
    const metadata = await oauthMetadata(client, expect)
    const methods = stringsMember(metadata, 'code_challenge_methods_supported') ?? []

    expect.that(methods.length > 0, {
      violation: 'missing-value',
      expected: 'code_challenge_methods_supported',
      actual: 'no list of that name',
    })
  },
})

/** A list without elements is left out. */
export const emptyListsAreLeftOut = check({
  proves: [rfc8414.emptyListsOmitted],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const names = emptyLists(await oauthMetadata(client, expect))

    expect.that(names.length === 0, { expected: 'no empty list', actual: names.join(', ') })
  },
})

const oauthMetadata = async (client: ProtocolClient, expect: Expect) =>
  expect.response(await fetchFrom(client, oauthMetadataUrl(client.target))).toBeJsonObject()
