import { document, rfc } from './document.ts'

/** Why nobody outside sees what a server does with a secret that is part of an app. */
const sharedSecret = { unobservable: 'whether the copies of an app share a secret is known to whoever built it' }

export const rfc8252 = document('rfc8252', 'OAuth 2.0 for Native Apps', rfc(8252), {
  pkceSupported: ['6', 'MUST', 'supports PKCE for public native apps'],
  redirectOptions: [
    '7',
    'MUST',
    'lets native apps be redirected to a private-use scheme, to an https URI that they claim, and to the loopback address',
  ],
  privateUseRedirect: ['7.1', 'STATES', 'redirects to a private-use scheme as it does to any other redirection URI'],
  anyLoopbackPort: ['7.3', 'MUST', 'allows any port in a redirection URI of the loopback address'],
  pkceRequired: ['8.1', 'SHOULD', 'refuses an authorization request of a native app that leaves out PKCE'],
  noImplicit: ['8.2', 'SHOULD NOT', 'lets native apps use the implicit grant'],
  nativeIsPublic: [
    '8.4',
    'MUST',
    'registers native apps as public clients, but where each copy has a secret of its own',
    sharedSecret,
  ],
  clientTypeRecorded: ['8.4', 'MUST', 'records with a registration whether the client is public or confidential'],
  completeUriRegistered: ['8.4', 'MUST', 'has complete redirection URIs registered, their path included'],
  exactRedirectUri: [
    '8.4',
    'MUST',
    'rejects a redirection URI that differs from the registered one in more than the port of a loopback address',
  ],
  reverseDomainScheme: [
    '8.4',
    'SHOULD',
    'takes no private-use scheme but a domain name in reverse',
    { unobservable: 'any text with a period could be a domain name; that there is one has a row of its own' },
  ],
  schemeWithPeriod: ['8.4', 'SHOULD', 'rejects private-use schemes without a period'],
  sharedSecretNotAsked: [
    '8.5',
    'SHOULD NOT',
    'makes native apps authenticate by a secret that their copies share',
    sharedSecret,
  ],
  sharedSecretNoProof: [
    '8.5',
    'MUST',
    'treats a native app as public, and its shared secret as no proof, where it asks for one all the same',
    sharedSecret,
  ],
  personAsked: [
    '8.6',
    'SHOULD NOT',
    'answers without consent or interaction where it cannot be sure which app has asked',
  ],
  earlierConsentForgotten: [
    '8.6',
    'SHOULD',
    'takes no earlier consent for one of now where it cannot be sure which app has asked',
  ],
})
