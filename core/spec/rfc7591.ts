import { document, rfc } from './document.ts'

export const rfc7591 = document('rfc7591', 'OAuth 2.0 Dynamic Client Registration Protocol', rfc(7591), {
  redirectUrisRequired: ['2', 'MUST', 'implements redirect_uris, which clients of redirect-based flows must register'],
  created: ['3.2.1', 'STATES', 'answers a registration with 201 and the client information as JSON'],
  secretExpiryTold: ['3.2.1', 'MUST', 'says when a client secret that it issued expires'],
  registeredMetadataReturned: ['3.2.1', 'MUST', 'returns all registered metadata of the client'],
  invalidRedirectUri: ['3.2.2', 'STATES', 'answers invalid_redirect_uri where a redirection URI is invalid'],
  errorStatus: ['3.2.2', 'STATES', 'answers a bad registration with 400 and a JSON object with the member error'],
})
