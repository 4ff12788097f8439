import { document } from './document.ts'

export const samlMetadata = document(
  'saml-metadata',
  'Metadata for SAML V2.0',
  'https://docs.oasis-open.org/security/saml/v2.0/saml-metadata-2.0-os.pdf',
  {
    entityIdLength: ['2.2.1', 'STATES', 'has an entityID of 1024 characters at most'],
    rootElement: ['2.3', 'MUST', 'has EntityDescriptor or EntitiesDescriptor as the root of its metadata'],
    entityId: ['2.3.2', 'STATES', 'publishes its entityID'],
    expiry: ['2.3.2', 'MUST', 'says by validUntil or cacheDuration how long its metadata holds'],
    protocolSupport: ['2.4.1', 'MUST', 'names the SAML protocol among those that its role supports'],
    signingKey: ['2.4.1.1', 'STATES', 'publishes the key that it signs with'],
    signOnService: ['2.4.3', 'STATES', 'publishes one single sign-on service at least'],
    noResponseLocation: ['2.4.3', 'MUST', 'leaves ResponseLocation out of its single sign-on services'],
    mediaType: ['4.1.1', 'MUST', 'sends metadata that lies where its entityID points as application/samlmetadata+xml'],
    wellKnownEntity: ['4.1.1', 'MUST', 'describes, where its entityID points, itself and nobody else'],
  },
)
