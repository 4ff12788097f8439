import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/saml-request.ts'
import { nameIdFormats } from '../saml/names.ts'
import { NotAnswerable, SamlError } from '../saml/saml-error.ts'

const { apply: rightProvider } = rules.serviceProviderIsKnown
const { apply: rightConsumer } = rules.consumerService
const { apply: rightVersion } = rules.requestVersion
const { apply: rightBoolean } = rules.samlBoolean
const { apply: rightFormat } = rules.nameIdFormat
const { apply: rightContext } = rules.authnContext
const { apply: rightSubject } = rules.principalIsTheSubject

export const serviceProviderIsKnown = mutants(rules.serviceProviderIsKnown, {
  'takes anybody for a service provider': {
    fault: 'who is not configured is taken as the request describes it',
    breaks: [samlProfiles.locationEstablished],
    apply: ({ issuer, consumerUrl, ...envelope }, providers) =>
      providers.find(({ entityId }) => entityId === issuer) ??
      (consumerUrl === undefined
        ? rightProvider({ ...envelope, issuer, consumerUrl }, providers)
        : { entityId: issuer, acsUrls: [consumerUrl] }),
  },
  'ignores case': {
    fault: 'the database collation ignores case',
    breaks: [samlCore.exactComparison],
    apply: (envelope, providers) =>
      providers.find(({ entityId }) => entityId.toLowerCase() === envelope.issuer.toLowerCase()) ??
      rightProvider(envelope, providers),
  },
  'trims white space': {
    fault: 'pretty-printed requests have line breaks around the issuer',
    breaks: [samlCore.exactComparison],
    apply: (envelope, providers) => rightProvider({ ...envelope, issuer: envelope.issuer.trim() }, providers),
  },
})

export const requestArrivedWhereItWasSent = mutants(rules.requestArrivedWhereItWasSent, {
  'does not look': { fault: 'a request that came is taken to be meant for here', apply() {} },
  'compares the path': {
    fault: 'behind a proxy the host is another one, so only the path was left',
    apply(destination, here) {
      if (
        destination !== undefined &&
        URL.canParse(destination) &&
        new URL(destination).pathname !== new URL(here).pathname
      )
        throw new NotAnswerable('the request was meant for another place')
    },
  },
  'compares the beginning': {
    fault: 'the endpoint was to be given more paths below it',
    apply(destination, here) {
      if (destination !== undefined && !destination.startsWith(here))
        throw new NotAnswerable('the request was meant for another place')
    },
  },
})

export const consumerService = mutants(rules.consumerService, {
  'sends to any URL': {
    fault: 'the URL of the request goes before that of the configuration',
    breaks: [samlCore.consumerChecked, samlProfiles.consumerVerified],
    apply: (request, provider, all) => request.consumerUrl ?? rightConsumer(request, provider, all),
  },
  'compares the beginning of the host': {
    fault: 'a place counts as known where it begins with a known origin, and nothing ends the host',
    breaks: [samlCore.consumerChecked, samlProfiles.consumerVerified],
    apply: (request, provider, all) =>
      provider.acsUrls.some((known) => request.consumerUrl?.startsWith(new URL(known).origin))
        ? (request.consumerUrl ?? '')
        : rightConsumer(request, provider, all),
  },
  'knows the places of all providers': {
    fault: 'all registered places lie in one list',
    breaks: [samlCore.consumerChecked, samlProfiles.consumerVerified],
    apply: (request, provider, all) =>
      all.flatMap(({ acsUrls }) => acsUrls).find((known) => known === request.consumerUrl) ??
      rightConsumer(request, provider, all),
  },
  'always takes the default': {
    fault: 'the URL of the request is compared and then forgotten',
    breaks: [samlCore.consumerHonoured],
    apply: (request, provider, all) => {
      rightConsumer(request, provider, all)
      return provider.acsUrls[0]
    },
  },
  'takes the last for the default': {
    fault: 'later lines of the configuration go before earlier ones',
    breaks: [samlCore.consumerDefault],
    apply: (request, provider, all) =>
      request.consumerUrl === undefined && request.consumerIndex === undefined
        ? (provider.acsUrls.at(-1) ?? provider.acsUrls[0])
        : rightConsumer(request, provider, all),
  },
  'counts through all providers': {
    fault: 'the index is that of a table in which all places stand',
    breaks: [samlCore.consumerIndex],
    apply: (request, provider, all) =>
      request.consumerIndex === undefined
        ? rightConsumer(request, provider, all)
        : (all.flatMap(({ acsUrls }) => acsUrls)[Number(request.consumerIndex)] ?? provider.acsUrls[0]),
  },
})

export const requestVersion = mutants(rules.requestVersion, {
  'does not look': {
    fault: 'the namespace tells the version, so the attribute is not read',
    breaks: [samlCore.majorVersion],
    apply() {},
  },
  'takes what is newer': {
    fault: 'newer versions are taken to be compatible',
    breaks: [samlCore.majorVersion],
    apply(version) {
      if (!(Number(version) >= 2)) rightVersion(version)
    },
  },
  'compares the first digit': {
    fault: 'minor versions were to be let through',
    breaks: [samlCore.majorVersion],
    apply(version) {
      if (!version.startsWith('2')) rightVersion(version)
    },
  },
  'blames the requester': {
    fault: 'every error in a request is the status Requester',
    breaks: [samlCore.versionMismatch],
    apply(version) {
      if (version !== '2.0') throw new SamlError('Requester', 'RequestVersionTooHigh', 'the version is not supported')
    },
  },
})

export const samlBoolean = mutants(rules.samlBoolean, {
  'knows true and not 1': {
    fault: 'the attribute is compared with the word',
    breaks: [samlCore.forceAuthn, samlCore.isPassive],
    apply: (value) => (value === '1' ? false : rightBoolean(value)),
  },
})

export const responseBinding = mutants(rules.responseBinding, {
  'tells the person instead': {
    fault: 'what the server cannot do is told on a page',
    apply(binding) {
      if (binding !== undefined && !binding.endsWith('HTTP-POST'))
        throw new NotAnswerable('the binding is not supported')
    },
  },
})

export const nameIdFormat = mutants(rules.nameIdFormat, {
  'gives what it has': {
    fault: 'a format that cannot be had is taken for a wish',
    breaks: [samlCore.nameIdPolicy, samlCore.encryptedNameId],
    apply: (policy, subject, provider) => {
      const known: readonly unknown[] = Object.values(nameIdFormats)
      return rightFormat(known.includes(policy.format) ? policy : { ...policy, format: undefined }, subject, provider)
    },
  },
  'labels it as asked': {
    fault: 'the format of the request is copied, whatever the name is',
    breaks: [samlCore.nameIdPolicy, samlCore.encryptedNameId],
    apply: (policy, subject, provider) => policy.format ?? rightFormat(policy, subject, provider),
  },
  'gives one format to all': {
    fault: 'the format is a setting of the identity provider',
    breaks: [samlCore.meetsTheRequest],
    apply: (policy, subject, provider) => {
      rightFormat(policy, subject, provider)
      return nameIdFormats.transient
    },
  },
})

export const authnContext = mutants(rules.authnContext, {
  'ignores what is asked for': {
    fault: 'there is only one way to sign in, so nobody looks at which was asked for',
    apply: () => rightContext(undefined),
  },
})

export const ssoMustAuthenticate = mutants(rules.ssoMustAuthenticate, {
  'is content with any session': {
    fault: 'ForceAuthn is read and not acted on',
    apply: (_, session) => session === undefined,
  },
  'is content with a young session': {
    fault: 'who signed in within the last minute was not to be bothered again',
    apply: ({ forceAuthn }, session) =>
      session === undefined || (forceAuthn && Date.now() / 1000 - session.authTime > 60),
  },
})

export const ssoNobodyIsAsked = mutants(rules.ssoNobodyIsAsked, {
  'asks all the same': {
    fault: 'IsPassive is read and not acted on',
    breaks: [samlCore.isPassive, samlCore.passiveGoesFirst],
    apply() {},
  },
  'lets ForceAuthn go first': {
    fault: 'who wants a new sign-in is taken to want the page as well',
    breaks: [samlCore.passiveGoesFirst],
    apply({ isPassive, forceAuthn }) {
      if (isPassive && !forceAuthn) throw new SamlError('Responder', 'NoPassive', 'nobody can be authenticated')
    },
  },
  'tells the person': {
    fault: 'an error is a page, as everywhere else',
    breaks: [samlCore.isPassive, samlProfiles.failureIsAnswered],
    apply({ isPassive }) {
      if (isPassive) throw new NotAnswerable('nobody is signed in')
    },
  },
  'calls the person unknown': {
    fault: 'nobody is signed in, so the principal is unknown',
    breaks: [samlCore.noPassiveStatus],
    apply({ isPassive }) {
      if (isPassive) throw new SamlError('Responder', 'UnknownPrincipal', 'nobody is signed in')
    },
  },
})

export const principalIsTheSubject = mutants(rules.principalIsTheSubject, {
  'does not look': { fault: 'who is signed in is taken to be who was asked for', apply() {} },
  'looks at persistent identifiers only': {
    fault: 'other names may change, so they are taken for a hint',
    apply(subject, called) {
      if (subject?.format === nameIdFormats.persistent) rightSubject(subject, called)
    },
  },
})
