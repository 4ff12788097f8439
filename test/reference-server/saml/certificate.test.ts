import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { generateKey } from '../../../reference-server/keys.ts'
import { certificateOf, selfSignedCertificate } from '../../../reference-server/saml/certificate.ts'
import { positiveInteger } from '../../../reference-server/saml/der.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)

test.each(['RS256', 'ES256'] as const)('a certificate for %s is one that others read, signed by its own key', (alg) => {
  const key = generateKey(alg)
  const certificate = new X509Certificate(selfSignedCertificate(key, 'sp.example ü', now))

  expect(certificate.subject).toBe('CN=sp.example ü')
  expect(certificate.issuer).toBe(certificate.subject)
  expect(certificate.publicKey.equals(key.publicKey)).toBe(true)
  expect(certificate.verify(key.publicKey)).toBe(true)
  expect(certificate.verify(generateKey(alg).publicKey)).toBe(false)
  expect(new Date(certificate.validFrom).toISOString()).toBe('2026-01-01T03:04:05.000Z')
  expect(new Date(certificate.validTo).toISOString()).toBe('2035-12-31T03:04:05.000Z')
})

test('a certificate that outlives 2049 has its time in four digits', () => {
  const key = generateKey('ES256')
  const certificate = new X509Certificate(selfSignedCertificate(key, 'sp.example', Date.UTC(2045, 0, 2)))

  expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2054)
})

test('the certificate of a key stays the same', () => {
  const key = generateKey('ES256')

  expect(certificateOf(key)).toBe(certificateOf(key))
})

test.each([
  ['00', '020100'],
  ['7f', '02017f'],
  ['80', '02020080'],
  ['0000ff', '020200ff'],
  ['00017f', '0202017f'],
])('the number %s is encoded in as few octets as it takes', (octets, der) => {
  expect(positiveInteger(Buffer.from(octets, 'hex')).toString('hex')).toBe(der)
})
