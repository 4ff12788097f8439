import { document } from './document.ts'

export const samlProfiles = document(
  'saml-profiles',
  'Profiles for SAML V2.0',
  'https://docs.oasis-open.org/security/saml/v2.0/saml-profiles-2.0-os.pdf',
  {
    notByRedirect: ['4.1.2', 'MUST NOT', 'returns a response by HTTP-Redirect'],
    locationEstablished: ['4.1.3.5', 'MUST', 'sends responses only where it knows the service provider to be'],
    failureIsAnswered: [
      '4.1.4.1',
      'MUST',
      'answers with an error status where it cannot or will not satisfy a request',
    ],
    subjectIsPrincipal: [
      '4.1.4.1',
      'MUST',
      'answers with an error status and no assertion where the person is not the subject asked for',
    ],
    consumerVerified: ['4.1.4.1', 'MUST', 'verifies that the location a request names belongs to the service provider'],
    noAssertionInError: ['4.1.4.2', 'MUST NOT', 'puts assertions into a response with an error status'],
    responseIssuer: ['4.1.4.2', 'MUST', 'names itself as the issuer of a response, if anybody'],
    assertionIssuer: ['4.1.4.2', 'MUST', 'names itself as the issuer of each assertion'],
    authnStatement: ['4.1.4.2', 'MUST', 'states in an assertion that the person was authenticated'],
    bearer: ['4.1.4.2', 'MUST', 'lets the subject of the assertion be confirmed as its bearer'],
    recipient: ['4.1.4.2', 'MUST', 'names the assertion consumer service as Recipient of the bearer confirmation'],
    deliveryWindow: ['4.1.4.2', 'MUST', 'limits by NotOnOrAfter until when the assertion can be delivered'],
    noNotBefore: ['4.1.4.2', 'MUST NOT', 'puts NotBefore into the bearer confirmation'],
    confirmationInResponseTo: ['4.1.4.2', 'MUST', 'repeats the ID of the request in the bearer confirmation'],
    audience: ['4.1.4.2', 'MUST', 'restricts the assertion to an audience that the service provider is in'],
    assertionsSigned: ['4.1.4.5', 'MUST', 'signs the assertions that it sends by HTTP-POST'],
  },
)
