import type { Dialect } from '../reference-server/dialect.ts'
import { rulebook, type Swap } from '../reference-server/rulebook.ts'

/** The rules of the right server, and which of them it has been asked for. */
export function watchedRules(): { readonly swap: Swap; readonly asked: ReadonlySet<string> } {
  const asked = new Set<string>()
  const watched = [...rulebook].map(([name, { apply }]) => [
    name,
    (...args: never[]) => {
      asked.add(name)
      return apply(...args)
    },
  ])
  return { swap: Object.fromEntries(watched) as Swap, asked }
}

/**
 * Whether those for whom the right server is asked for these rules only cannot tell a dialect from it: what it does
 * otherwise is done by rules that they never come to. A dialect that is more than rules is told from everywhere.
 */
export const isOutOfSight = (
  { swap = {}, config, transport, store, claims }: Omit<Dialect, 'id' | 'lawful'>,
  asked: ReadonlySet<string>,
): boolean =>
  [config, transport, store, claims].every((more) => more === undefined) &&
  !Object.keys(swap).some((name) => asked.has(name))
