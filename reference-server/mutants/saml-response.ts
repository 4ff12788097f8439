import { createHash, createHmac, randomBytes } from 'node:crypto'
import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import type { ServiceProvider, User } from '../model.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/saml-response.ts'
import { nameIdFormats, statusPrefix } from '../saml/names.ts'
import type { XmlElement } from '../saml/xml.ts'

const { apply: rightCodes } = rules.statusCodes
const { apply: rightPerson } = rules.assertedPerson
const { apply: rightName } = rules.nameIdValue
const { apply: rightConfirmation } = rules.subjectConfirmation
const { apply: rightTimes } = rules.conditionTimes
const { apply: rightStatements } = rules.statements

export const samlId = mutants(rules.samlId, {
  'draws 64 bits': {
    fault: 'the identifier is a number of the database',
    breaks: [samlCore.idsRandom],
    apply: () => `_${randomBytes(8).toString('hex')}`,
  },
  'begins with a digit': {
    fault: 'random octets are written in hexadecimal digits and used as they are',
    breaks: [samlCore.idSyntax],
    apply: () => `0${randomBytes(20).toString('hex')}`,
  },
  'is the time': {
    fault: 'the time was thought to be precise enough',
    breaks: [samlCore.idsUnique],
    apply: (now) => `_${Math.floor(now / 1000)}`,
  },
})

export const samlTime = mutants(rules.samlTime, {
  'writes local time': {
    fault: 'the library writes times with the offset of the machine',
    apply: (milliseconds) => new Date(milliseconds + 2 * 3600 * 1000).toISOString().replace('Z', '+02:00'),
  },
})

export const responseInResponseTo = mutants(rules.responseInResponseTo, {
  'leaves it out': { fault: 'the attribute is optional in the schema', apply: () => undefined },
  'cuts it off': { fault: 'the column is 32 characters wide', apply: ({ id }) => id.slice(0, 32) },
})

export const responseDestination = mutants(rules.responseDestination, {
  'names itself': { fault: 'the destination of the request is copied', apply: (_, entityId) => entityId },
  'leaves it out': {
    fault: 'the attribute is optional in the schema',
    breaks: [samlBindings.signedDestination],
    apply: () => undefined,
  },
})

export const responseIssuer = mutants(rules.responseIssuer, {
  'names where the response goes': {
    fault: 'the issuer of the request is copied into the response',
    apply: (_, { consumer }) => consumer,
  },
})

export const assertionIssuer = mutants(rules.assertionIssuer, {
  'is called as in OpenID Connect': {
    fault: 'the server has one issuer for everything it issues',
    apply: ({ entityId }) => entityId.replace(/\/saml\/metadata$/, ''),
  },
})

export const statusCodes = mutants(rules.statusCodes, {
  'puts the reason on top': {
    fault: 'the code that says more is taken for the status',
    breaks: [samlCore.topLevelStatus],
    apply: (error) => [`${statusPrefix}${error.second ?? error.status}`],
  },
  'takes all failures upon itself': {
    fault: 'every exception becomes the same status',
    breaks: [samlCore.invalidRequestStatus, samlCore.versionMismatch],
    apply: (error) => [`${statusPrefix}Responder`, ...rightCodes(error).slice(1)],
  },
})

export const failureAssertions = mutants(rules.failureAssertions, {
  'sends the assertion along': {
    fault: 'the response is built first and its status set afterwards',
    apply: (assertion) => (assertion === undefined ? [] : [assertion()]),
  },
})

/** The person who was looked up for a service provider, and when, in milliseconds since the epoch. */
const lookedUp = new WeakMap<ServiceProvider, { readonly person: User | undefined; readonly at: number }>()

/** Looks a person up, unless one was for this service provider and not longer ago than that, in milliseconds. */
const remembering =
  (milliseconds: number) =>
  (...facts: Parameters<typeof rightPerson>): User | undefined => {
    const { provider } = facts[1]
    const known = lookedUp.get(provider)
    if (known !== undefined && Date.now() - known.at < milliseconds) return known.person
    const person = rightPerson(...facts)
    lookedUp.set(provider, { person, at: Date.now() })
    return person
  }

export const assertedPerson = mutants(rules.assertedPerson, {
  'remembers one for each service provider': {
    fault: 'the cache of assertions has the service provider for its key, and not who signed in',
    apply: remembering(Infinity),
  },
  'remembers one for a moment': {
    fault: 'two requests of a page that loads twice were to cost one look-up, and people are not told apart',
    apply: remembering(100),
  },
})

const secret = randomBytes(32)
const pseudonym = (...of: readonly string[]) => createHmac('sha256', secret).update(JSON.stringify(of)).digest('hex')

/** One format is named in another way, the others stay right. */
const naming =
  (of: string, name: (...facts: Parameters<typeof rightName>) => string) =>
  (...facts: Parameters<typeof rightName>): string =>
    facts[0] === of ? name(...facts) : rightName(...facts)

export const nameIdValue = mutants(rules.nameIdValue, {
  'names the user': {
    fault: 'the user name stays as it is, so it is persistent',
    breaks: [samlCore.persistentOpaque, samlCore.persistentPairwise],
    apply: naming(nameIdFormats.persistent, (_, { username }) => username),
  },
  'hashes the email address': {
    fault: 'a hash cannot be undone, so it is taken for opaque',
    breaks: [samlCore.persistentOpaque, samlCore.persistentPairwise],
    apply: naming(nameIdFormats.persistent, (_, { claims }) =>
      createHash('sha256').update(String(claims['email'])).digest('hex'),
    ),
  },
  'is the same for everybody': {
    fault: 'a pseudonym is drawn when the account is opened',
    breaks: [samlCore.persistentPairwise],
    apply: naming(nameIdFormats.persistent, (_, { sub }) => pseudonym(sub)),
  },
  'draws a new one each time': {
    fault: 'what was drawn is not stored',
    breaks: [samlCore.persistentStays],
    apply: naming(nameIdFormats.persistent, () => randomBytes(20).toString('hex')),
  },
  'writes more than fits': {
    fault: 'the pseudonym is what the encryption of account and provider comes to',
    breaks: [samlCore.persistentLength],
    apply: naming(nameIdFormats.persistent, (_, { sub }, provider) => pseudonym(sub, provider).repeat(5)),
  },
  'is transient for good': {
    fault: 'the same table serves both formats',
    breaks: [samlCore.transientFresh],
    apply: naming(nameIdFormats.transient, (_, { sub }, provider) => `_${pseudonym(sub, provider)}`),
  },
  'writes the address as in a letter': {
    fault: 'the value is made by the library that sends letters',
    breaks: [samlCore.emailAddress],
    apply: naming(
      nameIdFormats.emailAddress,
      (_, { claims }) => `${String(claims['name'])} <${String(claims['email'])}>`,
    ),
  },
  'writes the address as a link': {
    fault: 'values of this kind are taken to be URIs',
    breaks: [samlCore.emailAddress],
    apply: naming(nameIdFormats.emailAddress, (_, { claims }) => `mailto:${String(claims['email'])}`),
  },
})

export const nameIdLabel = mutants(rules.nameIdLabel, {
  'says nothing of the format': { fault: 'the attribute is optional in the schema', apply: () => undefined },
})

/** The confirmation with other attributes of its data; what is `undefined` is left out. */
const confirming =
  (change: (...facts: Parameters<typeof rightConfirmation>) => Readonly<Record<string, string | undefined>>) =>
  (...facts: Parameters<typeof rightConfirmation>): XmlElement => {
    const confirmation = rightConfirmation(...facts)
    return {
      ...confirmation,
      children: confirmation.children.map((data) =>
        typeof data === 'string' ? data : { ...data, attributes: defined({ ...data.attributes, ...change(...facts) }) },
      ),
    }
  }

const defined = (attributes: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(attributes).filter((pair): pair is [string, string] => pair[1] !== undefined))

export const subjectConfirmation = mutants(rules.subjectConfirmation, {
  'confirms by somebody else': {
    fault: 'the method is that of the example in the documentation',
    breaks: [samlProfiles.bearer],
    apply: (...facts) => ({
      ...rightConfirmation(...facts),
      attributes: { Method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' },
    }),
  },
  'names the provider as recipient': {
    fault: 'the recipient is taken for the one who receives, not for where',
    breaks: [samlProfiles.recipient],
    apply: confirming(({ request }) => ({ Recipient: request.provider.entityId })),
  },
  'sets no end': {
    fault: 'the conditions of the assertion are taken to be enough',
    breaks: [samlProfiles.deliveryWindow],
    apply: confirming(() => ({ NotOnOrAfter: undefined })),
  },
  'counts from the sign-in': {
    fault: 'the lifetime is that of the session and begins with it',
    breaks: [samlProfiles.deliveryWindow],
    apply: confirming(({ session, lifetime, time }) => ({ NotOnOrAfter: time((session.authTime + lifetime) * 1000) })),
  },
  'sets a beginning': {
    fault: 'the times of the conditions are copied, both of them',
    breaks: [samlProfiles.noNotBefore],
    apply: confirming(({ now, time }) => ({ NotBefore: time(now) })),
  },
  'forgets the request': {
    fault: 'InResponseTo stands in the response, so it was not written twice',
    breaks: [samlProfiles.confirmationInResponseTo],
    apply: confirming(() => ({ InResponseTo: undefined })),
  },
})

export const conditionTimes = mutants(rules.conditionTimes, {
  'turns them around': {
    fault: 'two arguments of the same type were given in the wrong order',
    apply: (facts) => {
      const { NotBefore = '', NotOnOrAfter = '' } = rightTimes(facts)
      return { NotBefore: NotOnOrAfter, NotOnOrAfter: NotBefore }
    },
  },
})

export const audiences = mutants(rules.audiences, {
  'names the place': {
    fault: 'the audience is taken for where the assertion goes',
    apply: ({ request }) => [request.consumer],
  },
  'names one audience for all': {
    fault: 'the audience is a setting, and there was only one service provider then',
    apply: () => ['https://sp.example/saml'],
  },
})

/** The statement with other attributes. */
const stating =
  (change: (...facts: Parameters<typeof rightStatements>) => Readonly<Record<string, string>>) =>
  (...facts: Parameters<typeof rightStatements>): readonly XmlElement[] =>
    rightStatements(...facts).map((statement) => ({
      ...statement,
      attributes: { ...statement.attributes, ...change(...facts) },
    }))

export const statements = mutants(rules.statements, {
  'states nothing': {
    fault: 'the subject is taken to be statement enough',
    breaks: [samlProfiles.authnStatement],
    apply: () => [],
  },
  'says that it was just now': {
    fault: 'the time of the assertion is taken for that of the sign-in',
    breaks: [samlCore.authnInstant],
    apply: stating(({ now, time }) => ({ AuthnInstant: time(now) })),
  },
  'counts seconds as milliseconds': {
    fault: 'the session has its time in another unit',
    breaks: [samlCore.authnInstant],
    apply: stating(({ session, time }) => ({ AuthnInstant: time(session.authTime) })),
  },
  'gives away the session': {
    fault: 'the session has an identifier already',
    breaks: [samlCore.sessionIndexTellsNothing],
    apply: stating(({ session }) => ({ SessionIndex: session.id })),
  },
})
