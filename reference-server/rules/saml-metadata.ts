import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlMetadata } from '../../core/spec/saml-metadata.ts'
import { rule } from '../rule.ts'
import { bindings, namespaces } from '../saml/names.ts'
import { element, type XmlElement } from '../saml/xml.ts'

type Attributes = Readonly<Record<string, string | undefined>>

export const entityAttributes = rule(
  [samlMetadata.entityId, samlMetadata.entityIdLength, samlMetadata.expiry],
  (entityId: string): Attributes => ({ cacheDuration: 'PT1H', entityID: entityId }),
)

export const roleAttributes = rule([samlMetadata.protocolSupport], (): Attributes => ({
  WantAuthnRequestsSigned: 'false',
  protocolSupportEnumeration: namespaces.samlp,
}))

export const keyDescriptors = rule([samlMetadata.signingKey], (certificate: string): readonly XmlElement[] => [
  element(
    'md:KeyDescriptor',
    { use: 'signing' },
    element('ds:KeyInfo', {}, element('ds:X509Data', {}, element('ds:X509Certificate', {}, certificate))),
  ),
])

export const signOnServices = rule(
  [samlMetadata.signOnService, samlMetadata.noResponseLocation, samlBindings.redirectEndpoint],
  (location: string): readonly XmlElement[] => [
    element('md:SingleSignOnService', { Binding: bindings.redirect, Location: location }),
  ],
)

/** `entity` makes the description of one entity; there is one only. */
export const metadataRoot = rule(
  [samlMetadata.rootElement, samlMetadata.wellKnownEntity],
  (attributes: Attributes, role: XmlElement): XmlElement => element('md:EntityDescriptor', attributes, role),
)

export const samlMetadataHeaders = rule([samlMetadata.mediaType], (): Readonly<Record<string, string>> => ({
  'content-type': 'application/samlmetadata+xml',
}))
