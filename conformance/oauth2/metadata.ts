import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { responseOf } from '../../harness/client/protocol-client.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { grantTypes, stringsMember, urlMember } from '../../harness/target/metadata.ts'
import {
  emptyLists,
  expectJsonDocument,
  fetchFrom,
  isConfidential,
  oauthMetadata,
  oauthMetadataUrl,
  pretender,
} from '../published.ts'

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

/** The issuer is a URL that a client can trust to be read unaltered, with neither query nor fragment. */
export const issuerIsAPlainUrl = check({
  proves: [rfc8414.issuerMember],
  needs: ['oauth_metadata'],

  async run({ client, expect }) {
    const { issuer } = await oauthMetadata(client, expect)
    const isPlain = typeof issuer === 'string' && URL.canParse(issuer) && isConfidential(issuer) && !/[?#]/.test(issuer)

    expect.that(isPlain, {
      expected: 'an https URL without query and fragment',
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

    for (const type of types?.slice(0, most) ?? []) {
      const error = responseOf(await client.requestAuthorization({ response_type: type })).get('error')
      expect.that(error !== 'unsupported_response_type', {
        violation: 'refused',
        expected: `an answer to ${type}`,
        actual: 'unsupported_response_type',
      })
    }
  },
})

/** A response type that is not listed is none that brings a token. */
export const unlistedTokensAreNotReturned = check({
  proves: [rfc8414.responseTypes],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const listed = stringsMember(target.metadata, 'response_types_supported')
    if (listed === undefined || listed.includes('token')) throw new Inapplicable('the metadata lists token')
    const arrival = await client.requestAuthorization({ response_type: 'token' })

    expect.that(!responseOf(arrival).has('access_token'), {
      violation: 'accepted',
      expected: 'a refusal of token, which is not listed',
      actual: 'an access token',
    })
  },
})

/** More values than any server lists in earnest are not all tried. */
const most = 50

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

/** Whoever asks for the metadata of an issuer that does not exist sees so before reading. */
export const unknownIssuerHasNoMetadata = check({
  proves: [rfc8414.errorStatus],
  needs: ['oauth_metadata'],

  async run({ client, expect, target }) {
    const answer = await fetchFrom(client, `${oauthMetadataUrl(target)}/assay-no-issuer`)
    const body = objectOf(answer)
    // A page, or the metadata of the issuer that there is, comes of a server that takes any path for its own.
    if (body === undefined || 'issuer' in body) return

    expect.that(answer.status >= 400, {
      violation: 'wrong-status',
      expected: 'the status of an error',
      actual: describeAnswer(answer),
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
