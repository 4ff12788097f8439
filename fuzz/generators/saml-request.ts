import fc, { type Arbitrary } from 'fast-check'
import type { SignOn } from '../../harness/client/saml-client.ts'
import { applied, type Edit, edit, few } from './edit.ts'
import { nearMiss } from './near-miss.ts'
import { uriEdit } from './uri-edits.ts'

/** What an AuthnRequest is made of, beside what every right one has. */
export interface RequestPlan {
  /** Attributes in the place of right ones; `undefined` leaves one out. */
  readonly attributes: Readonly<Record<string, string | undefined>>
  readonly issuer: string
  /** Elements behind the issuer by their name, as they are written. */
  readonly elements: Readonly<Record<string, string>>
}

type PlanEdit = Edit<RequestPlan>

/** What is right for one service provider, and what edits are made of. */
export interface RightRequest {
  readonly entityId: string
  readonly destination: string
  readonly consumers: readonly [string, ...string[]]
  /** Places of other service providers of the same identity provider. */
  readonly consumersOfOthers: readonly string[]
}

export const rightPlan = ({ entityId, destination, consumers: [consumer] }: RightRequest): RequestPlan => ({
  attributes: { Version: '2.0', Destination: destination, AssertionConsumerServiceURL: consumer },
  issuer: entityId,
  elements: {},
})

/** The order is that of the schema. */
const order = ['Extensions', 'Subject', 'NameIDPolicy', 'Conditions', 'RequestedAuthnContext', 'Scoping']

export const signOnBy = ({ attributes, issuer, elements }: RequestPlan): SignOn => ({
  attributes,
  issuer,
  content: order.map((name) => elements[name] ?? '').join(''),
})

const attribute = (name: string, value: Arbitrary<string | undefined>): Arbitrary<PlanEdit> =>
  edit(`write ${name}`, value, ({ attributes, ...plan }, text) => ({
    ...plan,
    attributes: { ...attributes, [name]: text },
  }))

const attributeEdits = (name: string, edits: Arbitrary<readonly Edit[]>): Arbitrary<PlanEdit> =>
  edit(`change ${name}:`, edits, ({ attributes, ...plan }, more) => ({
    ...plan,
    attributes: { ...attributes, [name]: applied(more, attributes[name] ?? '') },
  }))

const element = (name: string, value: Arbitrary<string>): Arbitrary<PlanEdit> =>
  edit('add', value, ({ elements, ...plan }, text) => ({ ...plan, elements: { ...elements, [name]: text } }))

const values = (...texts: readonly (string | undefined)[]) => fc.constantFrom(...texts)

export const foreignConsumer = 'https://attacker.example/saml/acs'

const unknown = 'urn:assay:unknown'
const format = (name: string, version = '2.0') => `urn:oasis:names:tc:SAML:${version}:nameid-format:${name}`

const nameFormat = fc.constantFrom(
  ...['persistent', 'transient', 'encrypted', 'entity', 'kerberos'].map((name) => format(name)),
  ...['emailAddress', 'unspecified', 'X509SubjectName', 'WindowsDomainQualifiedName'].map((name) =>
    format(name, '1.1'),
  ),
  unknown,
  '',
)

const context = fc.constantFrom(
  ...['Password', 'PasswordProtectedTransport', 'X509', 'unspecified', 'PreviousSession'].map(
    (name) => `urn:oasis:names:tc:SAML:2.0:ac:classes:${name}`,
  ),
  unknown,
  `${unknown}:other`,
)

const truth = fc.constantFrom('true', '1')
const boolean = values('true', '1', 'false', '0')

const contexts = (comparison: string, classes: readonly string[]) =>
  `<samlp:RequestedAuthnContext${comparison}>${classes.map((one) => `<saml:AuthnContextClassRef>${one}</saml:AuthnContextClassRef>`).join('')}</samlp:RequestedAuthnContext>`

/** Someone whom no directory knows. */
export const stranger = 'assay-nobody@people.example'

/** What the schema lets a request ask for, reachable or not. */
const demands: readonly Arbitrary<PlanEdit>[] = [
  attribute('IsPassive', boolean),
  attribute('ForceAuthn', boolean),
  edit(
    'be passive and force by',
    fc.tuple(truth, truth),
    ({ attributes, ...plan }: RequestPlan, [IsPassive, ForceAuthn]) => ({
      ...plan,
      attributes: { ...attributes, IsPassive, ForceAuthn },
    }),
  ),
  attribute('ProtocolBinding', values('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', unknown)),
  attribute(
    'ProtocolBinding',
    fc.constantFrom(
      ...['HTTP-POST', 'HTTP-Redirect', 'HTTP-Artifact', 'PAOS'].map(
        (name) => `urn:oasis:names:tc:SAML:2.0:bindings:${name}`,
      ),
      unknown,
    ),
  ),
  attribute('ProtocolBinding', fc.constant(undefined)),
  attribute('ProviderName', values('x', '<b>', '"', 'é'.repeat(200))),
  attribute('Consent', values(unknown, 'urn:oasis:names:tc:SAML:2.0:consent:obtained')),
  element(
    'NameIDPolicy',
    fc
      .tuple(
        nameFormat,
        fc.constantFrom('', ' AllowCreate="true"', ' AllowCreate="false"', ' SPNameQualifier="urn:assay:other"'),
      )
      .map(([name, more]) => `<samlp:NameIDPolicy Format="${name}"${more}/>`),
  ),
  element(
    'NameIDPolicy',
    fc.constantFrom(unknown, format('encrypted')).map((name) => `<samlp:NameIDPolicy Format="${name}"/>`),
  ),
  element(
    'RequestedAuthnContext',
    fc.constantFrom('', ' Comparison="exact"').map((comparison) => contexts(comparison, [unknown])),
  ),
  element(
    'RequestedAuthnContext',
    fc
      .tuple(
        fc.constantFrom('', ...['exact', 'minimum', 'maximum', 'better'].map((one) => ` Comparison="${one}"`)),
        fc.array(context, { minLength: 1, maxLength: 3 }),
      )
      .map(([comparison, classes]) => contexts(comparison, classes)),
  ),
  element(
    'Subject',
    fc
      .tuple(
        fc.constantFrom(
          '',
          format('persistent'),
          format('transient'),
          format('emailAddress', '1.1'),
          format('unspecified', '1.1'),
        ),
        fc.constant(stranger),
      )
      .map(
        ([name, who]) =>
          `<saml:Subject><saml:NameID${name === '' ? '' : ` Format="${name}"`}>${who}</saml:NameID></saml:Subject>`,
      ),
  ),
]

const digits = fc.oneof(
  values(
    '0',
    '1',
    '2',
    '3',
    '65535',
    '65536',
    '-1',
    '00',
    '01',
    '+0',
    ' 0',
    '0x0',
    '1e0',
    'x',
    '',
    '99999999999999999999',
  ),
  fc.nat({ max: 9 }).map(String),
)

/** Where the answer is to go: a place of the service provider's own, of another one's, or what is made of its own. */
const places = ({ consumers, consumersOfOthers }: RightRequest): readonly Arbitrary<PlanEdit>[] => {
  const url = 'AssertionConsumerServiceURL'
  const byIndex = edit('ask by index for', digits, ({ attributes, ...plan }: RequestPlan, index) => ({
    ...plan,
    attributes: {
      ...attributes,
      [url]: undefined,
      ProtocolBinding: undefined,
      AssertionConsumerServiceIndex: index,
    },
  }))
  return [
    attribute(url, fc.constantFrom(...consumers)),
    attribute(url, values(undefined, '', foreignConsumer)),
    attribute(url, fc.constantFrom(foreignConsumer, ...consumersOfOthers)),
    attributeEdits(url, few(uriEdit)),
    attributeEdits(url, few(uriEdit)),
    byIndex,
    byIndex,
    attribute('AssertionConsumerServiceIndex', digits),
  ]
}

/** What somebody takes for the same service provider, and somebody else. */
const issuerSpellings: Readonly<Record<string, (issuer: string) => string>> = {
  'in capitals': (issuer) => issuer.toUpperCase(),
  'with spaces around it': (issuer) => ` ${issuer}\n`,
  'with a slash behind': (issuer) => `${issuer}/`,
  'of nobody': () => unknown,
}

const envelope: readonly Arbitrary<PlanEdit>[] = [
  attribute('Version', values('1.0', '1.1', '3.0', '20.0', '2.1')),
  attribute('Version', values('2', '02.0', ' 2.0', '2,0', '', 'two', '2.0.0', '-2.0', undefined)),
  attributeEdits('Destination', few(uriEdit)),
  attributeEdits(
    'Destination',
    edit(
      'append',
      fc.constantFrom('/elsewhere', 'x', '/../elsewhere', '@attacker.example/'),
      (uri: string, more) => `${uri}${more}`,
    ).map((one) => [one]),
  ),
  attribute('Destination', values(undefined, '', 'https://idp.example/saml/sso', foreignConsumer)),
  attribute(
    'IssueInstant',
    values('1970-01-01T00:00:00Z', '2999-01-01T00:00:00Z', '2015-06-30T23:59:60Z', '2024-01-01'),
  ),
  attribute('IssueInstant', values('now', '', '0', '2024-13-01T00:00:00Z', '2024-01-01T00:00:00+14:00', undefined)),
  edit('write Issuer', fc.constantFrom(...Object.keys(issuerSpellings)), (plan: RequestPlan, by) => ({
    ...plan,
    issuer: issuerSpellings[by]?.(plan.issuer) ?? plan.issuer,
  })),
  edit('change Issuer:', nearMiss, (plan: RequestPlan, edits) => ({ ...plan, issuer: applied(edits, plan.issuer) })),
]

/** Requests of which it is known whether they may be met. */
export const planEdits = (right: RightRequest): Arbitrary<readonly PlanEdit[]> =>
  few(
    fc.oneof(
      { weight: 3, arbitrary: fc.oneof(...demands) },
      { weight: 2, arbitrary: fc.oneof(...places(right)) },
      { weight: 2, arbitrary: fc.oneof(...envelope) },
    ),
  )

/** Characters of XML 1.0 that an attribute or a text may hold. */
const id = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][\w.-]{0,40}$/),
  values('_', 'é', '_'.repeat(300), '_\u00B7', '_\u0301'),
  values('1', '', ' _x', 'a b', 'a:b', '"', '<', '_\u{1F511}', undefined),
)

const oddities: readonly Arbitrary<PlanEdit>[] = [
  attribute('ID', id),
  attribute('IsPassive', values('TRUE', 'yes', '', ' true ', '2')),
  attribute('ForceAuthn', values('TRUE', 'no', '', ' 1', '-1')),
  attribute('AttributeConsumingServiceIndex', digits),
  attribute('Unknown', values('x', '')),
  element(
    'Extensions',
    values('<samlp:Extensions/>', '<samlp:Extensions><x xmlns="urn:x" a="&lt;"/></samlp:Extensions>').map(String),
  ),
  element(
    'Scoping',
    values(
      '<samlp:Scoping ProxyCount="0"/>',
      '<samlp:Scoping ProxyCount="-1"/>',
      `<samlp:Scoping><samlp:IDPList><samlp:IDPEntry ProviderID="${unknown}"/></samlp:IDPList></samlp:Scoping>`,
    ).map(String),
  ),
  element(
    'Subject',
    values(
      '<saml:Subject/>',
      '<saml:Subject><saml:NameID/></saml:Subject>',
      '<saml:Subject><saml:BaseID/></saml:Subject>',
      `<saml:Subject><saml:EncryptedID/></saml:Subject>`,
    ).map(String),
  ),
  element(
    'Conditions',
    values(
      '<saml:Conditions/>',
      '<saml:Conditions NotOnOrAfter="1970-01-01T00:00:00Z"/>',
      '<saml:Conditions><saml:OneTimeUse/></saml:Conditions>',
    ).map(String),
  ),
  element(
    'NameIDPolicy',
    values(
      '<samlp:NameIDPolicy/>',
      '<samlp:NameIDPolicy AllowCreate="perhaps"/>',
      '<samlp:NameIDPolicy/><samlp:NameIDPolicy/>',
    ).map(String),
  ),
  element(
    'RequestedAuthnContext',
    values(
      '<samlp:RequestedAuthnContext/>',
      '<samlp:RequestedAuthnContext Comparison="other"><saml:AuthnContextDeclRef>x</saml:AuthnContextDeclRef></samlp:RequestedAuthnContext>',
    ).map(String),
  ),
]

/** Requests that the schema does not know, of which nobody can say more than that they do no harm. */
export const oddPlanEdits = (right: RightRequest): Arbitrary<readonly PlanEdit[]> =>
  few(fc.oneof(...oddities, ...envelope, ...places(right), ...demands))
