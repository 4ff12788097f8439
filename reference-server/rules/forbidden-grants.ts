import { rfc6749 } from '../../core/spec/rfc6749.ts'
import type { User } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import { sameText } from './client-authentication.ts'
import type { ResponseParams } from './redirect.ts'
import type { TokenResponse } from './token-endpoint.ts'

/** RFC 6749 §4.2.2: what of a token response goes into the fragment. */
export const implicitResponse = rule(
  [
    rfc6749.implicitTokenResponse,
    rfc6749.implicitExpiryIsNumber,
    rfc6749.implicitScopeReturned,
    rfc6749.implicitNoRefresh,
  ],
  ({ access_token, token_type, expires_in, scope }: TokenResponse): ResponseParams => ({
    access_token,
    token_type,
    expires_in: String(expires_in),
    scope,
  }),
)

export const implicitState = rule([rfc6749.implicitState], (state: string | undefined): string | undefined => state)

/** RFC 6749 §4.3.2. An unknown name takes as long as a wrong password. */
export const passwordIsRight = rule(
  [rfc6749.ownerAuthenticated, rfc6749.passwordValidated],
  (users: readonly User[], username: string, password: string): User => {
    const user = users.find((one) => one.username === username)
    if (!sameText(user?.password ?? '', password) || user === undefined)
      throw new OAuthError('invalid_grant', 'the user name or the password is wrong')
    return user
  },
)
