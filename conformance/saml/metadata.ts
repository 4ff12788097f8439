import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlMetadata } from '../../core/spec/saml-metadata.ts'
import { check } from '../../harness/check.ts'
import { headerOf } from '../../harness/client/http.ts'
import { md, readIdpMetadata } from '../../harness/client/saml-metadata.ts'
import { redirectBinding, samlp } from '../../harness/client/saml-request.ts'
import { MalformedXml } from '../../harness/client/xml.ts'
import { Inapplicable } from '../../harness/error.ts'

/** The metadata is a document about an entity, or about several. */
export const metadataDescribesEntities = check({
  proves: [samlMetadata.rootElement],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const response = await saml.fetchMetadata()
    const root = await readIdpMetadata(response)
      .then((metadata) => metadata.root)
      .catch((error: unknown) => {
        if (error instanceof MalformedXml) return undefined
        throw error
      })
    const isDescriptor = root?.namespace === md && /^Entit(?:y|ies)Descriptor$/.test(root.name)

    expect.that(response.status === 200 && isDescriptor, {
      violation: 'malformed',
      expected: 'EntityDescriptor or EntitiesDescriptor at the root',
      actual: root === undefined ? `status ${response.status} and no XML` : `the element ${root.name}`,
    })
  },
})

/** The identity provider says what it is called. */
export const entityIsNamed = check({
  proves: [samlMetadata.entityId, samlMetadata.entityIdLength],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { entityId = '' } = await saml.metadata()

    expect.that(
      entityId !== '',
      { violation: 'missing-value', expected: 'an entityID', actual: 'none' },
      samlMetadata.entityId,
    )
    expect.that(
      entityId.length <= 1024,
      { expected: '1024 characters at most', actual: `${entityId.length} characters` },
      samlMetadata.entityIdLength,
    )
  },
})

/** Who reads the metadata learns until when it may be used. */
export const metadataExpires = check({
  proves: [samlMetadata.expiry],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { attributes } = (await saml.metadata()).root

    expect.that(attributes.has('validUntil') || attributes.has('cacheDuration'), {
      violation: 'missing-value',
      expected: 'validUntil or cacheDuration at the root',
      actual: 'neither',
    })
  },
})

/** The role says that it speaks SAML 2.0. */
export const protocolIsNamed = check({
  proves: [samlMetadata.protocolSupport],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const protocols = (await saml.metadata()).role?.attributes.get('protocolSupportEnumeration') ?? ''

    expect.that(protocols.split(/\s+/).includes(samlp), {
      expected: `${samlp} among the protocols`,
      actual: protocols === '' ? 'none' : protocols,
    })
  },
})

/** Where people are sent to sign in stands in the metadata, and is a place for requests only. */
export const signOnServiceIsPublished = check({
  proves: [samlMetadata.signOnService, samlMetadata.noResponseLocation, samlBindings.redirectEndpoint],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { signOnServices } = await saml.metadata()
    const usable = signOnServices.filter(({ attributes }) => URL.canParse(attributes.get('Location') ?? ''))

    expect.that(
      usable.length > 0,
      { violation: 'missing-value', expected: 'a SingleSignOnService with a Location', actual: 'none' },
      samlMetadata.signOnService,
    )
    expect.that(
      usable.some(({ attributes }) => attributes.get('Binding') === redirectBinding),
      { violation: 'missing-value', expected: 'a SingleSignOnService for HTTP-Redirect', actual: 'none' },
      samlBindings.redirectEndpoint,
    )
    expect.that(
      signOnServices.every(({ attributes }) => !attributes.has('ResponseLocation')),
      { expected: 'no ResponseLocation', actual: 'a ResponseLocation' },
      samlMetadata.noResponseLocation,
    )
  },
})

/** The key that signs assertions is one that the metadata names for it. */
export const signingKeyIsPublished = check({
  proves: [samlMetadata.signingKey],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { signingKeys } = await saml.metadata()
    expect.that(signingKeys.length > 0, {
      violation: 'missing-value',
      expected: 'a KeyDescriptor for signing that has a key',
      actual: 'none',
    })
    if (signingKeys.length === 0) return

    expect.sso(await saml.signOn()).toBringAssertion()
  },
})

/** Metadata that lies where its entityID points is of its own media type and about that entity alone. */
export const metadataAtTheEntityIdIsItsOwn = check({
  proves: [samlMetadata.mediaType, samlMetadata.wellKnownEntity],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { root, entityId, response } = await saml.metadata()
    const wellKnown = root.attributes.get('entityID') ?? entityId
    // Metadata that lies anywhere else may come as anything and speak of anybody.
    if (wellKnown !== response.url) throw new Inapplicable('the metadata does not lie where its entityID points')

    const type = headerOf(response, 'content-type') ?? 'absent'
    expect.that(
      /^application\/samlmetadata\+xml\s*(?:;|$)/i.test(type),
      {
        violation: 'wrong-header',
        expected: 'content-type: application/samlmetadata+xml',
        actual: `content-type: ${type}`,
      },
      samlMetadata.mediaType,
    )
    expect.that(
      root.namespace === md && root.name === 'EntityDescriptor',
      { expected: 'one EntityDescriptor', actual: `the element ${root.name}` },
      samlMetadata.wellKnownEntity,
    )
  },
})
