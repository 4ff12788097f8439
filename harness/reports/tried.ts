import { groupBy } from './group-by.ts'
import type { Report } from './report.ts'

/** What the properties of one place have tried. */
export interface TriedPlace {
  readonly place: string
  readonly inputs: number
  readonly requests: number
  readonly answers: number
  /** How often each kind of input was among them, the most frequent first. */
  readonly kinds: readonly (readonly [kind: string, count: number])[]
}

/** What was tried, by the folder of the properties that did. */
export function triedByPlace({ outcomes }: Report): readonly TriedPlace[] {
  const tries = outcomes.flatMap(({ unit, tried }) =>
    tried === undefined ? [] : [{ ...tried, place: unit.id.slice(0, unit.id.lastIndexOf('/')) }],
  )
  return [...groupBy(tries, ({ place }) => place)].map(([place, group]) => {
    const kinds = new Map<string, number>()
    for (const { kinds: counts } of group)
      for (const [kind, count] of Object.entries(counts)) kinds.set(kind, (kinds.get(kind) ?? 0) + count)
    const sum = (count: (one: (typeof group)[number]) => number) => group.reduce((total, one) => total + count(one), 0)
    return {
      place,
      inputs: sum(({ inputs }) => inputs),
      requests: sum(({ requests }) => requests),
      answers: sum(({ answers }) => answers),
      kinds: [...kinds].toSorted(([, a], [, b]) => b - a),
    }
  })
}
