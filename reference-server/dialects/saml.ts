import type { Dialect } from '../dialect.ts'
import { entityAttributes } from '../rules/saml-metadata.ts'
import { nameIdFormat } from '../rules/saml-request.ts'
import { audiences, conditionTimes, statements, statusCodes } from '../rules/saml-response.ts'
import { signatureElement } from '../rules/saml-signature.ts'
import { postForm } from '../rules/saml-binding.ts'
import { nameIdFormats, namespaces } from '../saml/names.ts'
import { SamlError } from '../saml/saml-error.ts'
import { canonicalXml, element } from '../saml/xml.ts'
import { renamed, spaced } from './xml-spelling.ts'

export const samlDialects: readonly Dialect[] = [
  {
    id: 'saml-other-prefixes',
    lawful: 'Namespaces in XML 1.0 §3: a prefix is a placeholder for its namespace and means nothing by itself',
    swap: {
      canonicalForm: (root) =>
        canonicalXml(renamed(root, { samlp: 'p', saml: '', md: '', ds: 'sig' }), {
          p: namespaces.samlp,
          '': root.name.startsWith('md:') ? namespaces.md : namespaces.saml,
          sig: namespaces.ds,
        }),
    },
  },
  {
    id: 'saml-white-space',
    lawful: 'XML 1.0 §2.10: white space may set markup apart, and SAML Bindings §3.5.4 lets base64 be wrapped',
    swap: {
      canonicalForm: (root) => canonicalXml(spaced(root)),
      postForm: (...facts) => {
        const form = postForm.apply(...facts)
        const [response, ...others] = form.controls
        if (response === undefined) return form
        const value = response.value.replaceAll(/.{76}/g, '$&\r\n')
        return { ...form, controls: [...others, { type: 'hidden', name: 'extra', value: 'x' }, { ...response, value }] }
      },
    },
  },
  {
    id: 'saml-response-signed-only',
    lawful: 'SAML Core §5.3: an assertion inherits the signature of the response around it',
    swap: { protectedResponse: ({ assertions, around }, sign) => sign(around(assertions)) },
  },
  {
    id: 'saml-no-key-info',
    lawful: 'SAML Core §5.4.5: KeyInfo may be absent',
    swap: {
      signatureElement: (...facts) => {
        const signature = signatureElement.apply(...facts)
        return { ...signature, children: signature.children.slice(0, 2) }
      },
    },
  },
  {
    id: 'saml-more-content',
    lawful: 'SAML Profiles §4.1.4.2: other statements, conditions and audiences may be there as well',
    swap: {
      audiences: (facts) => ['urn:example:federation', ...audiences.apply(facts)],
      statements: (facts) => [
        element(
          'saml:AttributeStatement',
          {},
          ...Object.entries(facts.user.claims).map(([name, value]) =>
            element('saml:Attribute', { Name: name }, element('saml:AttributeValue', {}, String(value))),
          ),
        ),
        ...statements.apply(facts),
      ],
    },
  },
  {
    id: 'saml-user-names-only',
    lawful: 'SAML Core §3.4.1.1: a NameIDPolicy may be one that the identity provider does not accept',
    swap: {
      nameIdFormat: (policy, subject, provider) => {
        nameIdFormat.apply(policy, subject, provider)
        if ([policy, subject].some((one) => (one?.format ?? nameIdFormats.unspecified) !== nameIdFormats.unspecified))
          throw new SamlError('Requester', 'InvalidNameIDPolicy', 'people are called by their user names only')
        return nameIdFormats.unspecified
      },
    },
  },
  {
    id: 'saml-longer-validity',
    lawful: 'SAML Core §2.5.1.2: how long an assertion is valid is for its issuer to say',
    config: {
      lifetimes: { code: 60, accessToken: 600, idToken: 600, refreshToken: 3600, session: 3600, assertion: 8 * 3600 },
    },
    swap: {
      conditionTimes: (facts) => ({ ...conditionTimes.apply(facts), NotBefore: facts.time(facts.now - 5 * 60_000) }),
    },
  },
  {
    id: 'saml-first-status-only',
    lawful: 'SAML Core §3.2.2.2: responders may leave out subordinate status codes',
    swap: { statusCodes: (error) => [statusCodes.apply(error)[0]] },
  },
  {
    id: 'saml-valid-until',
    lawful: 'SAML Metadata §2.3.2: the root has validUntil or cacheDuration',
    swap: {
      entityAttributes: (entityId) => ({
        ...entityAttributes.apply(entityId),
        cacheDuration: undefined,
        validUntil: '2099-01-01T00:00:00Z',
      }),
    },
  },
]
