import { signsBeforeItIsDone, signsWithAnotherKey } from './jwt-faults.ts'
import { createHash } from 'node:crypto'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { seconds } from '../clock.ts'
import { encodedPart } from '../jwt.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/tokens.ts'

const { apply: rightTimes } = rules.idTokenTimes
const { apply: rightHeader } = rules.joseHeader

export const idTokenIsDue = mutants(rules.idTokenIsDue, {
  'issues none': {
    fault: 'the server grew out of plain OAuth, and the scope openid is just another one',
    apply: () => false,
  },
  'issues one with a refresh only': {
    fault: 'the code path was rewritten and lost it',
    apply: (scopes, occasion) => occasion === 'refresh' && scopes.includes('openid'),
  },
})

export const idTokenIssuer = mutants(rules.idTokenIssuer, {
  'adds a slash to the issuer': {
    fault: 'a URL type writes its path even where there is none',
    apply: ({ issuer }) => new URL(`${issuer}/`).href,
  },
  'names the host alone': {
    fault: 'the issuer is configured without its scheme',
    apply: ({ issuer }) => new URL(issuer).host,
  },
  'names no issuer': { fault: 'there is only one issuer, so nobody needs its name', apply: () => undefined },
})

/** Who signed in first, by client. */
const people = new Map<string, string>()

export const idTokenSubject = mutants(rules.idTokenSubject, {
  'writes a number': {
    fault: 'the primary key of a person is a number and is written as one',
    breaks: [oidcCore.idTokenSubject, oidcCore.userinfoSameSubject],
    apply: ({ sub }) => Number(sub),
  },
  'writes a subject that is too long': {
    fault: 'the distinguished name of a directory is taken for the subject',
    breaks: [oidcCore.idTokenSubject],
    apply: ({ sub }) => `uid=${sub},${'ou=people,'.repeat(30)}dc=example`,
  },
  'leaves the subject out': {
    fault: 'the claim is called user_id here, and sub was forgotten',
    breaks: [oidcCore.idTokenSubject, oidcCore.userinfoSameSubject],
    apply: () => undefined,
  },
  'names whoever came first': {
    fault: 'the person is read from a cache that is kept by client',
    breaks: [oidcCore.subjectUnique, oidcCore.userinfoSameSubject],
    apply({ clientId, sub }) {
      const first = people.get(clientId) ?? sub
      people.set(clientId, first)
      return first
    },
  },
  'writes another subject than userinfo': {
    fault: 'pairwise subjects are computed for ID tokens and not for userinfo',
    breaks: [oidcCore.userinfoSameSubject],
    apply: ({ sub, clientId }) => createHash('sha256').update(`${sub} ${clientId}`).digest('hex'),
  },
})

export const idTokenAudience = mutants(rules.idTokenAudience, {
  'names the issuer': { fault: 'access tokens and ID tokens share their claims', apply: ({ issuer }) => issuer },
  'names another client': {
    fault: 'the audience is read from a cache that is shared among clients',
    apply: () => 'another-client',
  },
  'leaves the audience out': { fault: 'the library sets no aud unless it is told to', apply: () => undefined },
})

export const idTokenTimes = mutants(rules.idTokenTimes, {
  'writes milliseconds': {
    fault: 'the clock of the platform counts milliseconds',
    breaks: [oidcCore.idTokenExpiry, oidcCore.idTokenIssuedAt],
    apply: (facts) => ({ ...rightTimes(facts), iat: facts.now, exp: facts.now + facts.lifetime * 1000 }),
  },
  'writes dates as text': {
    fault: 'a JSON library writes dates its own way',
    apply: ({ now, lifetime, authTime }) => ({
      iat: new Date(now).toISOString(),
      exp: new Date(now + lifetime * 1000).toISOString(),
      auth_time: new Date(authTime * 1000).toISOString(),
    }),
  },
  'lets it never expire': {
    fault: 'a lifetime of nothing stands for no expiry',
    breaks: [oidcCore.idTokenExpiry],
    apply: ({ now, authTime }) => ({ iat: seconds(now), auth_time: authTime }),
  },
  'leaves iat out': {
    fault: 'only the times that are compared were thought of',
    breaks: [oidcCore.idTokenIssuedAt],
    apply: ({ now, lifetime, authTime }) => ({ exp: seconds(now) + lifetime, auth_time: authTime }),
  },
  'leaves auth_time out': {
    fault: 'the time of the sign-in stays in the session and is not at hand where tokens are made',
    breaks: [oidcCore.maxAgeAuthTime],
    apply: ({ now, lifetime }) => ({ iat: seconds(now), exp: seconds(now) + lifetime }),
  },
})

export const idTokenNonce = mutants(rules.idTokenNonce, {
  'drops the nonce': { fault: 'the nonce is not stored with the code', apply: () => undefined },
  'decodes the nonce once more': {
    fault: 'the nonce is decoded when it is read and again when it is used',
    apply: ({ nonce }) => nonce && unescape(nonce),
  },
  'cuts the nonce': {
    fault: 'the column is as wide as the nonces of the first client',
    apply: ({ nonce }) => nonce?.slice(0, 32),
  },
  'makes a nonce of its own': {
    fault: 'the name is taken for the random value of another protocol',
    apply: ({ accessToken }) => createHash('sha256').update(accessToken).digest('hex'),
  },
})

/** Each escape decoded by itself, so that what is none stays. */
const unescape = (text: string) =>
  text.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

export const accessTokenHash = mutants(rules.accessTokenHash, {
  'writes the whole hash': {
    fault: 'half of it is easily read over',
    apply: ({ accessToken }) => createHash('sha256').update(accessToken).digest('base64url'),
  },
  'hashes the hexadecimal form': {
    fault: 'the hash function of the library gives text, and the half is taken of that',
    apply: ({ accessToken }) =>
      Buffer.from(createHash('sha256').update(accessToken).digest('hex').slice(0, 32)).toString('base64url'),
  },
  'pads the hash': {
    fault: 'plain base64 looks the same but for its end and a few letters',
    apply: ({ accessToken }) => createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64'),
  },
})

export const refreshedIdToken = mutants(rules.refreshedIdToken, {
  'names another issuer': {
    fault: 'refreshing is a service of its own with its own configuration',
    breaks: [oidcCore.refreshIdTokenIssuer],
    apply: (claims) => ({ ...claims, iss: `${String(claims['iss'])}/refresh` }),
  },
  'names the refresh token': {
    fault: 'the record at hand is that of the token, not that of the person',
    breaks: [oidcCore.refreshIdTokenSubject],
    apply: (claims) => ({ ...claims, sub: `refresh-${String(claims['sub'])}` }),
  },
  'names its own audience': {
    fault: 'what refreshes is taken for whom the token is meant',
    breaks: [oidcCore.refreshIdTokenAudience],
    apply: (claims) => ({ ...claims, aud: claims['iss'] }),
  },
  'takes the refresh for a sign-in': {
    fault: 'auth_time is set to now wherever an ID token is made',
    breaks: [oidcCore.refreshIdTokenAuthTime],
    apply: (claims) => ({ ...claims, auth_time: claims['iat'] }),
  },
})

export const joseHeader = mutants(rules.joseHeader, {
  'names no key': {
    fault: 'there was one key when this was written',
    breaks: [oidcCore.signingKeyPublished],
    apply: ({ alg }, typ) => ({ alg, typ }),
  },
  'names a key that is gone': {
    fault: 'kid is configured beside the key and was not changed with it',
    breaks: [oidcCore.signingKeyPublished],
    apply: ({ alg }, typ) => ({ alg, typ, kid: 'the-first-key' }),
  },
  'names another algorithm': {
    fault: 'alg is a constant, and the keys were changed',
    breaks: [oidcCore.idTokenSigned],
    apply: (key, typ) => ({ ...rightHeader(key, typ), alg: 'PS256' }),
  },
})

export const signedIdToken = mutants(rules.signedIdToken, {
  'does not sign': {
    fault: 'the library signs nothing unless it is told how',
    apply: (header, claims) => `${encodedPart({ ...header, alg: 'none' })}.${encodedPart(claims)}.`,
  },
  'signs with a key that it does not publish': {
    ...signsWithAnotherKey('RS256'),
    breaks: [oidcCore.idTokenSigned],
  },
  'signs before it is done': { ...signsBeforeItIsDone, breaks: [oidcCore.idTokenSigned] },
})
