import { setImmediate } from 'node:timers/promises'
import type { ClaimTold, Invariant, Tidings, UniqueKind } from '../../core/story.ts'
import type { TokenKind } from '../../core/told.ts'
import type { Target } from '../target/target.ts'
import { type OnJudged, type SampleVerdict, sampleVerifier, type Seen } from './samples.ts'
import { type Timeline, timeline } from './timeline.ts'
import { claimsReader } from './told-claims.ts'
import { uniqueness } from './uniqueness.ts'

/** What all virtual users of a run have told, and what follows from it that none of them could know. */
export interface Testimony {
  /** Ends once all of it is read. */
  hear(tidings: Tidings): Promise<void>
  readonly timeline: Timeline
  /** What is known so far of what came twice and what was verified. */
  judge(): Promise<Judged>
}

export interface Judged {
  /** How often an invariant of a story was looked at here, and how often it was broken. */
  of(story: string, invariant: Invariant): Seen | undefined
  readonly samples: SampleVerdict
  /** More values came than can be told apart: some may have come twice unseen. */
  readonly isFull: boolean
}

/** Who wants to know of each thing that is judged. */
export interface Observer {
  readonly onValue?: (kind: UniqueKind, isNew: boolean) => void
  readonly onSample?: OnJudged
  readonly onClaim?: (kind: TokenKind, claim: ClaimTold, held: boolean) => void
}

export function testimony(target: Target, { onValue, onSample, onClaim }: Observer = {}): Testimony {
  const verifier = sampleVerifier(target, onSample)
  const values = uniqueness()
  const counts = new Map<string, Seen>()
  const moments = timeline()
  const claimsSeen = claimsReader(target)
  const names = new Map<string, string>()
  const hearing = new Set<Promise<void>>()
  const read = async (tidings: Tidings) => {
    moments.add(tidings)
    const { story, toRead = [] } = tidings
    const count = (what: string, held: boolean) => {
      const { observed, broken } = counts.get(`${story} ${what}`) ?? nothing
      counts.set(`${story} ${what}`, { observed: observed + 1, broken: broken + (held ? 0 : 1) })
    }
    const see = ([kind, value, owner]: Tidings['unique'][number]) => {
      const isNew = values.see(kind, value, owner)
      onValue?.(kind, isNew)
      count(kind, isNew)
    }
    tidings.unique.forEach(see)
    for (const [at, told] of toRead.entries()) {
      if (at % readAtOnce === readAtOnce - 1) await setImmediate()
      const { held, unique, kept, sample } = claimsSeen(told)
      unique.forEach(see)
      if (sample !== undefined) verifier.take(story, sample)
      const judge = (claim: ClaimTold, isRight: boolean) => {
        onClaim?.(told.kind, claim, isRight)
        count(`${told.kind} ${claim}`, isRight)
      }
      for (const [claim, isRight] of held) judge(claim, isRight)
      if (kept === undefined) continue
      const [claim, of, value] = kept
      const known = names.get(of)
      if (known !== undefined) judge(claim, known === value)
      else if (names.size < namesAtMost) names.set(of, value)
    }
    for (const sample of tidings.samples) verifier.take(story, sample)
  }
  return {
    timeline: moments,
    hear: async (tidings) => {
      const done = read(tidings)
      hearing.add(done)
      await done.finally(() => hearing.delete(done))
    },
    judge: async () => {
      await Promise.allSettled(hearing)
      const samples = await verifier.judge()
      return {
        samples,
        isFull: values.isFull,
        of: (story, { by }) => {
          if (by === undefined) return undefined
          if ('sampled' in by) return samples.signatures(story, by.sampled)
          return counts.get(`${story} ${'unique' in by ? by.unique : `${by.of} ${by.claim}`}`) ?? nothing
        },
      }
    },
  }
}

/** So many are read before others have their turn: whoever asks something meanwhile would wait for all of a thousand. */
const readAtOnce = 8

/** As many people as are told apart by what they are called. */
const namesAtMost = 100_000

const nothing: Seen = { observed: 0, broken: 0 }
