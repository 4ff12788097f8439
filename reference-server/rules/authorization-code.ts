import { createHash } from 'node:crypto'
import { cwe } from '../../core/spec/cwe.ts'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { AuthorizationRequest, Client, IssuedCode } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import type { Params } from '../parameters.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'
import { sameText } from './client-authentication.ts'

/** A code says nothing by itself: what it stands for is looked up. */
export const codeText = rule(
  [rfc7636.challengeNotDisclosed, rfc7636.plainChallengeEncrypted],
  (random: string, _request: AuthorizationRequest): string => random,
)

/** What the code remembers of PKCE. */
export const boundChallenge = rule(
  [rfc7636.challengeBoundToCode, rfc7636.boundMethodUsed, rfc9700.challengeBound],
  ({ challenge, challengeMethod }: AuthorizationRequest): Pick<IssuedCode, 'challenge' | 'challengeMethod'> => ({
    ...(challenge !== undefined && { challenge }),
    ...(challengeMethod !== undefined && { challengeMethod }),
  }),
)

/** What a code is looked up by: all of it. */
export const codeKey = rule([rfc6749.codeValid], (value: string): string => value)

/** Looking a code up changes nothing: the request may be wrong in all the rest, and its sender a thief without credentials. */
export const codeIsKnown = rule(
  [rfc6749.codeValid, rfc6749.invalidGrant, oauth21.invalidReplayHarmless],
  async (value: string, store: Store): Promise<IssuedCode> => {
    const code = await store.findCode(value)
    if (code === undefined) throw new OAuthError('invalid_grant', 'the code is unknown')
    return code
  },
)

export const codeIsFresh = rule([rfc6749.codeShortLived], (code: IssuedCode, now: number) => {
  if (code.expiresAt <= now) throw new OAuthError('invalid_grant', 'the code has expired')
})

export const codeBelongsToClient = rule([rfc6749.codeBoundToClient], (code: IssuedCode, client: Client) => {
  if (code.clientId !== client.clientId) throw new OAuthError('invalid_grant', 'the code was issued to another client')
})

export const codeIsSingleUse = rule(
  [rfc6749.codeSingleUse, rfc9700.codeInvalidated, cwe.failuresHandled],
  async (code: IssuedCode, store: Store) => {
    if (!(await store.spendCode(code.value))) throw new OAuthError('invalid_grant', 'the code was already redeemed')
  },
)

export const replayRevokes = rule(
  [rfc6749.replayRevokes, rfc9700.replayRevokes],
  async (code: IssuedCode, store: Store) => {
    await store.revokeGrant(code.grantId)
  },
)

export const redirectUriIsRepeated = rule(
  [rfc6749.codeRedirectUriRequired],
  (code: IssuedCode, redirectUri: string | undefined) => {
    if (code.redirectUri !== undefined && redirectUri === undefined)
      throw new OAuthError('invalid_grant', 'redirect_uri is missing')
  },
)

export const redirectUriIsTheSame = rule(
  [rfc6749.codeRedirectUriMatches],
  (code: IssuedCode, redirectUri: string | undefined) => {
    if (redirectUri !== undefined && redirectUri !== code.redirectUri)
      throw new OAuthError('invalid_grant', 'redirect_uri differs from that of the authorization request')
  },
)

/** The verifier as it was sent: whoever repairs it makes several texts one. */
export const receivedVerifier = rule([rfc7636.verifierMatches], (sent: string | undefined): string | undefined => sent)

/** A verifier without a challenge is the mark of a PKCE downgrade (RFC 9700 §2.1.1). */
export const verifierHasChallenge = rule(
  [rfc9700.pkceNotDowngraded, oauth21.strayVerifierReported],
  (code: IssuedCode, verifier: string | undefined) => {
    if (code.challenge === undefined && verifier !== undefined)
      throw new OAuthError(
        'invalid_request',
        'code_verifier is present, but the authorization request had no code_challenge',
      )
  },
)

/** Whoever sent a challenge owes its verifier, whatever else it can show; whoever sent none owes nothing. */
export const verifierIsPresent = rule(
  [rfc9700.verifierEnforced, rfc7636.plainOAuthWithoutChallenge],
  (code: IssuedCode, verifier: string | undefined, _client: Client) => {
    if (code.challenge !== undefined && verifier === undefined)
      throw new OAuthError('invalid_grant', 'code_verifier is missing')
  },
)

export const verifierIsWellFormed = rule([rfc7636.verifierSyntax], (verifier: string | undefined) => {
  if (verifier !== undefined && !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier))
    throw new OAuthError('invalid_grant', 'code_verifier is malformed')
})

/** The method of the authorization request: nothing that comes later changes it. */
export const methodToVerifyBy = rule(
  [rfc7636.boundMethodUsed],
  (code: IssuedCode, _params: Params): 'S256' | 'plain' => code.challengeMethod ?? 'plain',
)

export const verifierMatchesChallenge = rule(
  [rfc7636.verifierMatches, rfc7636.rightVerifierAccepted],
  (code: IssuedCode, verifier: string | undefined, method: 'S256' | 'plain', _client: Client) => {
    if (code.challenge === undefined || verifier === undefined) return
    const transformed = method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
    if (!sameText(transformed, code.challenge))
      throw new OAuthError('invalid_grant', 'code_verifier does not match code_challenge')
  },
)
