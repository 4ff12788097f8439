import { rfc7523 } from '../../core/spec/rfc7523.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/client-authentication.ts'

const { apply: right } = rules.receivedAssertion

export const receivedAssertion = mutants(rules.receivedAssertion, {
  'asks for no type': {
    fault: 'the server takes one type of assertion, so nobody looks which it is said to be',
    breaks: [rfc7523.assertionTypeNamed],
    apply: (_type, value) => right(rules.assertionType, value),
  },
  'lets the type be missing': {
    fault: 'where only one type is known, a client that names none was thought to mean that one',
    breaks: [rfc7523.assertionTypeNamed],
    apply: (type, value) => right(type ?? rules.assertionType, value),
  },
  'takes the name of the grant': {
    fault: 'the grant and the type of assertion end alike, and the end is what is compared',
    breaks: [rfc7523.assertionTypeNamed],
    apply: (type, value) => right(type?.endsWith(':jwt-bearer') ? rules.assertionType : type, value),
  },
  'takes the first of several': {
    fault: 'a value is a list for the framework, and the first of a list is taken',
    breaks: [rfc7523.singleAssertion],
    apply: (type, value) => right(type, value.split(/[\s,]+/)[0] ?? ''),
  },
  'reads as far as a JWT goes': {
    fault: 'the regular expression that finds the three parts has no end',
    breaks: [rfc7523.singleAssertion],
    apply: (type, value) => right(type, /^[\w-]+\.[\w-]+\.[\w-]+/.exec(value)?.[0] ?? value),
  },
})
