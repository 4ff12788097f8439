import { document } from './document.ts'

export const samlBindings = document(
  'saml-bindings',
  'Bindings for SAML V2.0',
  'https://docs.oasis-open.org/security/saml/v2.0/saml-bindings-2.0-os.pdf',
  {
    relayStateReturned: ['3.4.3', 'MUST', 'returns the RelayState of a request with the response, exactly as it came'],
    deflateSupported: ['3.4.4', 'MUST', 'understands a message in DEFLATE encoding, which no parameter need name'],
    signedParameterOrder: [
      '3.4.4.1',
      'MUST',
      'puts the parameters in the order in which they were signed before it verifies them, whatever order they came in',
    ],
    signedAsEncoded: ['3.4.4.1', 'MUST', 'verifies the parameters as they were encoded, not encoded anew'],
    redirectFailureStatus: ['3.4.6', 'MUST NOT', 'uses HTTP error statuses to tell of failures in SAML processing'],
    redirectEndpoint: ['3.4.7', 'SHOULD', 'publishes where it takes requests by HTTP-Redirect'],
    postIsXhtml: ['3.5.4', 'MUST', 'writes the page that carries a message as XHTML'],
    postControl: ['3.5.4', 'MUST', 'puts a response in base64 into a hidden control named SAMLResponse'],
    postRelayState: ['3.5.4', 'MUST', 'puts RelayState into a hidden control of that name in the same form'],
    postForm: ['3.5.4', 'MUST', "has the form of a message sent by POST to the recipient's endpoint"],
    postValuesEscaped: ['3.5.4', 'MUST', 'makes the values of form controls safe to stand in a page'],
    postNotCached: ['3.5.5.1', 'SHOULD', 'sends a message with cache-control no-cache, no-store and pragma no-cache'],
    signedDestination: ['3.5.5.2', 'MUST', 'says in Destination of a signed message where it is sent'],
  },
)
