import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { variationOf } from '../../../cli/embedded.ts'
import type { Sample } from '../../../core/story.ts'
import { sampleVerifier } from '../../../harness/load/samples.ts'
import type { Target } from '../../../harness/target/target.ts'
import { encoded, identityProvider } from '../../fixtures/saml-message.ts'
import { serve } from '../target/serve.ts'

type Provider = Awaited<ReturnType<typeof identityProvider>>

/** A response as a script hands it over. */
const sampled = (xml: string, { saml: { provider } }: Provider, more: Partial<Sample> = {}): Sample => ({
  kind: 'saml_response',
  token: encoded(xml),
  at: Date.now(),
  client: provider.entity_id,
  consumer: provider.acs_url,
  ...more,
})

async function judged(target: Target, ...samples: readonly Sample[]) {
  const verifier = sampleVerifier(target)
  for (const sample of samples) verifier.take('saml-sso', sample)
  const { signatures, ...verdict } = await verifier.judge()
  return { ...verdict, signatures: signatures('saml-sso', 'saml_response') }
}

const right = { verified: 1, rejected: 0, problems: [], signatures: { observed: 1, broken: 0 } }

const wrong = (message: string, broken: 0 | 1) => ({
  verified: 0,
  rejected: 1,
  problems: [`a sampled saml_response is not valid: ${message}`],
  signatures: { observed: 1, broken },
})

const unverified = (because: string) => ({
  verified: 0,
  rejected: 0,
  problems: [`the sampled responses were not verified: ${because}`],
  signatures: { observed: 0, broken: 0 },
})

describe('a response of the right server', () => {
  let idp: Provider
  let message: string

  beforeAll(async () => {
    idp = await identityProvider()
    message = await idp.message()
  })

  afterAll(async () => await idp[Symbol.asyncDispose]())

  test('is verified', async () => {
    expect(await judged(idp.target, sampled(message, idp))).toEqual(right)
  })

  test('is right, though it has expired since it came', async () => {
    const sample = sampled(message, idp)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    try {
      expect(await judged(idp.target, sample)).toEqual(right)
      expect(await judged(idp.target, { ...sample, at: Date.now() })).toEqual(wrong('it was not valid any more', 0))
    } finally {
      vi.useRealTimers()
    }
  })

  test('that was changed on its way is not', async () => {
    const changed = message.replace('<saml:Audience>https://sp', '<saml:Audience>https://xp')
    expect(changed).not.toBe(message)
    expect(await judged(idp.target, sampled(changed, idp))).toEqual(
      wrong('the digest is not that of the signed element', 1),
    )
  })

  test('is not for another service provider, nor for another place', async () => {
    const elsewhere = { client: 'https://other-sp.example/saml' }
    expect(await judged(idp.target, sampled(message, idp, elsewhere))).toEqual(
      wrong('its audience is not the service provider that asked', 0),
    )
    const otherPlace = { consumer: 'https://sp.example/saml/other?keep=this' }
    expect(await judged(idp.target, sampled(message, idp, otherPlace))).toEqual(
      wrong('it was addressed to another place', 0),
    )
  })

  test('that nobody can read is none', async () => {
    expect(await judged(idp.target, sampled('<not>closed', idp))).toEqual(wrong('it is not well-formed XML', 0))
    const noBase64 = sampled(message, idp, { token: '%' })
    expect(await judged(idp.target, noBase64)).toEqual(wrong('it is not in base64', 0))
  })

  test('is verified by a key that is younger than the metadata at hand', async () => {
    await using other = await identityProvider(variationOf({ mutant: 'key-descriptors/publishes-another-key' }))
    const latest = (await idp.saml.fetchMetadata()).body
    const older = (await other.saml.fetchMetadata()).body.replaceAll(other.target.issuer, idp.target.issuer)
    const texts = [older, latest, latest]
    let asked = 0
    await using server = await serve(() => (_, response) => void response.end(texts[asked++]))
    const target = { ...idp.target, saml: { metadata_url: `${server.origin}/`, service_providers: [] } }
    expect(await judged(target, sampled(message, idp), sampled(message, idp))).toEqual({
      ...right,
      verified: 2,
      signatures: { observed: 2, broken: 0 },
    })
    expect(asked).toBe(2)
  })

  test.each([
    ['nobody answers', 'http://127.0.0.1:1/metadata', 'GET /metadata: the connection was refused'],
    ['there are none', '', 'the metadata cannot be had: status 404'],
  ])('is not judged where the metadata cannot be had: %s', async (_, url, because) => {
    const metadataUrl = url === '' ? `${idp.target.issuer}/nowhere` : url
    const target = { ...idp.target, saml: { metadata_url: metadataUrl, service_providers: [] } }
    expect(await judged(target, sampled(message, idp))).toEqual(unverified(because))
  })
})

describe('a response of a server', () => {
  const judgedOf = async (mutant: string) => {
    await using idp = await identityProvider(variationOf({ mutant }))
    return await judged(idp.target, sampled(await idp.message(), idp))
  }

  test.each([
    ['protected-response/signs-nothing', 'no signature covers an assertion', 1],
    ['protected-response/signs-before-it-is-finished', 'the digest is not that of the signed element', 1],
    ['key-descriptors/publishes-another-key', 'the signature does not verify by a published key', 1],
    ['assertion-issuer/is-called-as-in-openid-connect', 'its issuer is not that of the metadata', 0],
    ['audiences/names-the-place', 'its audience is not the service provider that asked', 0],
    ['response-destination/names-itself', 'it was addressed to another place', 0],
    ['statements/states-nothing', 'it does not state that anybody was authenticated', 0],
    ['condition-times/turns-them-around', 'it was not valid yet', 0],
    ['subject-confirmation/confirms-by-somebody-else', 'it has no assertion with a bearer confirmation', 0],
    ['subject-confirmation/names-the-provider-as-recipient', 'its recipient is not where it was sent', 0],
    ['subject-confirmation/forgets-the-request', 'its confirmation names another request than the response', 0],
    ['subject-confirmation/sets-a-beginning', 'its confirmation has a beginning', 0],
    ['subject-confirmation/sets-no-end', 'its confirmation has no end', 0],
  ] as const)('that is %s is rejected: %s', async (mutant, message, broken) => {
    expect(await judgedOf(mutant)).toEqual(wrong(message, broken))
  })

  test('that publishes no key cannot be judged', async () => {
    expect(await judgedOf('key-descriptors/publishes-no-key')).toEqual(
      unverified('the metadata publishes no key to verify them with'),
    )
  })
})
