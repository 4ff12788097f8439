import { document } from './document.ts'

export const oidcDiscovery = document(
  'oidc-discovery',
  'OpenID Connect Discovery 1.0',
  'https://openid.net/specs/openid-connect-discovery-1_0.html',
  {
    issuerMember: ['3', 'MUST', 'publishes its issuer identifier, which is the iss of its ID tokens'],
    jwksUri: ['3', 'MUST', 'publishes jwks_uri, where its signing keys are'],
    noPrivateKeys: ['3', 'MUST NOT', 'publishes private or symmetric keys in its key set'],
    keyUse: ['3', 'MUST', 'gives every key its use where signing and encryption keys stand side by side'],
    responseTypes: ['3', 'MUST', 'publishes the response types that it supports'],
    subjectTypes: ['3', 'MUST', 'publishes the subject types that it supports'],
    signingAlgs: ['3', 'MUST', 'publishes the signing algorithms of ID tokens, RS256 among them'],
    metadataPlace: ['4', 'MUST', 'publishes its metadata under /.well-known/openid-configuration'],
    metadataJson: ['4.2', 'MUST', 'sends its metadata as a JSON object of type application/json with status 200'],
    emptyListsOmitted: ['4.2', 'MUST', 'leaves members without elements out of its metadata'],
    issuerIdentical: ['4.3', 'MUST', 'publishes an issuer that is identical to the one whose metadata was asked for'],
  },
)
