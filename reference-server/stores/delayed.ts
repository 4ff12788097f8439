import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from '../store.ts'

/** How long a store takes. */
export interface Delay {
  /** The longest way there, and the longest way back. */
  readonly upToMs: number
  /** From 0 up to 1. */
  readonly random: () => number
}

type Operation = (...args: unknown[]) => unknown

/** A store like this one, but over a network: what is asked of it arrives a while later, and so does its answer. */
export function delayed(store: Store, { upToMs, random }: Delay): Store {
  const underway = async () => await delay(random() * upToMs)
  const slow =
    (operation: Operation): Operation =>
    async (...args) => {
      await underway()
      const result = await operation.apply(store, args)
      await underway()
      return result
    }
  return new Proxy(store, {
    get(_, name) {
      const member: unknown = Reflect.get(store, name)
      return typeof member === 'function' && name !== 'entries' ? slow(member as Operation) : member
    },
  })
}
