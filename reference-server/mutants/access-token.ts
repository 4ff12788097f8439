import { signsBeforeItIsDone, signsWithAnotherKey } from './jwt-faults.ts'
import { without } from '../without.ts'
import { createHmac, type JsonWebKey } from 'node:crypto'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { rfc7519 } from '../../core/spec/rfc7519.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { encodedPart, type ParsedJwt, signatureIsRight } from '../jwt.ts'
import type { AccessToken } from '../model.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/access-token.ts'

const { apply: rightHeader } = rules.accessTokenHeader
const { apply: rightClaims } = rules.accessTokenClaims
const { apply: rightSubject } = rules.accessTokenSubject
const { apply: rightSignature } = rules.tokenSignatureIsRight
const { apply: rightRecord } = rules.recordOfJwt

const seenGrants = new Set<string>()

export const accessTokenHeader = mutants(rules.accessTokenHeader, {
  'types the tokens of people alone': {
    fault: 'the profile came with a version of the code flow, and services kept what they had',
    breaks: [rfc9068.typed],
    apply: (key, token) => ({ ...rightHeader(key, token), typ: token.grantId === undefined ? 'JWT' : 'at+jwt' }),
  },
  'types the first token of a grant': {
    fault: 'refreshing is a service of its own that signs with a library of its own',
    breaks: [rfc9068.typed],
    apply(key, token) {
      const { grantId = '' } = token
      const { typ: _left, ...rest } = rightHeader(key, token)
      if (seenGrants.has(grantId)) return rest
      seenGrants.add(grantId)
      return { ...rest, typ: 'at+jwt' }
    },
  },
  'writes the media type in full': {
    fault: 'the registered name of the type is application/at+jwt, so that is what it says',
    breaks: [rfc9068.typWithoutPrefix],
    apply: (key, token) => ({ ...rightHeader(key, token), typ: 'application/at+jwt' }),
  },
  'writes the media type in capitals': {
    fault: 'the type stands in an enumeration of the language',
    breaks: [rfc9068.typWithoutPrefix],
    apply: (key, token) => ({ ...rightHeader(key, token), typ: 'APPLICATION/AT+JWT' }),
  },
})

export const accessTokenSubject = mutants(rules.accessTokenSubject, {
  'leaves the subject out': {
    fault: 'the claim is called user_id here, and sub was forgotten',
    breaks: [rfc9068.subjectClaim],
    apply: () => undefined,
  },
  'writes a number': {
    fault: 'the primary key of a person is a number and is written as one',
    breaks: [rfc9068.subjectClaim],
    apply: (token) => (token.grantId === undefined ? rightSubject(token) : Number(rightSubject(token))),
  },
  'names the client for everybody': {
    fault: 'the subject is whoever presents the token, and that is the client',
    breaks: [rfc9068.subjectIsPerson],
    apply: ({ clientId }) => clientId,
  },
  'names whoever came first': {
    fault: 'the person is read from a cache that is kept by client',
    breaks: [rfc9068.subjectIsPerson],
    apply: (token) => (token.grantId === undefined ? token.sub : firstPerson(token)),
  },
  'names one service account': {
    fault: 'whatever runs without a person runs as the system user',
    breaks: [rfc9068.subjectIsClient],
    apply: (token) => (token.grantId === undefined ? 'system' : token.sub),
  },
  'names whoever registered the client': {
    fault: 'an access token has a person behind it, and there is one whose client it is',
    breaks: [rfc9068.subjectIsClient],
    apply: (token) => (token.grantId === undefined ? '248289761001' : token.sub),
  },
})

const people = new Map<string, string>()

function firstPerson({ clientId, sub }: AccessToken): string {
  const first = people.get(clientId) ?? sub
  people.set(clientId, first)
  return first
}

export const accessTokenAudience = mutants(rules.accessTokenAudience, {
  'leaves the audience out': {
    fault: 'there is one resource only, so nobody needs its name',
    breaks: [rfc9068.audienceClaim, rfc6750.audienceRestricted],
    apply: () => undefined,
  },
  'writes an empty list': {
    fault: 'nobody asked for a resource, so the list of those asked for is empty',
    breaks: [rfc9068.audienceClaim, rfc6750.audienceRestricted],
    apply: () => [],
  },
  'names the client': {
    fault: 'access tokens and ID tokens share their claims',
    breaks: [rfc9068.defaultAudience],
    apply: ({ clientId }) => clientId,
  },
  'lists the client alone': {
    fault: 'the list of audiences begins with the client, and no resource was added',
    breaks: [rfc9068.defaultAudience],
    apply: ({ clientId }) => [clientId],
  },
})

export const accessTokenClaims = mutants(rules.accessTokenClaims, {
  'names no issuer': {
    fault: 'there is only one issuer, so nobody needs its name',
    breaks: [rfc9068.issuerClaim],
    apply: (...facts) => without(rightClaims(...facts), 'iss'),
  },
  'adds a slash to the issuer': {
    fault: 'a URL type writes its path even where there is none',
    breaks: [rfc9068.issuerPublished],
    apply: (...facts) => ({ ...rightClaims(...facts), iss: `${facts[1]}/` }),
  },
  'names the service that issues': {
    fault: 'tokens are made by a service of its own that knows its inner address',
    breaks: [rfc9068.issuerPublished],
    apply: (...facts) => ({ ...rightClaims(...facts), iss: 'https://tokens.internal.example' }),
  },
  'calls the client azp': {
    fault: 'the name of the claim was taken over from ID tokens',
    breaks: [rfc9068.clientClaim],
    apply: (...facts) => ({ ...without(rightClaims(...facts), 'client_id'), azp: facts[0].clientId }),
  },
  'names the application': {
    fault: 'the client is known to people by its name, and that was put where its id belongs',
    breaks: [rfc9068.clientClaim],
    apply: (...facts) => ({ ...rightClaims(...facts), client_id: `application ${facts[0].clientId}` }),
  },
  'leaves the scope out': {
    fault: 'the scope is told in the token response, and once is enough',
    breaks: [rfc9068.scopeClaim],
    apply: (...facts) => without(rightClaims(...facts), 'scope'),
  },
  'lists the scopes': {
    fault: 'the scopes are a list in the record, and JSON has lists',
    breaks: [rfc9068.scopeClaim],
    apply: (...facts) => ({ ...rightClaims(...facts), scope: facts[0].scopes }),
  },
  'writes more scope than was granted': {
    fault: 'the scope is read from the registration of the client',
    breaks: [rfc9068.scopeClaim],
    apply: (...facts) => ({ ...rightClaims(...facts), scope: `${facts[0].scopes.join(' ')} api:admin` }),
  },
  'lets it never expire': {
    fault: 'a lifetime of nothing stands for no expiry',
    breaks: [rfc9068.expiryClaim],
    apply: (...facts) => without(rightClaims(...facts), 'exp'),
  },
  'writes the expiry as text': {
    fault: 'a JSON library writes dates its own way',
    breaks: [rfc9068.expiryClaim],
    apply: (...facts) => ({ ...rightClaims(...facts), exp: new Date(facts[0].expiresAt).toISOString() }),
  },
  'leaves iat out': {
    fault: 'only the times that are compared were thought of',
    breaks: [rfc9068.issuedAtClaim],
    apply: (...facts) => without(rightClaims(...facts), 'iat'),
  },
  'writes the issue in milliseconds': {
    fault: 'the clock of the platform counts milliseconds',
    breaks: [rfc9068.issuedAtClaim],
    apply: (...facts) => ({ ...rightClaims(...facts), iat: facts[0].issuedAt }),
  },
  'leaves jti out': {
    fault: 'nobody revoked a token by its name when this was written',
    breaks: [rfc9068.tokenIdClaim],
    apply: (...facts) => without(rightClaims(...facts), 'jti'),
  },
  'names the grant': {
    fault: 'jti is the key of the record at hand, which is that of the grant',
    breaks: [rfc7519.jtiUnique],
    apply: (...facts) => ({ ...rightClaims(...facts), jti: facts[0].grantId ?? facts[0].clientId }),
  },
  'takes every issue for a sign-in': {
    fault: 'auth_time is set to now wherever a token is made',
    breaks: [rfc9068.authenticationKept],
    apply(...facts) {
      const claims = rightClaims(...facts)
      return { ...claims, ...(facts[0].authTime !== undefined && { auth_time: claims['iat'] }) }
    },
  },
})

export const signedAccessToken = mutants(rules.signedAccessToken, {
  'does not sign': {
    fault: 'the library signs nothing unless it is told how',
    breaks: [rfc9068.signed, rfc9068.notUnsecured],
    apply: (header, claims) => `${encodedPart({ ...header, alg: 'none' })}.${encodedPart(claims)}.`,
  },
  'leaves the signature to a gateway': {
    fault: 'the gateway before the resource was to sign, and the token reaches clients without it',
    breaks: [rfc9068.signed],
    apply: (header, claims) => `${encodedPart(header)}.${encodedPart(claims)}.`,
  },
  'shares a secret with its resources': {
    fault: 'a MAC is fast and short, and all who verify are ours',
    breaks: [rfc9068.asymmetric],
    apply(header, claims) {
      const input = `${encodedPart({ ...header, alg: 'HS256' })}.${encodedPart(claims)}`
      return `${input}.${createHmac('sha256', 'a secret of the whole house').update(input).digest('base64url')}`
    },
  },
  'signs with a key that it does not publish': { ...signsWithAnotherKey('ES256'), breaks: [rfc9068.keysPublished] },
  'signs before it is done': { ...signsBeforeItIsDone, breaks: [rfc9068.keysPublished] },
})

const algOf = ({ header }: ParsedJwt) => (typeof header['alg'] === 'string' ? header['alg'] : '')

/** What a server breaks that takes tokens which others made. */
const forgeable = [rfc6750.integrityProtected, rfc6749.accessTokensUnforgeable, rfc7662.signatureValidated] as const

export const tokenSignatureIsRight = mutants(rules.tokenSignatureIsRight, {
  'does not verify': { fault: 'the JWT is decoded where it should be verified', apply: () => true },
  'looks at the length': {
    fault: 'the signature is there and complete, which looks like a check',
    breaks: [
      rfc6750.invalidToken,
      rfc6750.integrityProtected,
      rfc6749.accessTokensUnforgeable,
      rfc6749.tokenValidated,
      rfc7662.signatureValidated,
      rfc9068.signatureVerified,
    ],
    apply: (jwt) => jwt.signature.length > 80,
  },
  'takes none for an algorithm': {
    fault: 'the library verifies by the algorithm of the token, and none is one that it knows',
    breaks: [rfc9068.unsecuredRefused, ...forgeable],
    apply: (jwt, keys) => rightSignature(jwt, keys) || /^none$/i.test(algOf(jwt)),
  },
  'verifies what is signed': {
    fault: 'an empty signature is taken for one that was verified by a gateway',
    breaks: [rfc9068.unsecuredRefused, ...forgeable],
    apply: (jwt, keys) => jwt.signature === '' || rightSignature(jwt, keys),
  },
  'takes a public key for a secret': {
    fault: 'one function verifies by whatever key it is given, and a PEM is a text like any secret',
    breaks: [rfc9068.signatureVerified, ...forgeable],
    apply: (jwt, keys) =>
      rightSignature(jwt, keys) ||
      (algOf(jwt) === 'HS256' &&
        keys.some((key) => isMacBy(key.publicKey.export({ type: 'spki', format: 'pem' }), jwt))),
  },
  'verifies by the key that the token brings': {
    fault: 'the header may hold the key, and whoever reads it there needs no key set',
    breaks: [rfc9068.keysOfTheServer, ...forgeable],
    apply: (jwt, keys) => rightSignature(jwt, keys) || isSignedByItsOwnKey(jwt),
  },
})

const isMacBy = (secret: string | Buffer, { input, signature }: ParsedJwt) =>
  createHmac('sha256', secret).update(input).digest('base64url') === signature

function isSignedByItsOwnKey(jwt: ParsedJwt): boolean {
  const { jwk } = jwt.header
  const alg = algOf(jwt)
  if (typeof jwk !== 'object' || jwk === null || (alg !== 'ES256' && alg !== 'RS256')) return false
  return signatureIsRight(jwt, jwk as JsonWebKey, alg)
}

/** What a signed JWT says, read as if it were an access token. */
function believed({ claims }: ParsedJwt): AccessToken {
  return {
    id: '',
    clientId: String(claims['aud']),
    sub: String(claims['sub']),
    scopes: ['openid'],
    issuedAt: Number(claims['iat']) * 1000,
    expiresAt: Number(claims['exp']) * 1000,
  }
}

export const recordOfJwt = mutants(rules.recordOfJwt, {
  'believes whatever it signed': {
    fault: 'a JWT needs no record, so what has a right signature is taken at its word',
    apply: async (jwt, store) => (await rightRecord(jwt, store)) ?? believed(jwt),
  },
  'knows ID tokens by their nonce': {
    fault: 'the two kinds are told apart by a claim that an ID token need not have',
    apply: async (jwt, store) =>
      (await rightRecord(jwt, store)) ?? (jwt.claims['nonce'] === undefined ? believed(jwt) : undefined),
  },
})
