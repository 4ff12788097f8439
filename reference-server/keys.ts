import { createHash, generateKeyPair, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from './clock.ts'

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

/** The keys of a server while it runs. */
export interface Keyring {
  /** What it signs with: another object once a key has been rotated. */
  readonly signing: Keys
  /** What it has signed with before, as long as something may still live that this has signed. */
  readonly retired: readonly SigningKey[]
  /** Puts new keys in the place of all that sign, each as soon as it is made; resolves when all are. */
  rotate(): Promise<void>
}

interface RetiredKey extends SigningKey {
  /** In milliseconds since the epoch. */
  readonly until: number
}

/**
 * Begins with the keys of this process. What they sign lives for so many milliseconds at most. A new key signs at once
 * and is published in the same moment. Nobody needs to know it beforehand: the key set is kept by no cache, so whoever
 * comes back for an unfamiliar kid finds it (OpenID Connect Core §10.1.1).
 */
export function keyring(clock: Clock, lifetime: number): Keyring {
  let signing = processKeys()
  let retired: readonly RetiredKey[] = []
  let rotation: Promise<unknown> | undefined
  const replace = async (alg: SigningAlg) => {
    const next = await makeKey(alg)
    const now = clock.now()
    retired = [...retired.filter(({ until }) => until > now), { ...signing[alg], until: now + lifetime }]
    signing = { ...signing, [alg]: next }
  }
  return {
    get signing() {
      return signing
    },
    get retired() {
      return retired
    },
    rotate: async () => {
      // Whoever asks while keys are being made waits for those: no more are made at once than one of each kind.
      rotation ??= Promise.all(signingAlgs.map(replace)).finally(() => (rotation = undefined))
      await rotation
    },
  }
}

const signingAlgs = ['RS256', 'ES256', 'EdDSA'] as const

const rsa = { modulusLength: 2048 }

/** A new key pair, made at once. */
export function generateKey(alg: SigningAlg): SigningKey {
  switch (alg) {
    case 'RS256':
      return named(alg, generateKeyPairSync('rsa', rsa))
    case 'ES256':
      return named(alg, generateKeyPairSync('ec', { namedCurve: 'P-256' }))
    case 'EdDSA':
      return named(alg, generateKeyPairSync('ed25519'))
  }
}

const rsaPair = promisify(generateKeyPair)

/** One of RSA takes a tenth of a second and more: it is made beside what the server does meanwhile. */
const makeKey = async (alg: SigningAlg): Promise<SigningKey> =>
  alg === 'RS256' ? named(alg, await rsaPair('rsa', rsa)) : generateKey(alg)

/** A key pair under its name: the `kid` is the RFC 7638 thumbprint. */
function named(
  alg: SigningAlg,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
): SigningKey {
  const jwk = publicKey.export({ format: 'jwk' })
  const { crv, e, kty, n, x, y } = jwk
  // What a kind of key does not have is left out of the JSON.
  const kid = createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url')
  return { alg, kid, privateKey, publicKey, jwk: { ...jwk, kid, alg, use: 'sig' } }
}
