import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withQuery } from '../../../core/wire/form.ts'
import { headerOf } from '../../../harness/client/http.ts'
import { describeSso } from '../../../harness/client/saml-client.ts'
import { Secret } from '../../../harness/target/secret.ts'
import { dialects } from '../../../reference-server/dialects/catalogue.ts'
import { generateKey } from '../../../reference-server/keys.ts'
import { listen } from '../../../reference-server/listen.ts'
import { selfSignedCertificate } from '../../../reference-server/saml/certificate.ts'
import { authnRequest, redirectQuery } from '../../../harness/client/saml-request.ts'
import { certificatePem, identityProvider, messageIn, xmlsecAccepts } from '../../fixtures/saml-message.ts'

let idp: Awaited<ReturnType<typeof identityProvider>>

beforeAll(async () => {
  idp = await identityProvider()
})

afterAll(async () => await idp[Symbol.asyncDispose]())

beforeEach(() => idp.saml.agent.forget())

const outcome = async (overrides: Parameters<typeof idp.saml.signOn>[0]) =>
  describeSso(await idp.saml.signOn(overrides))

describe('the page that carries a response', () => {
  test('lets exactly its own script run, and has a button for browsers that run none', async () => {
    const { carrier } = await idp.saml.signOn()
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(carrier?.body ?? '') ?? []
    const policy = carrier === undefined ? '' : (headerOf(carrier, 'content-security-policy') ?? '')

    expect(script).not.toBe('')
    expect(policy).toContain(`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`)
    expect(policy).not.toContain('form-action')
    expect(carrier?.body).toContain('<button type="submit">Continue</button>')
  })

  test('sends itself where scripts run, before anybody presses the button', async () => {
    await using other = await identityProvider({}, { scripts: true })
    const { saml } = other
    const destination = await saml.signOnLocation()
    const { entity_id: issuer, acs_url: consumer } = saml.provider
    const { xml } = authnRequest({ issuer, destination, consumer, now: Date.now() }, {})
    const shown: string[] = []
    const arrival = await saml.agent.arrive(`${destination}?${redirectQuery(xml, { relayState: 'a "token"' })}`, {
      person: saml.person,
      onPage: ({ body }) => void shown.push(/<h1>(.*?)<\/h1>/.exec(body)?.[1] ?? 'the form'),
    })

    expect(arrival.kind === 'form_post' && arrival.action).toBe(consumer)
    expect(arrival.kind === 'form_post' && new Map(arrival.params).get('RelayState')).toBe('a "token"')
    expect(shown).toEqual(['Sign in'])
  })
})

describe('a request', () => {
  test('of a provider that is unknown ends on a page', async () => {
    expect(await outcome({ issuer: 'https://unknown.example' })).toBe('a page with status 200')
  })

  test('with more RelayState than fits ends on a page', async () => {
    expect(await outcome({ relayState: 'é'.repeat(40) })).toContain('Success')
    expect(await outcome({ relayState: 'é'.repeat(41) })).toBe('a page with status 200')
  })

  test('for a version from before ends on a page, for one from after at the provider', async () => {
    expect(await outcome({ attributes: { Version: '1.1' } })).toBe('a page with status 200')
    expect(await outcome({ attributes: { Version: '2.1' } })).toContain('VersionMismatch and RequestVersionTooHigh')
  })

  test('with a parameter twice, or with a response beside it, ends on a page', async () => {
    const twice = { edit: (query: string) => `${query}&${query}` }
    const both = { edit: (query: string) => `${query}&SAMLResponse=x` }

    expect(await outcome({ encoding: twice })).toBe('a page with status 200')
    expect(await outcome({ encoding: both })).toBe('a page with status 200')
  })

  test.each([
    ['holds a SubjectConfirmation', { content: subject('<saml:SubjectConfirmation Method="urn:x"/>') }],
    ['has no time', { attributes: { IssueInstant: undefined } }],
    ['names a place in two ways', { attributes: { AssertionConsumerServiceIndex: '0' } }],
    ['says neither yes nor no', { attributes: { ForceAuthn: 'TRUE' } }],
  ])('that %s is the fault of the requester', async (_, overrides) => {
    expect(await outcome(overrides)).toContain('the status Requester')
  })

  test('for the person by name is answered with that name', async () => {
    const email = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'
    const named = subject('', `<saml:NameID Format="${email}">alice@people.example</saml:NameID>`)

    expect(await idp.message({ content: named })).toContain(`<saml:NameID Format="${email}">alice@people.example<`)
  })

  test.each([
    ['exact', 'Password', 'Success'],
    ['exact', 'X509', 'Responder and NoAuthnContext'],
    ['minimum', 'unspecified', 'Success'],
    ['minimum', 'PasswordProtectedTransport', 'Responder and NoAuthnContext'],
    ['maximum', 'PasswordProtectedTransport', 'Success'],
    ['maximum', 'unspecified', 'Responder and NoAuthnContext'],
    ['better', 'unspecified', 'Success'],
    ['better', 'Password', 'Responder and NoAuthnContext'],
    ['better', 'X509', 'Responder and NoAuthnContext'],
    ['nearly', 'Password', 'Requester'],
  ])('for a context compared as %s with %s comes to %s', async (comparison, name, status) => {
    const reference = `<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:${name}</saml:AuthnContextClassRef>`
    const content = `<samlp:RequestedAuthnContext Comparison="${comparison}">${reference}</samlp:RequestedAuthnContext>`

    expect(await outcome({ content })).toContain(`the status ${status}`)
  })

  test('for a name in the namespace of another provider is refused', async () => {
    const qualified = (name: string) => ({ content: `<samlp:NameIDPolicy SPNameQualifier="${name}"/>` })

    expect(await outcome(qualified('https://other-sp.example/saml'))).toContain('InvalidNameIDPolicy')
    expect(await outcome(qualified(idp.saml.provider.entity_id))).toContain('Success')
  })
})

const subject = (confirmation: string, nameId = '<saml:NameID>alice</saml:NameID>') =>
  `<saml:Subject>${nameId}${confirmation}</saml:Subject>`

describe('the session', () => {
  const authorization = (prompt: string) => {
    const { target } = idp
    const [client] = target.clients
    return withQuery(String(target.metadata['authorization_endpoint']), {
      response_type: 'code',
      client_id: client?.client_id,
      redirect_uri: client?.redirect_uris[0],
      scope: 'openid',
      prompt,
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    })
  }

  test('that OpenID Connect opened serves SAML', async () => {
    expect(await outcome({ attributes: { IsPassive: 'true' } })).toContain('NoPassive')
    await idp.saml.agent.arrive(authorization('login'), { person: idp.saml.person })

    expect(await outcome({ attributes: { IsPassive: 'true' } })).toContain('Success')
  })

  test('that SAML opened serves OpenID Connect', async () => {
    const errorOf = async () => {
      const arrival = await idp.saml.agent.arrive(authorization('none'), {})
      return arrival.kind === 'redirect' ? new URL(arrival.location).searchParams.get('error') : arrival.kind
    }
    expect(await errorOf()).toBe('login_required')
    await idp.saml.signOn()

    expect(await errorOf()).not.toBe('login_required')
  })
})

describe('a signed request', () => {
  test.each(['RS256', 'ES256'] as const)('by %s is verified by the certificate of the provider', async (alg) => {
    const key = generateKey(alg)
    const certificate = selfSignedCertificate(key, 'sp.example').toString('base64')
    const server = await listen({
      config: {
        serviceProviders: [
          {
            entityId: 'urn:sp',
            acsUrls: ['https://sp.example/acs'],
            certificate: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
          },
        ],
      },
    })
    try {
      const destination = `${server.issuer}/saml/sso`
      const { xml } = authnRequest(
        { issuer: 'urn:sp', destination, consumer: 'https://sp.example/acs', now: Date.now() },
        {},
      )
      const jwk = new Secret(JSON.stringify(key.privateKey.export({ format: 'jwk' })))
      const right = redirectQuery(xml, { key: jwk, relayState: "it's" })
      const wrong = right.replace(/Signature=.{4}/, 'Signature=AAAA')

      // Who may go on is sent to sign in; who may not, back to the provider.
      expect((await fetch(`${destination}?${right}`, { redirect: 'manual' })).status).toBe(303)
      expect(await (await fetch(`${destination}?${wrong}`, { redirect: 'manual' })).text()).toContain('SAMLResponse')
    } finally {
      await server.close()
    }
  })

  test('of a provider without a certificate is refused, for nobody can verify it', async () => {
    const [other] = idp.saml.others
    const signed = { edit: (query: string) => `${query}&SigAlg=x&Signature=AAAA` }

    expect(describeSso(await idp.saml.other.signOn({ encoding: signed }))).toContain('Requester and RequestDenied')
    expect(describeSso(await idp.saml.other.signOn())).toContain('Success')
    expect(other?.provider.private_key).toBeUndefined()
  })
})

test('a message that inflates to more than a request is not read to its end', async () => {
  const place = await idp.saml.signOnLocation()
  const bomb = deflateRawSync(Buffer.alloc(4 * 1024 * 1024, ' ')).toString('base64')
  const response = await fetch(`${place}?SAMLRequest=${encodeURIComponent(bomb)}`)

  expect(await response.text()).toContain('is too large')
})

test('without service providers there is no identity provider', async () => {
  const server = await listen({})
  try {
    expect((await fetch(`${server.issuer}/saml/metadata`)).status).toBe(404)
    expect((await fetch(`${server.issuer}/saml/sso`)).status).toBe(404)
  } finally {
    await server.close()
  }
})

describe('every lawful way of writing a message', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-saml-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(dialects.filter(({ id }) => id.startsWith('saml-')).map((dialect) => [dialect.id, dialect] as const))(
    '%s verifies by xmlsec1',
    async (_, dialect) => {
      await using other = await identityProvider(dialect)
      const message = messageIn(await other.saml.signOn())
      const pem = await certificatePem(other.saml)

      expect(xmlsecAccepts(folder, message, 'Response', pem)).toBe(true)
      expect(xmlsecAccepts(folder, message, 'Assertion', pem)).toBe(dialect.id !== 'saml-response-signed-only')
    },
  )
})
