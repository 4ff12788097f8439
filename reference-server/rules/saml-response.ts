import { createHmac, randomBytes } from 'node:crypto'
import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import type { Session, SsoRequest, User } from '../model.ts'
import { rule } from '../rule.ts'
import type { Answerable, AssertionFacts, StatusCodes } from '../saml/facts.ts'
import { bearerMethod, nameIdFormats, statusPrefix } from '../saml/names.ts'
import { SamlError } from '../saml/saml-error.ts'
import { element, type XmlElement } from '../saml/xml.ts'

/** 160 random bits behind a letter, for an xs:ID begins with no digit. */
export const samlId = rule(
  [samlCore.idsUnique, samlCore.idsRandom, samlCore.idSyntax],
  (_now: number): string => `_${randomBytes(20).toString('hex')}`,
)

export const samlTime = rule([samlCore.timesInUtc], (milliseconds: number): string =>
  new Date(milliseconds).toISOString(),
)

export const responseInResponseTo = rule([samlCore.inResponseTo], ({ id }: Answerable): string | undefined => id)

export const responseDestination = rule(
  [samlCore.responseDestination, samlBindings.signedDestination],
  ({ consumer }: Answerable, _entityId: string): string | undefined => consumer,
)

export const responseIssuer = rule(
  [samlProfiles.responseIssuer],
  (entityId: string, _request: Answerable): string => entityId,
)

export const statusCodes = rule(
  [samlCore.topLevelStatus, samlCore.invalidRequestStatus, samlCore.versionMismatch, samlCore.noPassiveStatus],
  ({ status, second }: SamlError): StatusCodes => [
    `${statusPrefix}${status}`,
    ...(second === undefined ? [] : [`${statusPrefix}${second}`]),
  ],
)

/** What goes into the response with an error status; `assertion` makes the one that there might have been. */
export const failureAssertions = rule(
  [samlProfiles.noAssertionInError],
  (_assertion: (() => XmlElement) | undefined): readonly XmlElement[] => [],
)

export const assertionIssuer = rule([samlProfiles.assertionIssuer], ({ entityId }: AssertionFacts): string => entityId)

/** Whom an assertion is about: whoever is signed in. */
export const assertedPerson = rule(
  [samlCore.subjectIsPresenter],
  ({ sub }: Session, _request: SsoRequest, users: readonly User[]): User | undefined =>
    users.find((user) => user.sub === sub),
)

/** Values that a person has for each service provider stay for as long as this process does, like its keys. */
const pairwiseKey = randomBytes(32)

/** What the person is called in a format. */
export const nameIdValue = rule(
  [
    samlCore.persistentOpaque,
    samlCore.persistentPairwise,
    samlCore.persistentStays,
    samlCore.persistentLength,
    samlCore.transientFresh,
    samlCore.emailAddress,
  ],
  (format: string, { sub, username, claims }: User, providerId: string): string => {
    switch (format) {
      case nameIdFormats.persistent:
        return createHmac('sha256', pairwiseKey)
          .update(JSON.stringify([sub, providerId]))
          .digest('hex')
      case nameIdFormats.emailAddress:
        if (typeof claims['email'] === 'string') return claims['email']
        throw new SamlError('Responder', 'InvalidNameIDPolicy', 'the person has no email address')
      case nameIdFormats.transient:
        return `_${randomBytes(20).toString('hex')}`
      default:
        return username
    }
  },
)

/** What is said of the format of a name identifier; nothing says that it is unspecified. */
export const nameIdLabel = rule([samlCore.meetsTheRequest], (format: string): string | undefined =>
  format === nameIdFormats.unspecified ? undefined : format,
)

export const subjectConfirmation = rule(
  [
    samlProfiles.bearer,
    samlProfiles.recipient,
    samlProfiles.deliveryWindow,
    samlProfiles.noNotBefore,
    samlProfiles.confirmationInResponseTo,
  ],
  ({ request, now, lifetime, time }: AssertionFacts): XmlElement =>
    element(
      'saml:SubjectConfirmation',
      { Method: bearerMethod },
      element('saml:SubjectConfirmationData', {
        InResponseTo: request.id,
        NotOnOrAfter: time(now + lifetime * 1000),
        Recipient: request.consumer,
      }),
    ),
)

export const conditionTimes = rule(
  [samlCore.notBeforeIsEarlier],
  ({ now, lifetime, time }: AssertionFacts): Readonly<Record<string, string>> => ({
    NotBefore: time(now),
    NotOnOrAfter: time(now + lifetime * 1000),
  }),
)

export const audiences = rule([samlProfiles.audience], ({ request }: AssertionFacts): readonly string[] => [
  request.provider.entityId,
])

/** What is stated of the person. The index of the session is the assertion's own ID, which tells nobody anything. */
export const statements = rule(
  [samlProfiles.authnStatement, samlCore.authnInstant, samlCore.sessionIndexTellsNothing],
  ({ request, session, id, time }: AssertionFacts): readonly XmlElement[] => [
    element(
      'saml:AuthnStatement',
      { AuthnInstant: time(session.authTime * 1000), SessionIndex: id },
      element('saml:AuthnContext', {}, element('saml:AuthnContextClassRef', {}, request.authnContext)),
    ),
  ],
)
