import { mutants } from '../mutant.ts'
import * as rules from '../rules/forms.ts'

const { apply: pairs } = rules.formPairs

/** The octets of a text in UTF-8, each taken for the character of its number. */
const asLatin1 = (text: string) => Buffer.from(text).toString('latin1')

export const formPairs = mutants(rules.formPairs, {
  'leaves the plus sign alone': {
    fault: 'a decoder for URIs does not know that a plus sign in a form stands for a space',
    apply: (text) => pairs(text.replaceAll('+', '%2B')),
  },
  'reads octets as Latin-1': {
    fault: 'the container decodes parameters by its default, which is as old as the container',
    apply: (text) => pairs(text).map(([name, value]) => [asLatin1(name), asLatin1(value)]),
  },
})
