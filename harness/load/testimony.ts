import type { Invariant, Tidings, UniqueKind } from '../../core/story.ts'
import type { Target } from '../target/target.ts'
import { type OnJudged, type SampleVerdict, sampleVerifier, type Seen } from './samples.ts'
import { type Timeline, timeline } from './timeline.ts'
import { uniqueness } from './uniqueness.ts'

/** What all virtual users of a run have told, and what follows from it that none of them could know. */
export interface Testimony {
  hear(tidings: Tidings): void
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
}

export function testimony(target: Target, { onValue, onSample }: Observer = {}): Testimony {
  const verifier = sampleVerifier(target, onSample)
  const values = uniqueness()
  const counts = new Map<string, Seen>()
  const moments = timeline()
  return {
    timeline: moments,
    hear: (tidings) => {
      moments.add(tidings)
      for (const [kind, value, owner] of tidings.unique) {
        const { observed, broken } = counts.get(`${tidings.story} ${kind}`) ?? nothing
        const isNew = values.see(kind, value, owner)
        onValue?.(kind, isNew)
        counts.set(`${tidings.story} ${kind}`, { observed: observed + 1, broken: broken + (isNew ? 0 : 1) })
      }
      for (const sample of tidings.samples) verifier.take(tidings.story, sample)
    },
    judge: async () => {
      const samples = await verifier.judge()
      return {
        samples,
        isFull: values.isFull,
        of: (story, { by }) => {
          if (by === undefined) return undefined
          return 'unique' in by
            ? (counts.get(`${story} ${by.unique}`) ?? nothing)
            : samples.signatures(story, by.sampled)
        },
      }
    },
  }
}

const nothing: Seen = { observed: 0, broken: 0 }
