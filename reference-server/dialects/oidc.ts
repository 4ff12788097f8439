import { createHash, generateKeyPairSync } from 'node:crypto'
import type { Dialect } from '../dialect.ts'
import { metadataCapabilities, publishedKeys } from '../rules/metadata.ts'
import { activeAnswer } from '../rules/introspection.ts'
import { userinfoClaims } from '../rules/protected-resource.ts'
import { idTokenIsDue, idTokenTimes } from '../rules/tokens.ts'
import { certificateOf } from '../saml/certificate.ts'

export const oidcDialects: readonly Dialect[] = [
  {
    id: 'audience-as-a-list',
    lawful: 'OpenID Connect Core §2: aud is a list, or a single text in the common case of one audience',
    swap: { idTokenAudience: (facts) => [facts.clientId] },
  },
  {
    id: 'id-tokens-for-several',
    lawful: 'OpenID Connect Core §2: aud may name others beside the client, and azp says for whom the token is',
    swap: {
      idTokenAudience: (facts) => ['https://api.example', facts.clientId],
      idTokenTimes: (facts) => ({ ...idTokenTimes.apply(facts), azp: facts.clientId }),
    },
  },
  {
    id: 'no-access-token-hash',
    lawful: 'OpenID Connect Core §3.1.3.6: at_hash is optional in the code flow',
    swap: { accessTokenHash: () => undefined },
  },
  {
    id: 'no-id-token-by-refresh',
    lawful: 'OpenID Connect Core §12.2: the answer to a refresh need not contain an ID token',
    swap: { idTokenIsDue: (scopes, occasion) => occasion === 'code' && idTokenIsDue.apply(scopes, occasion) },
  },
  {
    id: 'least-id-tokens',
    lawful: 'OpenID Connect Core §2: auth_time is optional where max_age was not part of the request',
    swap: {
      idTokenTimes(facts) {
        const { auth_time: time, ...rest } = idTokenTimes.apply(facts)
        return { ...rest, ...(facts.maxAgeAsked && { auth_time: time }) }
      },
    },
  },
  {
    id: 'pairwise-subjects',
    lawful: 'OpenID Connect Core §8.1: a provider may call a person otherwise for each client',
    swap: {
      idTokenSubject: ({ sub, clientId }) => pairwise(sub, clientId),
      userinfoClaims: (user, token) => ({
        ...userinfoClaims.apply(user, token),
        sub: pairwise(user.sub, token.clientId),
      }),
      activeAnswer: (facts) => ({
        ...activeAnswer.apply(facts),
        sub: facts.sub && pairwise(facts.sub, facts.token.clientId),
      }),
      metadataCapabilities: (config) => ({
        ...metadataCapabilities.apply(config),
        subject_types_supported: ['pairwise'],
      }),
    },
  },
  {
    id: 'other-algorithms',
    lawful: 'OpenID Connect Core §2: a client may register for ID tokens by another algorithm than RS256',
    // A client that registers without saying so expects RS256.
    config: { accessTokenAlg: 'EdDSA', idTokenAlg: 'ES256', registration: false },
  },
  {
    id: 'one-key-without-a-name',
    lawful:
      'OpenID Connect Core §10.1: kid is owed where the key set holds several keys, and RFC 7517 §4 lets use and alg be absent',
    // What has no name cannot be told from what takes its place.
    config: { accessTokenAlg: 'RS256', keyRotation: false },
    swap: {
      publishedKeys: ({ RS256 }) => [RS256.publicKey.export({ format: 'jwk' })],
      joseHeader: ({ alg }, typ) => ({ alg, typ }),
      accessTokenHeader: ({ alg }) => ({ alg, typ: 'at+jwt' }),
    },
  },
  {
    id: 'more-keys',
    lawful: 'RFC 7517 §5: whoever reads a key set ignores keys that it does not understand',
    swap: {
      publishedKeys: (keys, retired) => [
        { kty: 'AKP', kid: 'of tomorrow', use: 'sig', alg: 'ML-DSA-44', pub: 'AAAA' },
        { ...keys.RS256.jwk, kid: 'encryption', use: 'enc', alg: 'RSA-OAEP-256' },
        { ...formerKey.export({ format: 'jwk' }), kid: 'of yesterday', use: 'sig', alg: 'ES384' },
        ...publishedKeys
          .apply(keys, retired)
          .map((jwk) => (jwk['kid'] === keys.RS256.kid ? { ...jwk, x5c: [certificateOf(keys.RS256)] } : jwk)),
      ],
    },
  },
  {
    id: 'consent-each-time',
    lawful: 'OpenID Connect Core §3.1.2.4: a decision is obtained by asking the person, or by other means',
    config: { rememberConsent: false },
  },
  {
    id: 'sign-in-each-time',
    lawful: 'OpenID Connect Core §3.1.2.3: whether a person counts as signed in is for the provider to say',
    swap: { mustAuthenticate: () => true },
  },
  {
    id: 'user-name-first',
    lawful: 'OpenID Connect Core §3.1.2.3: how a person signs in is left open',
    config: { identifierFirst: true },
  },
  {
    id: 'sign-ins-that-move',
    lawful: 'RFC 6749 §3.1: how a person is authenticated is beyond its scope, and so is in which browser that begins',
    config: { movingSignIns: true },
  },
]

const { publicKey: formerKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })

const pairwise = (sub: string, clientId: string) =>
  `people|${createHash('sha256').update(`${sub}\n${clientId}`).digest('base64')} @client`
