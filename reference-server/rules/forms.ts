import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { type RawParams, readParams } from '../parameters.ts'
import { rule } from '../rule.ts'

/** The names and values of a form or query: a plus sign is a space, and the octets behind the escapes are UTF-8. */
export const formPairs = rule([rfc6749.formDecoded], (text: string): RawParams => readParams(text))
