import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/redirect.ts'

const { apply: right } = rules.responseLocation
const { apply: explanation } = rules.errorExplanation

const ofOctets = (text: string) =>
  text.replaceAll(
    /%C3%([89AB][0-9A-F])/g,
    (_, low: string) => `%${(Number.parseInt(low, 16) + 0x40).toString(16).toUpperCase()}`,
  )

export const responseLocation = mutants(rules.responseLocation, {
  'writes the state twice': {
    fault: 'the state is added by the framework, and by hand as it was before',
    breaks: [rfc6749.responseParamsNotRepeated],
    apply: (redirectUri, params) =>
      `${right(redirectUri, params)}${params['state'] === undefined ? '' : `&state=${encodeURIComponent(params['state'])}`}`,
  },
  'writes the error twice': {
    fault: 'the handler for errors adds what the response has already',
    breaks: [rfc6749.responseParamsNotRepeated],
    apply: (redirectUri, params) =>
      `${right(redirectUri, params)}${params['error'] === undefined ? '' : `&error=${params['error']}`}`,
  },
  'puts codes into the fragment': {
    fault: 'codes were to be kept out of the logs of web servers',
    breaks: [rfc6749.codeByQuery],
    apply: (redirectUri, params) =>
      'code' in params ? right(redirectUri, params).replace(/[?&](?=code=)/, '#') : right(redirectUri, params),
  },
  'adds codes to the path': {
    fault: 'matrix parameters are parameters as well',
    breaks: [rfc6749.codeByQuery],
    apply: (redirectUri, params) =>
      'code' in params ? right(redirectUri, params).replace(/[?&](?=code=)/, ';') : right(redirectUri, params),
  },
  'escapes the octets of Latin-1': {
    fault: 'the function that escapes is older than UTF-8',
    breaks: [rfc6749.formEncoded],
    apply: (redirectUri, params) => ofOctets(right(redirectUri, params)),
  },
  'encodes what is encoded': {
    fault: 'the response is encoded when it is put together, and its parameters were before',
    breaks: [rfc6749.formEncoded],
    apply: (redirectUri, params) => right(redirectUri, params).replaceAll(/%(?=[C-F][0-9A-F])/g, '%25'),
  },
})

export const authorizationError = mutants(rules.authorizationError, {
  'says the error in words': {
    fault: 'messages are translated, and the error is one of them',
    apply: () => 'requête non valide',
  },
  'quotes the error': {
    fault: 'every value of the response is written as JSON',
    apply: ({ code }) => JSON.stringify(code),
  },
})

export const errorExplanation = mutants(rules.errorExplanation, {
  'quotes in the description': {
    fault: 'a message stands out better between quotation marks',
    breaks: [rfc6749.authorizationDescriptionCharset],
    apply: (error) => ({ ...explanation(error), error_description: `the request was refused: "${error.message}"` }),
  },
  'describes it in another language': {
    fault: 'descriptions come in the language of the person, who was never meant to read them',
    breaks: [rfc6749.authorizationDescriptionCharset],
    apply: (error) => ({ ...explanation(error), error_description: 'la requête a été refusée' }),
  },
  'points to what it says': {
    fault: 'the documentation is searched for the message, which is put into the link as it is',
    breaks: [rfc6749.authorizationErrorUri],
    apply: (error) => ({ ...explanation(error), error_uri: `https://as.example/errors?q=${error.message}` }),
  },
  'points as letters do': {
    fault: 'links stand between angle brackets in the messages that people get',
    breaks: [rfc6749.authorizationErrorUri],
    apply: (error) => ({ ...explanation(error), error_uri: `<https://as.example/errors/${error.code}>` }),
  },
})
