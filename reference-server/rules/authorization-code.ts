import { createHash } from 'node:crypto'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Client, IssuedCode } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import type { Store } from '../store.ts'
import { sameText } from './client-authentication.ts'

export const codeIsKnown = rule([rfc6749.codeValid], async (value: string, store: Store): Promise<IssuedCode> => {
  const code = await store.findCode(value)
  if (code === undefined) throw new OAuthError('invalid_grant', 'the code is unknown')
  return code
})

export const codeIsFresh = rule([rfc6749.codeShortLived], (code: IssuedCode, now: number) => {
  if (code.expiresAt <= now) throw new OAuthError('invalid_grant', 'the code has expired')
})

export const codeBelongsToClient = rule([rfc6749.codeBoundToClient], (code: IssuedCode, client: Client) => {
  if (code.clientId !== client.clientId) throw new OAuthError('invalid_grant', 'the code was issued to another client')
})

export const codeIsSingleUse = rule([rfc6749.codeSingleUse], async (code: IssuedCode, store: Store) => {
  if (!(await store.spendCode(code.value))) throw new OAuthError('invalid_grant', 'the code was already redeemed')
})

export const replayRevokes = rule([rfc6749.replayRevokes], async (code: IssuedCode, store: Store) => {
  await store.revokeGrant(code.grantId)
})

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

/** A verifier without a challenge is the mark of a PKCE downgrade (RFC 9700 §2.1.1). */
export const verifierHasChallenge = rule(
  [rfc9700.pkceNotDowngraded],
  (code: IssuedCode, verifier: string | undefined) => {
    if (code.challenge === undefined && verifier !== undefined)
      throw new OAuthError(
        'invalid_grant',
        'code_verifier is present, but the authorization request had no code_challenge',
      )
  },
)

export const verifierIsPresent = rule([rfc9700.verifierEnforced], (code: IssuedCode, verifier: string | undefined) => {
  if (code.challenge !== undefined && verifier === undefined)
    throw new OAuthError('invalid_grant', 'code_verifier is missing')
})

export const verifierIsWellFormed = rule([rfc7636.verifierSyntax], (verifier: string | undefined) => {
  if (verifier !== undefined && !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier))
    throw new OAuthError('invalid_grant', 'code_verifier is malformed')
})

export const verifierMatchesChallenge = rule(
  [rfc7636.verifierMatches],
  (code: IssuedCode, verifier: string | undefined) => {
    if (code.challenge === undefined || verifier === undefined) return
    const transformed =
      code.challengeMethod === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier
    if (!sameText(transformed, code.challenge))
      throw new OAuthError('invalid_grant', 'code_verifier does not match code_challenge')
  },
)
