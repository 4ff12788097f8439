import { document, rfc } from './document.ts'

export const rfc8252 = document('rfc8252', 'OAuth 2.0 for Native Apps', rfc(8252), {
  anyLoopbackPort: ['7.3', 'MUST', 'allows any port in a redirection URI of the loopback address'],
  pkceRequired: ['8.1', 'SHOULD', 'refuses an authorization request of a native app that leaves out PKCE'],
})
