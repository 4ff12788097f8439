import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { offering } from '../config.ts'
import type { Dialect } from '../dialect.ts'

/** Grants that one document defines and a later one forbids. */
export const forbiddenDialects: readonly Dialect[] = [
  {
    id: 'implicit-grant',
    lawful: 'RFC 6749 §4.2 defines it, and RFC 9700 §2.1.2 advises clients against it, not servers',
    forbiddenBy: [oauth21.noTokenAtAuthorization, oauth21.tokensNotInUrls],
    config: offering('implicit'),
  },
  {
    id: 'password-grant',
    lawful: 'RFC 6749 §4.3 defines it, for people who trust a client with their password',
    forbiddenBy: [rfc9700.passwordGrantRefused],
    config: offering('password'),
  },
  {
    id: 'patterns-of-redirect-uris',
    lawful: 'RFC 6749 §3.1.2.3: what is registered may be a part of the URI, and §3.1.2.2 only advises against it',
    forbiddenBy: [rfc9700.exactRedirectUri, oidcCore.redirectUriExact],
    config: { redirectUriPatterns: true },
  },
]
