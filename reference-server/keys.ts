import { createHash, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'

export type SigningAlg = 'RS256' | 'ES256' | 'EdDSA'

export interface SigningKey {
  readonly alg: SigningAlg
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The public key as it stands in the key set. */
  readonly jwk: JsonWebKey
}

/** The keys that the server signs with, one per algorithm. */
export type Keys = Readonly<Record<SigningAlg, SigningKey>>

const made = new Map<SigningAlg, SigningKey>()

/** Keys of this process. Made once, for an RSA key takes longer than starting a server; never written anywhere. */
export const processKeys = (): Keys => ({
  RS256: keyFor('RS256'),
  ES256: keyFor('ES256'),
  EdDSA: keyFor('EdDSA'),
})

function keyFor(alg: SigningAlg): SigningKey {
  const known = made.get(alg)
  if (known) return known
  const key = generateKey(alg)
  made.set(alg, key)
  return key
}

/** A new key pair, its `kid` the RFC 7638 thumbprint. */
export function generateKey(alg: SigningAlg): SigningKey {
  const { privateKey, publicKey } = newKeyPair(alg)
  const jwk = publicKey.export({ format: 'jwk' })
  const { crv, e, kty, n, x, y } = jwk
  // What a kind of key does not have is left out of the JSON.
  const kid = createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url')
  return { alg, kid, privateKey, publicKey, jwk: { ...jwk, kid, alg, use: 'sig' } }
}

function newKeyPair(alg: SigningAlg) {
  switch (alg) {
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
  }
}
