import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saml as samlNamespace } from '../../../harness/client/saml-request.ts'
import { readPostedResponse, type SamlResponse } from '../../../harness/client/saml-response.ts'
import { childOf, MalformedXml } from '../../../harness/client/xml.ts'
import { certificatePem, encoded, identityProvider, xmlsecAccepts } from '../../fixtures/saml-message.ts'

const folder = mkdtempSync(join(tmpdir(), 'assay-saml-'))
let idp: Awaited<ReturnType<typeof identityProvider>>
let keys: Awaited<ReturnType<typeof idp.saml.metadata>>['signingKeys']
let pem: string
let message: string

beforeAll(async () => {
  idp = await identityProvider()
  keys = (await idp.saml.metadata()).signingKeys
  pem = await certificatePem(idp.saml)
  message = await idp.message({
    content: '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"/>',
  })
})

afterAll(async () => {
  await idp[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const read = async (xml: string) => await readPostedResponse(encoded(xml), keys)

const nameOf = ({ element }: SamlResponse['assertions'][number]) =>
  childOf(childOf(element, samlNamespace, 'Subject'), samlNamespace, 'NameID')?.text

/** The names that somebody would believe. */
const believed = (response: SamlResponse) => response.assertions.filter(({ isSigned }) => isSigned).map(nameOf)

/** The first element of that name with all that is in it, as it stands in the text. */
const cut = (xml: string, name: string, from = 0): string => {
  const start = xml.indexOf(`<${name}`, from)
  const end = xml.indexOf(`</${name}>`, start) + name.length + 3
  return xml.slice(start, end)
}

const responseSignature = () => cut(message, 'ds:Signature')
/** The response without its own signature: the assertion's still holds. */
const unsigned = () => message.replace(responseSignature(), '')
const assertion = () => cut(message, 'saml:Assertion')
const signature = () => cut(assertion(), 'ds:Signature')
const idOf = (xml: string) => / ID="([^"]+)"/.exec(xml)?.[1] ?? ''

/** What an attacker would like to be believed, under another ID. */
const evil = () =>
  assertion()
    .replace(signature(), '')
    .replace('alice@people.example', 'attacker@evil.example')
    .replace(idOf(assertion()), '_evil')

describe('what the server signs', () => {
  test('verifies here and by xmlsec1, response and assertion', async () => {
    const response = await read(message)

    expect(response.signature?.state).toBe('holds')
    expect(response.assertions.map((one) => one.signature?.state)).toEqual(['holds'])
    expect(believed(response)).toEqual(['alice@people.example'])
    expect(xmlsecAccepts(folder, message, 'Response', pem)).toBe(true)
    expect(xmlsecAccepts(folder, message, 'Assertion', pem)).toBe(true)
    expect(xmlsecAccepts(folder, unsigned(), 'Assertion', pem)).toBe(true)
    expect(believed(await read(unsigned()))).toEqual(['alice@people.example'])
  })

  test.each([
    ['another name', (xml: string) => xml.replace('alice@people.example', 'attacker@evil.example'), 'digest'],
    [
      'another audience',
      (xml: string) => xml.replace('<saml:Audience>https://sp', '<saml:Audience>https://xp'),
      'digest',
    ],
    ['white space', (xml: string) => xml.replace('<saml:Subject>', '<saml:Subject> '), 'digest'],
    [
      'another digest',
      (xml: string) =>
        xml.replace(/DigestValue>[^<]*</, `DigestValue>${createHash('sha256').update('').digest('base64')}<`),
      'value',
    ],
    ['another value', (xml: string) => xml.replace(/SignatureValue>.{8}/, 'SignatureValue>AAAAAAAA'), 'value'],
    ['another algorithm', (xml: string) => xml.replace('more#rsa-sha256', 'more#rsa-sha512'), 'value'],
  ] as const)('fails with %s, here and by xmlsec1', async (_, tamper, flaw) => {
    const tampered = tamper(unsigned())
    expect(tampered).not.toBe(unsigned())
    const response = await read(tampered)

    expect(response.assertions.map((one) => one.signature)).toMatchObject([{ state: 'fails', flaw }])
    expect(believed(response)).toEqual([])
    expect(xmlsecAccepts(folder, tampered, 'Assertion', pem)).toBe(false)
  })

  test('fails as a whole where the response around the assertion was changed', async () => {
    const tampered = message.replace('Destination="https://sp', 'Destination="https://xp')

    expect((await read(tampered)).signature).toMatchObject({ state: 'fails', flaw: 'digest' })
    expect(xmlsecAccepts(folder, tampered, 'Response', pem)).toBe(false)
  })

  test('is read whole where a comment splits it', async () => {
    const split = unsigned().replace('alice@people.example', 'alice@people.example<!-- -->')

    expect(believed(await read(split))).toEqual(['alice@people.example'])
  })
})

describe('a signature wrapped around something else', () => {
  const wrappings: Readonly<Record<string, () => string>> = {
    'an unsigned assertion before the signed one': () => unsigned().replace(assertion(), evil() + assertion()),
    'an unsigned assertion behind the signed one': () => unsigned().replace(assertion(), assertion() + evil()),
    'the signed assertion inside the unsigned one': () =>
      unsigned().replace(assertion(), evil().replace('</saml:Assertion>', `${assertion()}</saml:Assertion>`)),
    'the signature in the unsigned assertion, the signed one beside it': () =>
      unsigned().replace(
        assertion(),
        evil().replace('</saml:Issuer>', `</saml:Issuer>${signature()}`) + assertion().replace(signature(), ''),
      ),
    'the signed assertion in an object of the signature': () =>
      unsigned().replace(
        assertion(),
        evil().replace(
          '</saml:Issuer>',
          `</saml:Issuer>${signature().replace('</ds:Signature>', `<ds:Object>${assertion().replace(signature(), '')}</ds:Object></ds:Signature>`)}`,
        ),
      ),
    'the signed assertion in the key information of the signature': () =>
      unsigned().replace(
        assertion(),
        evil().replace(
          '</saml:Issuer>',
          `</saml:Issuer>${signature().replace('<ds:KeyInfo>', `<ds:KeyInfo>${assertion().replace(signature(), '')}`)}`,
        ),
      ),
    'the same ID twice': () =>
      unsigned().replace(
        assertion(),
        evil().replace('_evil', idOf(assertion())).replace('</saml:Issuer>', `</saml:Issuer>${signature()}`) +
          assertion(),
      ),
    'the signed assertion in extensions': () =>
      unsigned().replace(
        assertion(),
        `<samlp:Extensions>${assertion()}</samlp:Extensions>${evil().replace('</saml:Issuer>', `</saml:Issuer>${signature()}`)}`,
      ),
    'the signed response inside another one': () => {
      const outer = unsigned().replace(assertion(), evil()).replace(idOf(message), '_outer')
      return outer.replace('</samlp:Response>', `${message}</samlp:Response>`)
    },
    'the signature of the response in another one that holds it': () => {
      const inner = message.replace(responseSignature(), '')
      const outer = inner.replace(assertion(), evil()).replace(idOf(message), '_outer')
      const wrapped = responseSignature().replace('</ds:Signature>', `<ds:Object>${inner}</ds:Object></ds:Signature>`)
      return outer.replace('</saml:Issuer>', `</saml:Issuer>${wrapped}`)
    },
    'another reference beside the right one': () => {
      const reference = cut(signature(), 'ds:Reference')
      return unsigned().replace(reference, reference + reference.replace(idOf(assertion()), '_evil'))
    },
    'a reference to the whole document': () => unsigned().replace(`URI="#${idOf(assertion())}"`, 'URI=""'),
    'two signatures, one of them right': () => unsigned().replace(signature(), signature() + signature()),
  }

  test.each(Object.entries(wrappings))('%s is never taken for the attacker', async (_, wrap) => {
    const wrapped = wrap()
    expect(wrapped).not.toBe(unsigned())
    const response = await read(wrapped)

    expect(believed(response)).not.toContain('attacker@evil.example')
    expect(response.assertions.every(({ isSigned }) => isSigned) && response.assertions.length > 0).toBe(false)
  })
})

describe('a key', () => {
  test('proves nothing by being in the message', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const info = cut(signature(), 'ds:SignedInfo').replace(
      '<ds:SignedInfo',
      '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"',
    )
    const value = sign('sha256', Buffer.from(info), privateKey).toString('base64')
    const forged = unsigned().replace(/SignatureValue>[^<]*</, `SignatureValue>${value}<`)
    const response = await read(forged)

    expect(response.assertions[0]?.signature).toMatchObject({ state: 'fails', flaw: 'value' })
    expect(xmlsecAccepts(folder, forged, 'Assertion', pem)).toBe(false)
  })

  test('that the message brings along is told from none that fits', async () => {
    const response = await readPostedResponse(encoded(unsigned()), [
      generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
    ])

    expect(response.assertions[0]?.signature).toMatchObject({ state: 'fails', flaw: 'key' })
    expect(response.assertions[0]?.isSigned).toBe(false)
  })

  test('of another kind than the algorithm says is never tried', async () => {
    const hmac = unsigned().replace('xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256')

    expect((await read(hmac)).assertions[0]).toMatchObject({ signature: { state: 'unjudged' }, isSigned: false })
  })
})

describe('what is no message', () => {
  test.each([
    ['a DTD', () => `<!DOCTYPE x [<!ENTITY e "x">]>${message}`],
    ['an exponential entity', () => `<!DOCTYPE x [<!ENTITY a "${'x'.repeat(1000)}">${bomb}]><x>&j;</x>`],
    ['text that is not well-formed', () => message.slice(0, -3)],
    ['another element', () => assertion()],
    ['nothing', () => ''],
  ])('%s is not read', async (_, xml) => {
    await expect(read(xml())).rejects.toThrow(MalformedXml)
  })

  test('base64 of another alphabet is not read', async () => {
    await expect(readPostedResponse(`${encoded(message)}_-`, keys)).rejects.toThrow(MalformedXml)
  })

  test('base64 in lines is', async () => {
    const lines = encoded(message).replaceAll(/.{76}/g, '$&\r\n')

    expect(believed(await readPostedResponse(lines, keys))).toEqual(['alice@people.example'])
  })
})

const bomb = [...'bcdefghij'].map((letter, at) => `<!ENTITY ${letter} "${`&${'abcdefghi'[at]};`.repeat(10)}">`).join('')

describe('what reaches a report', () => {
  test('holds neither the assertion nor who it is about', () => {
    const recorded = JSON.stringify(idp.http.exchanges)

    expect(recorded).toContain('[SAMLResponse 1]')
    expect(recorded).not.toContain(encoded(message).slice(0, 40))
    expect(recorded).not.toContain('alice@people.example')
  })
})
