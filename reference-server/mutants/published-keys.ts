import { oidcCore } from '../../core/spec/oidc-core.ts'
import { oidcDiscovery } from '../../core/spec/oidc-discovery.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { encodedPart, signJwt } from '../jwt.ts'
import { generateKey, type Keys } from '../keys.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/metadata.ts'

const { apply: rightKeys } = rules.publishedKeys
const { apply: signed } = rules.signedMetadata

export const signedMetadata = mutants(rules.signedMetadata, {
  'leaves it unsigned': {
    fault: 'whatever comes over TLS was thought to be safe enough',
    breaks: [rfc8414.signedMetadataSigned],
    config: { signedMetadata: true },
    apply: (claims, issuer) => `${encodedPart({ alg: 'none' })}.${encodedPart({ iss: issuer, ...claims })}.`,
  },
  'signs with a key that nobody knows': {
    fault: 'the document is signed when the server is built, by a key of the build',
    breaks: [rfc8414.signedMetadataSigned],
    config: { signedMetadata: true },
    apply: (claims, issuer) => signed(claims, issuer, generateKey('ES256')),
  },
  'names nobody who attests to it': {
    fault: 'the issuer stands among the claims already, under its own name',
    breaks: [rfc8414.signedMetadataIssuer],
    config: { signedMetadata: true },
    apply: (claims, _issuer, key) => signJwt({ alg: key.alg, kid: key.kid }, claims, key),
  },
  'names several who attest to it': {
    fault: 'iss was written like aud, which may be a list',
    breaks: [rfc8414.signedMetadataIssuer],
    config: { signedMetadata: true },
    apply: (claims, issuer, key) => signed({ ...claims, iss: [issuer] }, issuer, key),
  },
  'signs what it signed before': {
    fault: 'the whole document is signed, as it was fetched from the server that runs already',
    breaks: [rfc8414.signedMetadataNotNested],
    config: { signedMetadata: true },
    apply: (claims, issuer, key) => signed({ ...claims, signed_metadata: signed(claims, issuer, key) }, issuer, key),
  },
  'leaves an empty place for it': {
    fault: 'the document is signed before its last member is filled in',
    breaks: [rfc8414.signedMetadataNotNested],
    config: { signedMetadata: true },
    apply: (claims, issuer, key) => signed({ ...claims, signed_metadata: '' }, issuer, key),
  },
})

export const publishedKeys = mutants(rules.publishedKeys, {
  'publishes the keys of access tokens only': {
    fault: 'the set is what resource servers asked for',
    breaks: [rfc8414.jwksHoldsSigningKeys],
    apply: (keys) => [keys.ES256.jwk],
  },
  'publishes the next key before its time': {
    fault: 'the key set comes from a cache that was filled after a rotation that was rolled back',
    breaks: [rfc8414.jwksHoldsSigningKeys],
    apply: (keys) => [{ ...generateKey('RS256').jwk, kid: keys.RS256.kid }, keys.ES256.jwk],
  },
  'says that its keys are to encrypt with': {
    fault: 'use was filled in by hand, and the two words were taken for one another',
    breaks: [rfc8414.jwksHoldsSigningKeys],
    apply: (...keys) => rightKeys(...keys).map((key) => ({ ...key, use: 'enc' })),
  },
  'names another algorithm than it signs with': {
    fault: 'the padding was changed for the keys and not for the tokens',
    breaks: [rfc8414.jwksHoldsSigningKeys],
    apply: (...keys) => rightKeys(...keys).map((key) => (key['alg'] === 'RS256' ? { ...key, alg: 'PS256' } : key)),
  },
  'publishes no key': {
    fault: 'keys are published when they are rotated for the first time',
    breaks: [oidcDiscovery.jwksUri, rfc8414.jwksHoldsSigningKeys],
    apply: () => [],
  },
  'publishes its private keys': {
    fault: 'the key set is the file that the server signs with',
    breaks: [oidcDiscovery.noPrivateKeys],
    apply: (keys) =>
      [keys.RS256, keys.ES256].map(({ privateKey, jwk }) => ({ ...jwk, ...privateKey.export({ format: 'jwk' }) })),
  },
  'publishes a symmetric key': {
    fault: 'all keys of the store are published, those for cookies among them',
    breaks: [oidcDiscovery.noPrivateKeys],
    apply: (...keys) => [
      ...rightKeys(...keys),
      {
        kty: 'oct',
        kid: 'cookies',
        use: 'sig',
        alg: 'HS256',
        k: Buffer.from('a key for cookies').toString('base64url'),
      },
    ],
  },
  'forgets what its keys are for': {
    fault: 'use was added with the encryption key, and to that alone',
    breaks: [rfc8414.jwksUse, oidcDiscovery.keyUse],
    apply: (keys, retired) => [
      ...rightKeys(keys, retired).map((key) => ({ ...key, use: undefined })),
      { ...keys.RS256.jwk, kid: 'encryption', use: 'enc', alg: 'RSA-OAEP-256' },
    ],
  },
  'forgets the keys that it no longer signs with': {
    fault: 'the keys of the set are those that sign: to rotate one is to put another in its place',
    breaks: [oidcCore.retiredKeysKept],
    apply: (keys) => rightKeys(keys, []),
  },
})

/** When each set of keys that sign was first there, in milliseconds since the epoch. */
const firstSeen = new WeakMap<Keys, number>()

export const keySetIsCurrent = mutants(rules.keySetIsCurrent, {
  'makes it once': {
    fault: 'the key set is put together when the server starts, and was never made anew since keys rotate',
    apply: () => true,
  },
  'is two seconds late': {
    fault: 'what is published takes a while to reach the edges of a network, and a new key signs before that',
    apply(madeOf, signing) {
      const now = Date.now()
      const since = firstSeen.get(signing) ?? now
      firstSeen.set(signing, since)
      return madeOf === signing || now - since < 2000
    },
  },
})
