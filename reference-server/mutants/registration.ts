import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/registration.ts'

const { apply: acceptable } = rules.redirectUriIsAcceptable
const { apply: answer } = rules.registrationAnswer

export const redirectUrisArePresent = mutants(rules.redirectUrisArePresent, {
  'does without': { fault: 'redirect_uris is optional in the schema', apply() {} },
  'asks where there is no other grant': {
    fault: 'a client with several grants is thought to have another way',
    apply(grantTypes, redirectUris) {
      if (grantTypes.length === 1 && grantTypes[0] === 'authorization_code' && redirectUris.length === 0)
        throw new OAuthError('invalid_redirect_uri', 'redirect_uris is missing')
    },
  },
})

export const redirectUriHasNoFragment = mutants(rules.redirectUriHasNoFragment, {
  'takes a fragment': { fault: 'nobody looks for one', apply() {} },
  'takes an empty fragment': {
    fault: 'a URL parser reports an empty fragment like none',
    apply(uri) {
      if (URL.canParse(uri) && new URL(uri).hash !== '')
        throw new OAuthError('invalid_redirect_uri', 'a redirection URI must not have a fragment')
    },
  },
})

export const redirectUriIsAcceptable = mutants(rules.redirectUriIsAcceptable, {
  'takes any text': { fault: 'a redirection URI is a text, and so is this', apply() {} },
  'takes what a browser takes': {
    fault: 'the URL parser of the platform repairs what it is given and says that it can be parsed',
    apply(uri, applicationType) {
      if (!URL.canParse(uri) || new URL(uri).protocol !== 'https:') acceptable(uri, applicationType)
    },
  },
  'takes a path': {
    fault: 'a path is completed with the address of the client, as links on a page are',
    apply(uri, applicationType) {
      if (!uri.startsWith('/')) acceptable(uri, applicationType)
    },
  },
  'blames the metadata': {
    fault: 'the registration has one error for whatever a schema refuses',
    apply(uri, applicationType) {
      try {
        acceptable(uri, applicationType)
      } catch (cause) {
        throw new OAuthError('invalid_client_metadata', 'redirect_uris is wrong', { cause })
      }
    },
  },
})

export const registrationAnswer = mutants(rules.registrationAnswer, {
  'returns the credentials only': {
    fault: 'the client knows what it sent',
    breaks: [rfc7591.registeredMetadataReturned, rfc7591.redirectUrisRequired],
    apply(client, managementUri) {
      const { redirect_uris: _uris, token_endpoint_auth_method: _method, ...rest } = answer(client, managementUri)
      return rest
    },
  },
  'keeps one redirection uri': {
    fault: 'the table has one column for it, and the first is kept',
    breaks: [rfc7591.registeredMetadataReturned, rfc7591.redirectUrisRequired],
    apply: (client, managementUri) => ({
      ...answer(client, managementUri),
      redirect_uris: client.redirectUris.slice(0, 1),
    }),
  },
  'does not say when the secret expires': {
    fault: 'it never does, so there seemed to be nothing to say',
    breaks: [rfc7591.secretExpiryTold],
    apply(client, managementUri) {
      const { client_secret_expires_at: _left, ...rest } = answer(client, managementUri)
      return rest
    },
  },
  'writes the expiry as a date': {
    fault: 'dates are written as ISO 8601 everywhere else',
    breaks: [rfc7591.secretExpiryTold],
    apply: (client, managementUri) => ({
      ...answer(client, managementUri),
      client_secret_expires_at: '9999-12-31T23:59:59Z',
    }),
  },
})

export const registrationStatus = mutants(rules.registrationStatus, {
  'answers 200': { fault: 'the handler returns a body and the framework does the rest', apply: () => 200 },
})

export const registrationErrorStatus = mutants(rules.registrationErrorStatus, {
  'answers 200': { fault: 'the error is in the body, and the transport went well', apply: () => 200 },
  'answers 422': { fault: 'what is understood and refused is unprocessable elsewhere', apply: () => 422 },
})
