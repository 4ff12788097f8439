import type { Unit } from '../core/unit.ts'
import { isNonEmpty, type NonEmpty } from '../core/verdict.ts'
import { checks } from '../conformance/checks.ts'
import { properties } from '../fuzz/properties.ts'
import { HarnessError } from '../harness/error.ts'
import { nearest } from '../harness/target/nearest.ts'
import { invariantUnits } from './invariants.ts'

export { checks, properties }

/** Everything that can prove a requirement. */
export const allUnits: readonly Unit[] = [...checks, ...properties, ...invariantUnits]

/** What `--only` means, in the words of its help. */
export const selectionHelp =
  'only the units with this id, in this folder (oauth2/pkce), or that prove this requirement or document (rfc7636)'

/**
 * Those of the units that any of the patterns names: an id, a folder of ids, a requirement or a document. Throws `USAGE`
 * where a pattern names none.
 */
export function select<U extends Unit>(units: readonly U[], patterns: readonly string[]): NonEmpty<U> {
  const chosen = patterns.length === 0 ? units : units.filter((unit) => patterns.some((one) => isNamed(unit, one)))
  for (const pattern of patterns) if (!units.some((unit) => isNamed(unit, pattern))) throw unknown(pattern, units)
  if (isNonEmpty(chosen)) return chosen
  throw new HarnessError('USAGE', 'there is nothing to run', { hint: 'name other units with --only' })
}

const isNamed = (unit: Unit, pattern: string) =>
  isWithin(unit.id, pattern) || unit.proves.some(({ id }) => isWithin(id, pattern))

const isWithin = (id: string, pattern: string) => id === pattern || id.startsWith(`${pattern.replace(/\/$/, '')}/`)

function unknown(pattern: string, units: readonly Unit[]): HarnessError {
  const names = units.flatMap(({ id, proves }) => [id, ...proves.map((one) => one.id)])
  const places = names.flatMap((name) => name.split('/').map((_, at, parts) => parts.slice(0, at + 1).join('/')))
  const meant = nearest(pattern, [...new Set(places)])
  return new HarnessError('USAGE', `no unit here has the id ${pattern}, lies in it or proves it`, {
    hint:
      meant === undefined
        ? '`assay requirements` lists the requirements, `assay check --list` the checks'
        : `did you mean ${meant}?`,
  })
}
