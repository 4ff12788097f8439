import { document, rfc } from './document.ts'

export const rfc9700 = document('rfc9700', 'Best Current Practice for OAuth 2.0 Security', rfc(9700), {
  exactRedirectUri: [
    '2.1',
    'MUST',
    'compares redirection URIs as exact strings, but for the port of a loopback URI of a native app',
  ],
  noOpenRedirect: ['2.1', 'MUST NOT', 'is an open redirector'],
  pkceSupported: ['2.1.1', 'MUST', 'supports PKCE'],
  verifierEnforced: ['2.1.1', 'MUST', 'enforces the verifier of every client that sent a challenge'],
  pkceDetectable: [
    '2.1.1',
    'MUST',
    'offers a way to find out that it supports PKCE',
    { unobservable: 'a deployment may tell it in a way of its own' },
  ],
  pkcePublished: ['2.1.1', 'SHOULD', 'lists the PKCE methods that it supports in its metadata'],
  pkceNotDowngraded: ['2.1.1', 'MUST', 'accepts a verifier only where the authorization request had a challenge'],
  refreshRotatedForPublic: ['2.2.2', 'MUST', "binds a public client's refresh token to its sender or rotates it"],
  passwordGrantRefused: ['2.4', 'MUST NOT', 'offers the resource owner password credentials grant'],
  noCorsAtAuthorization: ['2.6', 'MUST NOT', 'supports cross-origin requests at the authorization endpoint'],
  noRedirect307: ['4.12', 'MUST NOT', 'forwards a form that may hold credentials with status 307'],
  refreshReplayDetected: ['4.14.2', 'STATES', 'revokes the active refresh token where a rotated one comes back'],
  refreshBoundToScope: [
    '4.14.2',
    'MUST',
    'binds a refresh token to the scope and resource that the person consented to',
  ],
  pagesNotFramed: ['4.16', 'MUST', 'prevents clickjacking of its authorization pages'],
})
