import { rfc8414 } from '../../core/spec/rfc8414.ts'
import type { ClientMetadata } from '../model.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/client-metadata.ts'

const { apply: understood } = rules.understoodMetadata

const renamed = (sent: ClientMetadata, spell: (name: string) => string) =>
  understood(Object.fromEntries(Object.entries(sent).map(([name, value]) => [spell(name), value])))

export const understoodMetadata = mutants(rules.understoodMetadata, {
  'reads names in any case': {
    fault: 'the library that reads JSON into objects is kind to those who write their names in another style',
    breaks: [rfc8414.stringComparison],
    apply: (sent) => renamed(sent, (name) => name.toLowerCase()),
  },
  'normalizes what it reads': {
    fault: 'all text that comes in is normalized at the door, so that names of people compare as they should',
    breaks: [rfc8414.stringComparison],
    apply: (sent) => renamed(sent, (name) => name.normalize('NFKC')),
  },
})
