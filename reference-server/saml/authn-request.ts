import type { NameIdPolicy, RequestedContext, RequestedSubject } from '../model.ts'
import { entityFormat, namespaces } from './names.ts'
import { childOf, childrenOf, type ReadElement } from './read-xml.ts'
import { NotAnswerable, SamlError } from './saml-error.ts'

const { samlp, saml } = namespaces

/** What must be known of an AuthnRequest before anybody can be answered. Nothing of it is judged. */
export interface Envelope {
  readonly id: string
  readonly version: string
  readonly issuer: string
  readonly destination: string | undefined
  readonly consumerUrl: string | undefined
  readonly consumerIndex: string | undefined
}

export function readEnvelope(root: ReadElement): Envelope {
  if (root.namespace !== samlp || root.name !== 'AuthnRequest')
    throw new NotAnswerable('the message is no AuthnRequest')
  const attribute = (name: string) => root.attributes.get(name)
  const id = attribute('ID') ?? ''
  if (!/^[\p{L}_][\p{L}\p{M}\p{N}._-]*$/u.test(id)) throw new NotAnswerable('the request has no ID')
  const issuer = childOf(root, saml, 'Issuer')
  if (issuer === undefined || (issuer.attributes.get('Format') ?? entityFormat) !== entityFormat)
    throw new NotAnswerable('the request does not say which service provider it comes from')
  return {
    id,
    version: attribute('Version') ?? '',
    issuer: issuer.text,
    destination: attribute('Destination'),
    consumerUrl: attribute('AssertionConsumerServiceURL'),
    consumerIndex: attribute('AssertionConsumerServiceIndex'),
  }
}

/** What an AuthnRequest asks for. */
export interface Demands {
  readonly forceAuthn: boolean
  readonly isPassive: boolean
  readonly nameIdPolicy: NameIdPolicy
  readonly subject: RequestedSubject | undefined
  readonly context: RequestedContext | undefined
}

/** Throws a {@link SamlError} where the request is not what the schema lets it be. */
export function readDemands(root: ReadElement, isTrue: (value: string | undefined) => boolean): Demands {
  const attribute = (name: string) => root.attributes.get(name)
  if (Number.isNaN(Date.parse(attribute('IssueInstant') ?? ''))) throw invalid('IssueInstant is not a time')
  const consumerIsNamed = attribute('AssertionConsumerServiceURL') ?? attribute('ProtocolBinding')
  if (attribute('AssertionConsumerServiceIndex') !== undefined && consumerIsNamed !== undefined)
    throw invalid('AssertionConsumerServiceIndex excludes AssertionConsumerServiceURL and ProtocolBinding')
  const policy = childOf(root, samlp, 'NameIDPolicy')?.attributes
  return {
    forceAuthn: isTrue(attribute('ForceAuthn')),
    isPassive: isTrue(attribute('IsPassive')),
    nameIdPolicy: { format: policy?.get('Format'), spNameQualifier: policy?.get('SPNameQualifier') },
    subject: readSubject(root),
    context: readContext(root),
  }
}

function readSubject(root: ReadElement): RequestedSubject | undefined {
  const subject = childOf(root, saml, 'Subject')
  if (subject === undefined) return undefined
  if (childOf(subject, saml, 'SubjectConfirmation') !== undefined)
    throw invalid('the Subject of a request holds no SubjectConfirmation') // SAML Profiles §4.1.4.1
  const nameId = childOf(subject, saml, 'NameID')
  if (nameId === undefined || [...nameId.attributes.keys()].some((name) => name !== 'Format'))
    throw invalid('the Subject is named by something else than a NameID without qualifiers')
  return { value: nameId.text, format: nameId.attributes.get('Format') }
}

function readContext(root: ReadElement): RequestedContext | undefined {
  const requested = childOf(root, samlp, 'RequestedAuthnContext')
  if (requested === undefined) return undefined
  const comparison = requested.attributes.get('Comparison') ?? 'exact'
  if (comparison !== 'exact' && comparison !== 'minimum' && comparison !== 'maximum' && comparison !== 'better')
    throw invalid('Comparison is not one of exact, minimum, maximum and better')
  return { comparison, classes: childrenOf(requested, saml, 'AuthnContextClassRef').map(({ text }) => text) }
}

const invalid = (message: string) => new SamlError('Requester', undefined, message)
