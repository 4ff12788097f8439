import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlMetadata } from '../../core/spec/saml-metadata.ts'
import { generateKey } from '../keys.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/saml-metadata.ts'
import { selfSignedCertificate } from '../saml/certificate.ts'
import { bindings } from '../saml/names.ts'
import { element } from '../saml/xml.ts'

const { apply: rightAttributes } = rules.entityAttributes
const { apply: rightKeys } = rules.keyDescriptors
const { apply: rightServices } = rules.signOnServices
const { apply: rightRoot } = rules.metadataRoot

export const entityAttributes = mutants(rules.entityAttributes, {
  'does not say its name': {
    fault: 'the name is where the metadata lies, so it was not written once more',
    breaks: [samlMetadata.entityId],
    apply: (entityId) => ({ ...rightAttributes(entityId), entityID: undefined }),
  },
  'has a name without end': {
    fault: 'the name holds everything that tells one tenant from another',
    breaks: [samlMetadata.entityIdLength],
    apply: (entityId) => rightAttributes(`${entityId}?tenant=${'x'.repeat(1024)}`),
  },
  'holds for good': {
    fault: 'metadata was exchanged by mail, and nobody thought of a time',
    breaks: [samlMetadata.expiry],
    apply: (entityId) => ({ entityID: entityId }),
  },
})

export const roleAttributes = mutants(rules.roleAttributes, {
  'speaks the older protocol': {
    fault: 'the template was written for SAML 1.1',
    apply: () => ({ protocolSupportEnumeration: 'urn:oasis:names:tc:SAML:1.1:protocol' }),
  },
})

export const keyDescriptors = mutants(rules.keyDescriptors, {
  'publishes no key': { fault: 'certificates are exchanged in another way', apply: () => [] },
  'publishes it for encryption': {
    fault: 'there is one key, and the template has it for encryption',
    apply: (certificate) => rightKeys(certificate).map((one) => ({ ...one, attributes: { use: 'encryption' } })),
  },
  'publishes another key': {
    fault: 'the metadata is a file, and the key was renewed since',
    apply: () => rightKeys(selfSignedCertificate(generateKey('ES256'), 'an older key').toString('base64')),
  },
})

export const signOnServices = mutants(rules.signOnServices, {
  'publishes none': {
    fault: 'where to sign in is told in the handbook',
    breaks: [samlMetadata.signOnService, samlBindings.redirectEndpoint],
    apply: () => [],
  },
  'publishes another binding': {
    fault: 'the template has the binding that most others use',
    breaks: [samlBindings.redirectEndpoint],
    apply: (location) =>
      rightServices(location).map((one) => ({ ...one, attributes: { ...one.attributes, Binding: bindings.post } })),
  },
  'takes responses there': {
    fault: 'all endpoints are written by one function, which knows both locations',
    breaks: [samlMetadata.noResponseLocation],
    apply: (location) =>
      rightServices(location).map((one) => ({ ...one, attributes: { ...one.attributes, ResponseLocation: location } })),
  },
})

export const metadataRoot = mutants(rules.metadataRoot, {
  'speaks of a federation': {
    fault: 'there may be more tenants one day, so the list is there already',
    breaks: [samlMetadata.wellKnownEntity],
    apply: (attributes, role) =>
      element('md:EntitiesDescriptor', { cacheDuration: 'PT1H' }, rightRoot(attributes, role)),
  },
  'wraps it in an element of its own': {
    fault: 'the file also holds what other programs of the house need',
    breaks: [samlMetadata.rootElement],
    apply: (attributes, role) => element('md:Metadata', { cacheDuration: 'PT1H' }, rightRoot(attributes, role)),
  },
})

export const samlMetadataHeaders = mutants(rules.samlMetadataHeaders, {
  'calls it XML': { fault: 'XML is what it is', apply: () => ({ 'content-type': 'text/xml; charset=utf-8' }) },
})
