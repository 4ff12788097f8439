import { createHash } from 'node:crypto'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Client } from '../model.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/authorization-code.ts'

const { apply: known } = rules.codeIsKnown
const { apply: bound } = rules.boundChallenge
const { apply: verifierMatches } = rules.verifierMatchesChallenge
const { apply: verifierPresent } = rules.verifierIsPresent

const inBase64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

export const codeText = mutants(rules.codeText, {
  'carries the challenge': {
    fault: 'a code holds all that redeeming it takes, signed, so that no server of a cluster need ask another',
    breaks: [rfc7636.challengeNotDisclosed],
    apply: (random, { challenge, challengeMethod }) => `${inBase64({ challenge, challengeMethod })}.${random}`,
  },
  'carries the hash in hexadecimal': {
    fault: 'the challenge is stored as the octets that it stands for, and printed as octets are',
    breaks: [rfc7636.challengeNotDisclosed],
    apply: (random, { challenge = '' }) => `${random}-${Buffer.from(challenge, 'base64url').toString('hex')}`,
  },
  'carries a plain challenge': {
    fault: 'a challenge by S256 may be public, and plain ones went the same way when they were added',
    breaks: [rfc7636.plainChallengeEncrypted],
    config: { plainPkce: true },
    apply: (random, { challenge, challengeMethod }) =>
      challengeMethod === 'plain' ? `${inBase64({ challenge })}.${random}` : random,
  },
})

const firstChallenges = new WeakMap<Client, ReturnType<typeof bound>>()

export const boundChallenge = mutants(rules.boundChallenge, {
  'binds nothing': {
    fault: 'the challenge is validated and then lost on the way through the login pages',
    breaks: [rfc7636.challengeBoundToCode, rfc9700.challengeBound],
    apply: () => ({}),
  },
  'forgets the method': {
    fault: 'the table has a column for the challenge, and what has no method is plain',
    breaks: [rfc7636.challengeBoundToCode, rfc7636.boundMethodUsed],
    apply: ({ challenge }) => (challenge === undefined ? {} : { challenge }),
  },
  'keeps one challenge for each client': {
    fault: 'the challenge is cached by client_id, and what is in the cache is not written again',
    breaks: [rfc7636.challengeBoundToCode, rfc9700.challengeBound],
    apply(request) {
      const kept = firstChallenges.get(request.client) ?? bound(request)
      firstChallenges.set(request.client, kept)
      return kept
    },
  },
})

export const codeIsSingleUse = mutants(rules.codeIsSingleUse, {
  'accepts any replay': {
    fault: 'nobody looks whether the code was spent',
    breaks: [rfc6749.codeSingleUse, rfc9700.codeInvalidated],
    async apply() {},
  },
  'reads before it writes': {
    fault: 'the code is looked up, then spent, with time for another request between the two',
    breaks: [rfc6749.codeSingleUse, rfc9700.codeInvalidated],
    async apply(code, store) {
      const seen = spentBy.get(store) ?? new Set()
      spentBy.set(store, seen)
      if (seen.has(code.value)) throw new OAuthError('invalid_grant', 'the code was already redeemed')
      await new Promise((resolve) => setTimeout(resolve, 50))
      seen.add(code.value)
    },
  },
})

const spentBy = new WeakMap<object, Set<string>>()

export const replayRevokes = mutants(rules.replayRevokes, {
  'revokes nothing': {
    fault: 'the replay is denied, and what the thief may already hold goes on working',
    async apply() {},
  },
})

export const codeKey = mutants(rules.codeKey, {
  'looks at the first half': {
    fault: 'a code is made of a key and of what it was issued for, and the key alone was thought to count',
    apply: (value) => value.slice(0, 22),
  },
  'looks at the second half': {
    fault: 'the first part of a code was meant for the log, and whoever finds the rest has found the code',
    apply: (value) => value.slice(-21),
  },
})

export const codeIsKnown = mutants(rules.codeIsKnown, {
  'cuts what is too long': {
    fault: 'the column is as wide as a code, and the database cuts what is longer',
    breaks: [rfc6749.codeValid],
    apply: async (value, store) => await known(value.slice(0, 43), store),
  },
  'trims white space': {
    fault: 'a form library trims every value',
    breaks: [rfc6749.codeValid],
    apply: async (value, store) => await known(value.trim(), store),
  },
  'decodes once more': {
    fault: 'the value is decoded by the framework, and again by whoever reads it',
    breaks: [rfc6749.codeValid],
    apply: async (value, store) =>
      await known(
        value.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        store,
      ),
  },
  'revokes for any replay': {
    fault: 'a code that comes back is taken for stolen before anything else of the request is looked at',
    breaks: [oauth21.invalidReplayHarmless],
    async apply(value, store) {
      const code = await known(value, store)
      const seen = lookedUpIn.get(store) ?? new Set()
      lookedUpIn.set(store, seen)
      if (seen.has(value)) await store.revokeGrant(code.grantId)
      seen.add(value)
      return code
    },
  },
})

const lookedUpIn = new WeakMap<object, Set<string>>()

export const codeIsFresh = mutants(rules.codeIsFresh, {
  'never expires': { fault: 'the expiry is stored but not compared', apply() {} },
  'compares seconds with milliseconds': {
    fault: 'the clock is in seconds and the expiry in milliseconds, so it always lies ahead',
    apply(code, now) {
      if (code.expiresAt <= now / 1000) throw new OAuthError('invalid_grant', 'the code has expired')
    },
  },
})

export const codeBelongsToClient = mutants(rules.codeBelongsToClient, {
  'redeems for anyone': { fault: 'the code alone is taken as proof', apply() {} },
})

export const redirectUriIsRepeated = mutants(rules.redirectUriIsRepeated, {
  'lets it be missing': { fault: 'redirect_uri is compared only where it is present', apply() {} },
})

export const redirectUriIsTheSame = mutants(rules.redirectUriIsTheSame, {
  'does not compare': { fault: 'redirect_uri is required and then forgotten', apply() {} },
  'normalises before it compares': {
    fault: 'both sides go through a URL parser, so that equal URLs are equal',
    apply(code, redirectUri) {
      const written = (uri: string | undefined) => (uri !== undefined && URL.canParse(uri) ? new URL(uri).href : uri)
      if (redirectUri !== undefined && written(redirectUri) !== written(code.redirectUri))
        throw new OAuthError('invalid_grant', 'redirect_uri differs')
    },
  },
  'compares the origin': {
    fault: 'somebody compares where the URI leads instead of what it is',
    apply(code, redirectUri) {
      const origin = (uri: string | undefined) => (uri !== undefined && URL.canParse(uri) ? new URL(uri).origin : uri)
      if (redirectUri !== undefined && origin(redirectUri) !== origin(code.redirectUri))
        throw new OAuthError('invalid_grant', 'redirect_uri differs')
    },
  },
})

export const receivedVerifier = mutants(rules.receivedVerifier, {
  'trims white space': { fault: 'a form library trims every value', apply: (sent) => sent?.trim() },
  'cuts what is too long': {
    fault: 'verifiers are 43 characters long in every example, and so is the column',
    apply: (sent) => sent?.slice(0, 43),
  },
  'strips padding': {
    fault: 'some clients send base64 with its padding, and were helped',
    apply: (sent) => sent?.replace(/=+$/, ''),
  },
})

export const verifierHasChallenge = mutants(rules.verifierHasChallenge, {
  'ignores a stray verifier': {
    fault: 'a verifier is checked where there is a challenge, and otherwise not looked at',
    config: { pkceRequired: 'without a nonce' },
    apply() {},
  },
  'calls the grant invalid': {
    fault: 'whatever is wrong with a verifier is reported as one that does not match',
    breaks: [oauth21.strayVerifierReported],
    config: { pkceRequired: 'without a nonce' },
    apply(code, verifier) {
      if (code.challenge === undefined && verifier !== undefined)
        throw new OAuthError('invalid_grant', 'code_verifier does not match')
    },
  },
})

export const verifierIsPresent = mutants(rules.verifierIsPresent, {
  'lets it be missing': {
    fault: 'the verifier is compared only where it is present',
    breaks: [rfc9700.verifierEnforced],
    apply() {},
  },
  'asks public clients alone': {
    fault: 'a client that has a secret was thought to need no second proof',
    breaks: [rfc9700.verifierEnforced],
    apply(code, verifier, client) {
      if (client.authMethod === 'none') verifierPresent(code, verifier, client)
    },
  },
  'asks everybody': {
    fault: 'PKCE was made mandatory at the token endpoint, and the authorization endpoint never heard of it',
    breaks: [rfc7636.plainOAuthWithoutChallenge],
    config: { pkceRequired: 'without a nonce' },
    apply(_code, verifier) {
      if (verifier === undefined) throw new OAuthError('invalid_grant', 'code_verifier is missing')
    },
  },
})

export const verifierIsWellFormed = mutants(rules.verifierIsWellFormed, {
  'takes any text': { fault: 'a hash fits whatever was hashed, so nobody looks at the syntax', apply() {} },
  'knows the characters of base64url': {
    fault: 'most verifiers are base64url, so its letters were taken for all there are',
    apply(verifier) {
      if (verifier !== undefined && !/^[\w-]{43,128}$/.test(verifier))
        throw new OAuthError('invalid_grant', 'code_verifier is malformed')
    },
  },
  'knows short ones': {
    fault: 'the column is 100 characters wide, so nothing longer is let in',
    apply(verifier) {
      if (verifier !== undefined && !/^[\w.~-]{43,100}$/.test(verifier))
        throw new OAuthError('invalid_grant', 'code_verifier is malformed')
    },
  },
})

export const methodToVerifyBy = mutants(rules.methodToVerifyBy, {
  'believes the token request': {
    fault: 'both endpoints share the code that reads the parameters of PKCE',
    apply: (code, params) =>
      params.get('code_challenge_method') === 'plain' ? 'plain' : (code.challengeMethod ?? 'plain'),
  },
  'goes by what fits': {
    fault: 'a client that named S256 and sends the challenge itself is taken for one that meant plain',
    apply: (code, params) =>
      params.get('code_verifier') === code.challenge ? 'plain' : (code.challengeMethod ?? 'plain'),
  },
})

export const verifierMatchesChallenge = mutants(rules.verifierMatchesChallenge, {
  'takes any verifier': {
    fault: 'the presence of a verifier is taken for proof',
    breaks: [rfc7636.verifierMatches],
    apply() {},
  },
  'verifies public clients alone': {
    fault: 'PKCE is for public clients, says the title of the RFC',
    breaks: [rfc7636.verifierMatches],
    apply(code, verifier, method, client) {
      if (client.authMethod === 'none') verifierMatches(code, verifier, method, client)
    },
  },
  'takes the challenge for the verifier': {
    fault: 'both methods are tried, and one of them fits',
    breaks: [rfc7636.verifierMatches],
    apply(code, verifier, method, client) {
      if (verifier !== code.challenge) verifierMatches(code, verifier, method, client)
    },
  },
  'compares as far as the shorter': {
    fault: 'a comparison in constant time stops at the end of the shorter text',
    breaks: [rfc7636.verifierMatches],
    config: { plainPkce: true },
    apply(code, verifier = '', method, client) {
      const { challenge = '' } = code
      const length = Math.min(verifier.length, challenge.length)
      if (method === 'S256' || verifier.slice(0, length) !== challenge.slice(0, length))
        verifierMatches(code, verifier, method, client)
    },
  },
  'compares without case': {
    fault: 'the database collation ignores case',
    breaks: [rfc7636.verifierMatches],
    apply(code, verifier, method, client) {
      const transformed = method === 'S256' ? hashOf(verifier).toString('base64url') : (verifier ?? '')
      if (transformed.toLowerCase() !== code.challenge?.toLowerCase()) verifierMatches(code, verifier, method, client)
    },
  },
  'knows the other alphabet': {
    fault: 'the platform has base64 and no base64url, and stripping the padding seemed to be the difference',
    breaks: [rfc7636.rightVerifierAccepted],
    apply(code, verifier, method, client) {
      if (code.challenge === undefined || verifier === undefined) return
      if (method === 'plain') return verifierMatches(code, verifier, method, client)
      if (hashOf(verifier).toString('base64').replace(/=+$/, '') !== code.challenge)
        throw new OAuthError('invalid_grant', 'code_verifier does not match code_challenge')
    },
  },
})

const hashOf = (verifier = '') => createHash('sha256').update(verifier).digest()
