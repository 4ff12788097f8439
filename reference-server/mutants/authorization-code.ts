import { createHash } from 'node:crypto'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/authorization-code.ts'

const { apply: known } = rules.codeIsKnown
const { apply: verifierMatches } = rules.verifierMatchesChallenge

export const codeIsSingleUse = mutants(rules.codeIsSingleUse, {
  'accepts any replay': { fault: 'nobody looks whether the code was spent', async apply() {} },
  'reads before it writes': {
    fault: 'the code is looked up, then spent, with time for another request between the two',
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

export const codeIsKnown = mutants(rules.codeIsKnown, {
  'cuts what is too long': {
    fault: 'the column is as wide as a code, and the database cuts what is longer',
    apply: async (value, store) => await known(value.slice(0, 43), store),
  },
  'trims white space': {
    fault: 'a form library trims every value',
    apply: async (value, store) => await known(value.trim(), store),
  },
  'decodes once more': {
    fault: 'the value is decoded by the framework, and again by whoever reads it',
    apply: async (value, store) =>
      await known(
        value.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        store,
      ),
  },
})

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

export const verifierHasChallenge = mutants(rules.verifierHasChallenge, {
  'ignores a stray verifier': {
    fault: 'a verifier is checked where there is a challenge, and otherwise not looked at',
    apply() {},
  },
})

export const verifierIsPresent = mutants(rules.verifierIsPresent, {
  'lets it be missing': { fault: 'the verifier is compared only where it is present', apply() {} },
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

export const verifierMatchesChallenge = mutants(rules.verifierMatchesChallenge, {
  'takes any verifier': { fault: 'the presence of a verifier is taken for proof', apply() {} },
  'takes the challenge for the verifier': {
    fault: 'both methods are tried, and one of them fits',
    apply(code, verifier) {
      if (verifier !== code.challenge) verifierMatches(code, verifier)
    },
  },
  'trims the verifier': {
    fault: 'a form library strips white space and padding',
    apply(code, verifier) {
      verifierMatches(code, verifier?.slice(0, 43))
    },
  },
  'compares without case': {
    fault: 'the database collation ignores case',
    apply(code, verifier) {
      const transformed =
        code.challengeMethod === 'S256'
          ? createHash('sha256')
              .update(verifier ?? '')
              .digest('base64url')
          : (verifier ?? '')
      if (transformed.toLowerCase() !== code.challenge?.toLowerCase()) verifierMatches(code, verifier)
    },
  },
})
