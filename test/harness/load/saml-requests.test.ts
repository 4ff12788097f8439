import { verify, X509Certificate } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startEmbedded } from '../../../cli/embedded.ts'
import { signOnAskedIn, signOnAskedOf, type SignOnRequest, signOnUrlIn } from '../../../core/sign-on-request.ts'
import { steady, type Story } from '../../../core/story.ts'
import { filledPools } from '../../../harness/load/pools.ts'
import { samlRequestPools } from '../../../harness/load/saml-requests.ts'
import { openTarget } from '../../../harness/target/open.ts'
import { Secret } from '../../../harness/target/secret.ts'
import { exampleAccounts } from '../../../reference-server/example.ts'
import { targetAt } from '../runner/units.ts'
import { serve } from '../target/serve.ts'

const signOnRequestIn = (line: string): SignOnRequest => ({
  ...signOnAskedOf(signOnAskedIn(line).split('\t')),
  url: signOnUrlIn(line),
})

async function embedded() {
  const server = await startEmbedded()
  onTestFinished(server.close)
  return (await openTarget(server.settings)).target
}

async function taken(count: number, kind = 'any') {
  const target = await embedded()
  const things = (await samlRequestPools(target).get(`saml-requests/${kind}`)?.take(count)) ?? []
  return { target, requests: things.map(signOnRequestIn) }
}

const parametersOf = ({ url }: SignOnRequest) => new URL(url).searchParams
const xmlOf = (request: SignOnRequest) =>
  inflateRawSync(Buffer.from(parametersOf(request).get('SAMLRequest') ?? '', 'base64')).toString()

describe('requests for sign-on', () => {
  test('come from each place of each service provider in turn, and are told apart', async () => {
    const { target, requests } = await taken(6)
    expect(requests.map(({ provider, consumer }) => `${provider} ${consumer}`)).toEqual(
      [0, 1].flatMap(() => [
        'https://sp.example/saml https://sp.example/saml/acs',
        'https://sp.example/saml https://sp.example/saml/other?keep=this',
        'https://other-sp.example/saml https://other-sp.example/saml/acs',
      ]),
    )
    expect(new Set(requests.map(({ id }) => id)).size).toBe(6)
    expect(new Set(requests.map(({ relayState }) => relayState)).size).toBe(6)
    for (const request of requests) {
      expect(request.url.startsWith(`${target.issuer}/saml/sso?`)).toBe(true)
      expect(parametersOf(request).get('RelayState')).toBe(request.relayState)
      expect(Buffer.byteLength(request.relayState)).toBeLessThanOrEqual(80)
      const xml = xmlOf(request)
      expect(xml).toContain(` ID="${request.id}"`)
      expect(xml).toContain(` AssertionConsumerServiceURL="${request.consumer}"`)
      expect(xml).toContain(`<saml:Issuer>${request.provider}</saml:Issuer>`)
      const issued = Date.parse(/ IssueInstant="([^"]+)"/.exec(xml)?.[1] ?? '')
      expect(Math.abs(Date.now() - issued)).toBeLessThan(60_000)
    }
  })

  test('ask for a persistent identifier, or for none in particular', async () => {
    expect((await taken(1)).requests.map(xmlOf)[0]).not.toContain('NameIDPolicy')
    expect((await taken(1, 'persistent')).requests.map(xmlOf)[0]).toMatch(
      /<samlp:NameIDPolicy Format="[^"]+:persistent" AllowCreate="true"\/>/,
    )
  })

  test('are signed where the target file has a private key, and answered by the server', async () => {
    const { requests } = await taken(3)
    expect(requests.map((request) => parametersOf(request).has('Signature'))).toEqual([true, true, false])
    for (const { url } of requests) {
      const response = await fetch(url, { redirect: 'manual' })
      expect([response.status, response.headers.get('location')]).toEqual([303, expect.stringContaining('/login?')])
    }
  })
})

test('a signature is that of the service provider, over the query as it stands', async () => {
  const { config, serviceProviderKey } = exampleAccounts()
  const [provider] = config.serviceProviders
  const target = await embedded()
  const saml = {
    metadata_url: target.saml?.metadata_url ?? '',
    service_providers: [
      { entity_id: 'sp', acs_url: 'https://sp.example/acs', private_key: new Secret(serviceProviderKey) },
    ],
  }
  const [thing = '{}'] =
    (await samlRequestPools({ ...target, saml })
      .get('saml-requests/any')
      ?.take(1)) ?? []
  const { url } = signOnRequestIn(thing)
  const [, signed = '', signature = ''] = /\?(.*)&Signature=(.*)$/.exec(url) ?? []
  const key = new X509Certificate(provider?.certificate ?? '').publicKey
  const octets = Buffer.from(decodeURIComponent(signature), 'base64')
  expect(verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, octets)).toBe(true)
})

describe('without an identity provider that says where to ask', () => {
  const saml = (metadataUrl: string) => ({
    metadata_url: metadataUrl,
    service_providers: [{ entity_id: 'sp', acs_url: 'https://sp.example/acs' }],
  })

  test('there are no requests', () => {
    expect([...samlRequestPools(targetAt('http://127.0.0.1:1')).keys()]).toEqual([])
  })

  test('each is told why there is none, and it is asked for once', async () => {
    let asked = 0
    await using server = await serve(() => (_, response) => {
      asked += 1
      response.writeHead(500).end()
    })
    const pools = samlRequestPools(targetAt(server.origin, { saml: saml(`${server.origin}/metadata`) }))
    for (const pool of [...pools.values(), ...pools.values()])
      await expect(pool.take(1)).rejects.toThrow('the metadata cannot be had: status 500')
    expect(asked).toBe(1)
  })

  test('no host is asked that the target file does not allow to load', async () => {
    const metadata = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="idp"><md:IDPSSODescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://elsewhere.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
    await using server = await serve(() => (_, response) => void response.end(metadata))
    const target = targetAt(server.origin, { saml: saml(`${server.origin}/metadata`) })
    await expect(samlRequestPools(target).get('saml-requests/any')?.take(1)).rejects.toThrow(
      'the target file does not allow to load elsewhere.example',
    )
    const allowed = samlRequestPools({ ...target, authorizedHosts: ['elsewhere.example'] }).get('saml-requests/any')
    expect(await allowed?.take(1)).toHaveLength(1)
  })
})

describe('beforehand', () => {
  const story = (...needs: Story['needs']): Story => ({
    title: 'a tale',
    needs,
    promise: { p95: 1, p99: 1 },
    invariants: {},
  })
  const stories = { sso: story('saml_idp'), other: story('client_credentials') }

  const askedFor = async (planned: keyof typeof stories, status = 200) => {
    let asked = 0
    await using server = await serve(() => (_, response) => {
      asked += 1
      response.writeHead(status).end()
    })
    const saml = {
      metadata_url: `${server.origin}/metadata`,
      service_providers: [{ entity_id: 'sp', acs_url: 'https://sp.example/acs' }],
    }
    const course = { scenarios: [steady(planned, 10, 1, 1)], stories }
    const pools = await filledPools(targetAt(server.origin, { saml }), course)
    return { asked, paths: [...pools.keys()] }
  }

  test('requests are made where a story needs them, and nobody minds that there are none', async () => {
    const paths = ['saml-requests/any', 'saml-requests/persistent']
    expect(await askedFor('sso')).toEqual({ asked: 1, paths })
    expect(await askedFor('sso', 404)).toEqual({ asked: 1, paths })
    expect(await askedFor('other')).toEqual({ asked: 0, paths })
  })
})
