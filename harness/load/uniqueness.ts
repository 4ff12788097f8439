import { createHash } from 'node:crypto'
import type { UniqueKind } from '../../core/story.ts'

/** Knows which values were seen, whoever saw them. */
export interface Uniqueness {
  /** False where somebody else was given that value, or the same one was given again without an owner. */
  see(kind: UniqueKind, value: string, owner: string): boolean
  /** Whether there were more than it could keep, so that a repetition may have gone unseen. */
  readonly isFull: boolean
}

/** Some hundred octets each. */
const keepAtMost = 1_000_000

/** Of a hash, so that two of a million values have the same one in a case of 10^17, in octets. */
const hashLength = 12

export function uniqueness(most = keepAtMost): Uniqueness {
  const owners = new Map<string, string>()
  let isFull = false
  return {
    see: (kind, value, owner) => {
      const key = hashOf(`${kind} ${value}`)
      const known = owners.get(key)
      if (known !== undefined) return owner !== '' && known === hashOf(owner)
      if (owners.size < most) owners.set(key, owner === '' ? '' : hashOf(owner))
      else isFull = true
      return true
    },
    get isFull() {
      return isFull
    },
  }
}

/** Values are codes and tokens: what is kept is not to be of use to anybody. */
const hashOf = (text: string) => createHash('sha256').update(text).digest().toString('latin1', 0, hashLength)
