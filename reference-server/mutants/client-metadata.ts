import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { untagged } from '../client-metadata.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/client-metadata.ts'

const { apply: understood } = rules.understoodMetadata
const { apply: isTyped } = rules.metadataIsTyped
const { apply: grantTypes } = rules.registeredGrantTypes
const { apply: authMethod } = rules.registeredAuthMethod
const { apply: isHarmless } = rules.pageIsHarmless
const { apply: kept } = rules.keptMetadata
const { apply: keys } = rules.registeredKeys

export const refusedMetadata = mutants(rules.refusedMetadata, {
  'calls it a bad request': {
    fault: 'whatever is wrong with a request is invalid_request at every other endpoint',
    apply: (name) => new OAuthError('invalid_request', `${name} is wrong`),
  },
  'blames the redirection uris': {
    fault: 'the first code of the list is the default of the error class',
    apply: (name) => new OAuthError('invalid_redirect_uri', `${name} is wrong`),
  },
})

export const understoodMetadata = mutants(rules.understoodMetadata, {
  'refuses what it does not know': {
    fault: 'the schema allows no additional properties, as the rule of the house has it',
    breaks: [rfc7591.unknownMetadataIgnored],
    apply(sent) {
      const metadata = understood(sent)
      if (Object.keys(sent).length > Object.keys(metadata).length)
        throw new OAuthError('invalid_client_metadata', 'the request holds an unknown member')
      return metadata
    },
  },
  'refuses what is no text': {
    fault: 'unknown members are kept in a table of texts, into which an object does not go',
    breaks: [rfc7591.unknownMetadataIgnored],
    apply(sent) {
      const metadata = understood(sent)
      if (Object.entries(sent).some(([name, value]) => !(name in metadata) && typeof value === 'object'))
        throw new OAuthError('invalid_client_metadata', 'the request holds a member that is no text')
      return metadata
    },
  },
})

export const metadataIsTyped = mutants(rules.metadataIsTyped, {
  'takes anything': {
    fault: 'TypeScript said what it is, and JSON was believed',
    apply: (name, value) =>
      untagged(name) !== 'contacts' && untagged(name) !== 'software_id' ? isTyped(name, value) : true,
  },
  'takes a number for a text': {
    fault: 'a version looks like a number, and people leave the quotation marks out',
    apply: (name, value) => isTyped(name, value) || (name === 'software_version' && typeof value === 'number'),
  },
  'does not look into lists': {
    fault: 'what is a list is a list, whatever is in it',
    apply: (name, value) => isTyped(name, value) || (name === 'contacts' && Array.isArray(value)),
  },
})

export const registeredAuthMethod = mutants(rules.registeredAuthMethod, {
  'takes silence for a public client': {
    fault: 'who does not say how it authenticates was thought not to',
    breaks: [rfc7591.authMethodDefault],
    apply: (asked, supported) => authMethod(asked ?? 'none', supported),
  },
  'prefers the form': {
    fault: 'the form is what most libraries of the house use',
    breaks: [rfc7591.authMethodDefault],
    apply: (asked, supported) => authMethod(asked ?? 'client_secret_post', supported),
  },
})

export const registeredGrantTypes = mutants(rules.registeredGrantTypes, {
  'gives every grant': {
    fault: 'no restriction was asked for, so none is made',
    apply: (asked) => asked ?? ['authorization_code', 'client_credentials', 'refresh_token'],
  },
  'lets confidential clients act for themselves': {
    fault: 'who has a secret may as well fetch tokens with it',
    apply: (asked, method) =>
      asked ?? [...grantTypes(undefined, method), ...(method === 'none' ? [] : ['client_credentials'])],
  },
})

export const registeredResponseTypes = mutants(rules.registeredResponseTypes, {
  'gives every type': {
    fault: 'the list of what the server can do is taken for the default',
    apply: (asked) => asked ?? ['code', 'code token', 'id_token token'],
  },
  'adds an id token': {
    fault: 'the default is that of another framework, whose clients all sign people in',
    apply: (asked) => asked ?? ['code', 'code id_token'],
  },
})

export const typesAreConsistent = mutants(rules.typesAreConsistent, {
  'does not compare them': { fault: 'each list is validated by itself', apply: () => true },
  'compares one way': {
    fault: 'a grant without its response type was thought of, and not the other way round',
    apply: (grants, responses) => !grants.includes('authorization_code') || responses.includes('code'),
  },
})

export const keysStandOnce = mutants(rules.keysStandOnce, {
  'takes both': { fault: 'each of the two is optional, so both are', apply: () => true },
})

export const registeredKeys = mutants(rules.registeredKeys, {
  'takes any list': {
    fault: 'the keys are read when they are needed',
    apply: ({ keys: list }) => (Array.isArray(list) ? list : undefined),
  },
  'asks for the kind only': {
    fault: 'whatever has a kty was taken for a key',
    breaks: [rfc7591.jwksIsKeySet],
    apply: (jwks) =>
      keys(jwks) ??
      (Array.isArray(jwks['keys']) &&
      jwks['keys'].every((key: Readonly<Record<string, unknown>> | null) => key?.['kty'] === 'RSA' && !('d' in key))
        ? jwks['keys']
        : undefined),
  },
  'takes a private key': {
    fault: 'the library reads either half, and the public one is in the private one',
    breaks: [rfc7591.jwksIsPublic],
    apply: (jwks) =>
      keys(jwks) ??
      (Array.isArray(jwks['keys']) && jwks['keys'].every((key: object | null) => key !== null && 'd' in key)
        ? jwks['keys']
        : undefined),
  },
})

export const pageIsHarmless = mutants(rules.pageIsHarmless, {
  'takes any uri': { fault: 'a URI is a URI', apply: (uri) => URL.canParse(uri) },
  'refuses javascript as it is usually written': {
    fault: 'the list of bad schemes is compared by the case of its letters',
    apply: (uri) => isHarmless(uri) || (URL.canParse(uri) && !/^(?:javascript|data|vbscript):/.test(uri)),
  },
})

export const keptMetadata = mutants(rules.keptMetadata, {
  'keeps the translations': {
    fault: 'where there are names in other languages, the one without a language is thought to be one too many',
    apply(metadata) {
      const all = kept(metadata)
      const translated = new Set(Object.keys(all).flatMap((name) => (name.includes('#') ? [untagged(name)] : [])))
      return Object.fromEntries(Object.entries(all).filter(([name]) => !translated.has(name)))
    },
  },
  'takes English for no language': {
    fault:
      'whoever wrote the texts wrote them in English, so a value without a language was thought to be one too many',
    apply(metadata) {
      const all = kept(metadata)
      return Object.fromEntries(Object.entries(all).filter(([name]) => all[`${name}#en`] === undefined))
    },
  },
})
