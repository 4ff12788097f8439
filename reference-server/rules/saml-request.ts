import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import type {
  NameIdPolicy,
  RequestedContext,
  RequestedSubject,
  ServiceProvider,
  Session,
  SsoRequest,
} from '../model.ts'
import { rule } from '../rule.ts'
import type { Envelope } from '../saml/authn-request.ts'
import { bindings, contextsByStrength, nameIdFormats } from '../saml/names.ts'
import { NotAnswerable, SamlError } from '../saml/saml-error.ts'

/** An unknown service provider gets no answer: there is no place that is known to be its own. */
export const serviceProviderIsKnown = rule(
  [samlProfiles.locationEstablished, samlCore.exactComparison],
  ({ issuer }: Envelope, providers: readonly ServiceProvider[]): ServiceProvider => {
    const provider = providers.find(({ entityId }) => entityId === issuer)
    if (provider === undefined) throw new NotAnswerable('the service provider is unknown here')
    return provider
  },
)

export const requestArrivedWhereItWasSent = rule(
  [samlCore.requestDestination],
  (destination: string | undefined, here: string) => {
    if (destination !== undefined && destination !== here)
      throw new NotAnswerable('the request was meant for another place')
  },
)

/** Where the response goes: only ever to one of the provider's own locations. An index that leads nowhere stands for the default. */
export const consumerService = rule(
  [
    samlCore.consumerChecked,
    samlProfiles.consumerVerified,
    samlCore.consumerHonoured,
    samlCore.consumerDefault,
    samlCore.consumerIndex,
  ],
  (
    { consumerUrl, consumerIndex }: Pick<Envelope, 'consumerUrl' | 'consumerIndex'>,
    { acsUrls }: ServiceProvider,
    _all: readonly ServiceProvider[],
  ): string => {
    if (consumerUrl === undefined) return acsUrls[Number(consumerIndex ?? 0)] ?? acsUrls[0]
    if (!acsUrls.includes(consumerUrl))
      throw new NotAnswerable('AssertionConsumerServiceURL does not belong to the service provider')
    return consumerUrl
  },
)

/**
 * Only 2.0 is spoken here. What claims to be older cannot be told so: no response may have a higher version than its
 * request (SAML Core §4.1.3.2).
 */
export const requestVersion = rule([samlCore.majorVersion, samlCore.versionMismatch], (version: string) => {
  if (version === '2.0') return
  const [, major] = /^(\d{1,4})\.\d{1,4}$/.exec(version) ?? []
  if (major === undefined || Number(major) < 2) throw new NotAnswerable('the version of the request is not supported')
  throw new SamlError('VersionMismatch', 'RequestVersionTooHigh', 'only requests of version 2.0 are understood')
})

/** xs:boolean knows two ways of saying yes. */
export const samlBoolean = rule(
  [samlCore.forceAuthn, samlCore.isPassive, samlCore.passiveGoesFirst],
  (value: string | undefined): boolean => {
    if (value === undefined || value === 'false' || value === '0') return false
    if (value === 'true' || value === '1') return true
    throw new SamlError('Requester', undefined, 'a boolean is neither true nor false')
  },
)

export const responseBinding = rule([samlProfiles.failureIsAnswered], (binding: string | undefined) => {
  if (binding !== undefined && binding !== bindings.post)
    throw new SamlError('Requester', 'UnsupportedBinding', 'responses are sent by HTTP-POST only')
})

const knownFormats: readonly string[] = Object.values(nameIdFormats)

/** The format that the assertion's name identifier will have. AllowCreate does not matter: no identifier is made for a request. */
export const nameIdFormat = rule(
  [samlCore.nameIdPolicy, samlCore.encryptedNameId, samlCore.meetsTheRequest],
  (policy: NameIdPolicy, subject: RequestedSubject | undefined, provider: ServiceProvider): string => {
    const { format, spNameQualifier } = policy
    const free = format === undefined || format === nameIdFormats.unspecified
    const wanted = free ? (subject === undefined ? nameIdFormats.transient : subject.format) : format
    if (
      !knownFormats.includes(wanted ?? nameIdFormats.unspecified) ||
      (spNameQualifier !== undefined && spNameQualifier !== provider.entityId)
    ) {
      throw new SamlError('Requester', 'InvalidNameIDPolicy', 'no such name identifier can be issued')
    }
    return wanted ?? nameIdFormats.unspecified
  },
)

/** People sign in by password; whether the request is content with that. */
export const authnContext = rule([samlCore.contextMatches], (requested: RequestedContext | undefined): string => {
  const [, own] = contextsByStrength
  if (requested === undefined || contextSatisfies(own, requested)) return own
  throw new SamlError('Responder', 'NoAuthnContext', 'people sign in here in another way than was asked for')
})

/** SAML Core §3.3.2.2.1. A class that this server cannot rank is neither weaker nor stronger than any other. */
function contextSatisfies(own: string, { comparison, classes }: RequestedContext): boolean {
  const rank = (one: string) => (contextsByStrength as readonly string[]).indexOf(one)
  const ranked = classes.map(rank).filter((one) => one >= 0)
  switch (comparison) {
    case 'exact':
      return classes.includes(own)
    case 'minimum':
      return ranked.some((one) => one <= rank(own))
    case 'maximum':
      return ranked.some((one) => one >= rank(own))
    case 'better':
      return ranked.length === classes.length && ranked.every((one) => one < rank(own))
  }
}

export const ssoMustAuthenticate = rule(
  [samlCore.forceAuthn],
  ({ forceAuthn }: SsoRequest, session: Session | undefined): boolean => session === undefined || forceAuthn,
)

export const ssoNobodyIsAsked = rule(
  [samlCore.isPassive, samlCore.passiveGoesFirst, samlProfiles.failureIsAnswered, samlCore.noPassiveStatus],
  ({ isPassive }: SsoRequest) => {
    if (isPassive) throw new SamlError('Responder', 'NoPassive', 'nobody can be authenticated without being asked')
  },
)

/** `called` says what the person is called in a format. */
export const principalIsTheSubject = rule(
  [samlProfiles.subjectIsPrincipal],
  (subject: RequestedSubject | undefined, called: (format: string) => string) => {
    if (subject === undefined) return
    const format = subject.format ?? nameIdFormats.unspecified
    if (!knownFormats.includes(format) || called(format) !== subject.value)
      throw new SamlError('Responder', 'UnknownPrincipal', 'the person is not the subject that was asked for')
  },
)
