import { inspect } from 'node:util'
import { CompactSign, compactVerify, importJWK } from 'jose'
import { expect, test } from 'vitest'
import { clientKey, nobodysKey, privateJwk } from '../../../harness/client/own-keys.ts'

const algorithms = ['RS256', 'PS384', 'ES256', 'ES512', 'EdDSA'] as const

test.each(algorithms)('what the private half signs by %s, the public half verifies', async (alg) => {
  for (const key of [await clientKey(alg), await nobodysKey(alg)]) {
    const signed = await new CompactSign(new TextEncoder().encode('text'))
      .setProtectedHeader({ alg })
      .sign(await importJWK(privateJwk(key), alg))
    await expect(compactVerify(signed, await importJWK(key.publicKey, alg))).resolves.toBeDefined()
  }
})

test('a key is made once, and by RSA once for all algorithms', async () => {
  const [first, second] = await Promise.all([clientKey('RS256'), clientKey('RS256')])
  expect(first).toEqual(second)
  expect(privateJwk(first)).toEqual(privateJwk(second))
  expect((await clientKey('PS512')).publicKey).toEqual({ ...first.publicKey, alg: 'PS512' })
  expect(await nobodysKey('RS384')).toBe(await nobodysKey('PS256'))
  expect((await clientKey('ES384')).publicKey.crv).toBe('P-384')
})

test.each(['RS256', 'ES256'])('the key of a client by %s is not that of nobody', async (alg) => {
  const [own, foreign] = [privateJwk(await clientKey(alg)), privateJwk(await nobodysKey(alg))]
  expect(own.d).toBeTypeOf('string')
  expect(own.d).not.toBe(foreign.d)
})

test('both halves of a client’s key say what it is called, for which algorithm, and what for', async () => {
  const key = await clientKey('ES256')
  const naming = { alg: 'ES256', use: 'sig', kid: 'assay' }
  expect(key.publicKey).toMatchObject(naming)
  expect(privateJwk(key)).toMatchObject(naming)
  expect((await nobodysKey('ES256')).publicKey).not.toHaveProperty('kid')
})

test('the private half stands in no public one, and is not printed', async () => {
  for (const key of [await clientKey('RS256'), await nobodysKey('RS256')]) {
    const { d = '', p = '' } = privateJwk(key)
    expect(Object.keys(key.publicKey)).not.toContain('d')
    for (const text of [inspect(key, { depth: 9 }), JSON.stringify(key), String(key.privateKey)]) {
      expect(text).not.toContain(d)
      expect(text).not.toContain(p)
    }
  }
})
