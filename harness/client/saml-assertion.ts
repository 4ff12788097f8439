import { saml } from './saml-request.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'

export const nameIdOf = (assertion: XmlElement): XmlElement | undefined =>
  childOf(childOf(assertion, saml, 'Subject'), saml, 'NameID')

/** The SubjectConfirmationData of each bearer confirmation; `undefined` where one has none. */
export const bearerDataOf = (assertion: XmlElement): readonly (XmlElement | undefined)[] =>
  childrenOf(childOf(assertion, saml, 'Subject'), saml, 'SubjectConfirmation')
    .filter(({ attributes }) => attributes.get('Method') === bearer)
    .map((confirmation) => childOf(confirmation, saml, 'SubjectConfirmationData'))

/** The audiences of each restriction: the assertion is for those who are in all of them. */
export const audiencesOf = (assertion: XmlElement): readonly (readonly string[])[] =>
  childrenOf(childOf(assertion, saml, 'Conditions'), saml, 'AudienceRestriction').map((restriction) =>
    childrenOf(restriction, saml, 'Audience').map(({ text }) => text),
  )

export const authnStatementsOf = (assertions: readonly XmlElement[]): readonly XmlElement[] =>
  assertions.flatMap((assertion) => childrenOf(assertion, saml, 'AuthnStatement'))

/** Milliseconds since the epoch; NaN where there is no time. */
export const instant = (element: XmlElement | undefined, name: string): number =>
  Date.parse(element?.attributes.get(name) ?? '')
