import { randomBytes } from 'node:crypto'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { mutants } from '../mutant.ts'
import { accessTokenLifetime as lifetime } from '../rules/access-token.ts'
import * as rules from '../rules/token-endpoint.ts'

const { apply: right } = rules.tokenResponseBody
const { apply: body } = rules.errorBody

export const newSecret = mutants(rules.newSecret, {
  'makes them of eighteen octets': {
    fault: 'eighteen octets are more than sixteen, and need no padding in base64',
    breaks: [rfc6749.tokensHardToGuess],
    apply: () => randomBytes(18).toString('base64url'),
  },
  'makes short references': {
    fault: 'tokens that are looked up are keys of a cache, and keys are kept short',
    breaks: [rfc6750.referencesUnguessable],
    config: { accessTokenFormat: 'opaque' },
    apply: () => randomBytes(8).toString('base64url'),
  },
  'counts references': {
    fault: 'the token is the primary key of its record, behind a prefix that says what it is',
    breaks: [rfc6750.referencesUnguessable],
    config: { accessTokenFormat: 'opaque' },
    apply: () => `access-token-of-the-server-${(issued += 1)}`,
  },
})

let issued = 1_000_000

export const accessTokenLifetime = mutants(lifetime, {
  'lives for a day': {
    fault: 'the lifetime of a session is that of its tokens',
    apply: () => 24 * 3600,
  },
  'lives longer than an hour': {
    fault: 'lifetimes are spread around an hour, so that not all tokens end at once',
    apply: () => 75 * 60,
  },
})

export const tokenResponseBody = mutants(rules.tokenResponseBody, {
  'writes scope as a list': {
    fault: 'scopes are a list everywhere in the code, and JSON has lists',
    breaks: [rfc6749.scopeSyntax],
    apply: (response) => ({ ...right(response), scope: response.scope?.split(' ') }),
  },
  'ends the scope with a space': {
    fault: 'each value is written with a space behind it',
    breaks: [rfc6749.scopeSyntax],
    apply: (response) => ({ ...right(response), ...(response.scope !== undefined && { scope: `${response.scope} ` }) }),
  },
  'writes a type of two words': {
    fault: 'the type is what the documentation calls such tokens',
    breaks: [rfc6749.tokenTypeSyntax],
    apply: (response) => ({ ...right(response), token_type: 'Bearer token' }),
  },
  'hints at the version of the type': {
    fault: 'tokens changed once, and clients were to tell the old ones from the new',
    breaks: [rfc6749.tokenTypeSyntax],
    apply: (response) => ({ ...right(response), token_type: 'bearer (v2)' }),
  },
  'names members as claims': {
    fault: 'claims of the token are copied into the response under the names that they have there',
    breaks: [rfc6749.paramNameSyntax],
    apply: (response) => ({ ...right(response), 'https://as.example/roles': ['reader'] }),
  },
  'names members in words': {
    fault: 'the response was meant for people first, and their words stayed',
    breaks: [rfc6749.paramNameSyntax],
    apply: (response) => ({ ...right(response), 'issued at': new Date().toISOString() }),
  },
  'gives the lifetime in parts of a second': {
    fault: 'milliseconds are divided by a thousand, and nobody rounds',
    breaks: [rfc6749.expirySyntax],
    apply: (response) => ({ ...right(response), expires_in: response.expires_in - 0.075 }),
  },
  'counts down from nothing': {
    fault: 'now and then were taken from one another the wrong way round',
    breaks: [rfc6749.expirySyntax],
    apply: (response) => ({ ...right(response), expires_in: -response.expires_in }),
  },
  'breaks tokens into lines': {
    fault: 'the encoder for base64 breaks its lines as mail has it',
    breaks: [rfc6749.tokenSyntax],
    apply: (response) => ({
      ...right(response),
      access_token: response.access_token.replaceAll(/.{76}/g, '$&\r\n'),
    }),
  },
  'puts a name into refresh tokens': {
    fault: 'a refresh token begins with the name of the client, for those who sort them by hand',
    breaks: [rfc6749.tokenSyntax],
    apply: (response) => ({
      ...right(response),
      ...(response.refresh_token !== undefined && { refresh_token: `café-${response.refresh_token}` }),
    }),
  },
})

/** The object with more members behind its own, as text: an object could not have one twice. */
const followedBy = (object: unknown, more: Readonly<Record<string, unknown>>) =>
  `${JSON.stringify(object).slice(0, -1)},${JSON.stringify(more).slice(1)}`

export const tokenResponseText = mutants(rules.tokenResponseText, {
  'writes the type twice': {
    fault: 'the type is written with the token, and again with what all responses have',
    apply: (response) => followedBy(response, { token_type: response['token_type'] }),
  },
  'adds what is there already': {
    fault: 'additional information is written behind the members, and the scope became part of it',
    apply: (response) => followedBy(response, { scope: response['scope'] ?? '' }),
  },
})

export const errorHeaders = mutants(rules.errorHeaders, {
  'sends errors as text': {
    fault: 'the framework answers with its default type where a handler throws',
    apply: () => ({ 'content-type': 'text/plain; charset=utf-8' }),
  },
  'sends errors as problems': {
    fault: 'all APIs of the house report problems by the type that was registered for them',
    apply: () => ({ 'content-type': 'application/problem+json' }),
  },
})

export const errorBody = mutants(rules.errorBody, {
  'says the error in words': {
    fault: 'messages are translated, and the error is one of them',
    breaks: [rfc6749.errorCharset],
    apply: (error) => ({ ...body(error), error: 'requête non valide' }),
  },
  'quotes the error': {
    fault: 'the error is written as JSON into a template that is JSON already',
    breaks: [rfc6749.errorCharset],
    apply: (error) => ({ ...body(error), error: JSON.stringify(error.code) }),
  },
  'points to what it says': {
    fault: 'the documentation is searched for the message, which is put into the link as it is',
    breaks: [rfc6749.errorUri],
    apply: (error) => ({ ...body(error), error_uri: `https://as.example/errors?q=${error.message}` }),
  },
  'points as letters do': {
    fault: 'links stand between angle brackets in the messages that people get',
    breaks: [rfc6749.errorUri],
    apply: (error) => ({ ...body(error), error_uri: `<https://as.example/errors/${error.code}>` }),
  },
})
