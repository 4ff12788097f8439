import { document, rfc } from './document.ts'

export const rfc8414 = document('rfc8414', 'OAuth 2.0 Authorization Server Metadata', rfc(8414), {
  issuerMember: ['2', 'MUST', 'publishes its issuer identifier, a URL without query and fragment'],
  authorizationEndpoint: ['2', 'MUST', 'publishes its authorization endpoint where a grant type uses one'],
  tokenEndpoint: ['2', 'MUST', 'publishes its token endpoint where a grant type uses one'],
  responseTypes: ['2', 'MUST', 'publishes the response types that it supports'],
  challengeMethodsPublished: [
    '2',
    'STATES',
    'lists the PKCE methods that it supports in code_challenge_methods_supported',
  ],
  signingAlgsPublished: [
    '2',
    'MUST',
    'lists the signing algorithms for client assertions where it supports private_key_jwt',
  ],
  metadataPlace: [
    '3.1',
    'MUST',
    'answers a GET of its metadata where the well-known name stands before the path of its issuer',
  ],
  metadataJson: ['3.2', 'MUST', 'sends its metadata as a JSON object of type application/json with status 200'],
  emptyListsOmitted: ['3.2', 'MUST', 'leaves members without elements out of its metadata'],
  issuerIdentical: ['3.3', 'MUST', 'publishes an issuer that is identical to the one whose metadata was asked for'],
})
