import { z } from 'zod'
import { type Judgement, type Share, type Story } from '../../core/story.ts'
import type { Target } from '../target/target.ts'
import type { Moment } from './result.ts'
import { claimTold, tokenKind, uniqueKind } from './companion.ts'
import { shareShape } from './summary.ts'
import type { Judged } from './testimony.ts'

/** What a companion of runners elsewhere says at its end, for whoever makes one result of what all of them said. */
export interface CompanionDocument {
  readonly issuer: string
  readonly capabilities: readonly string[]
  readonly claims: readonly string[]
  /** How many processes it waited for, which of them came, and which said that they had ended. */
  readonly expected: number
  readonly arrived: readonly Share[]
  readonly ended: readonly Share[]
  /** What no process could judge by itself. */
  readonly judged: readonly {
    readonly story: string
    readonly by: Judgement
    readonly observed: number
    readonly broken: number
  }[]
  readonly samples: { readonly verified: number; readonly rejected: number; readonly problems: readonly string[] }
  readonly isFull: boolean
  readonly timeline: readonly Moment[]
}

/** What stands before it on its line. */
export const documentMark = 'assay-companion '

const count = z.int().nonnegative()
const text = z.string()

const documentShape = z.object({
  issuer: text,
  capabilities: z.array(text),
  claims: z.array(text),
  expected: count,
  arrived: z.array(shareShape),
  ended: z.array(shareShape),
  judged: z.array(
    z.object({
      story: text,
      by: z.union([
        z.strictObject({ unique: uniqueKind }),
        z.strictObject({ sampled: tokenKind }),
        z.strictObject({ claim: claimTold, of: tokenKind }),
      ]),
      observed: count,
      broken: count,
    }),
  ),
  samples: z.object({ verified: count, rejected: count, problems: z.array(text) }),
  isFull: z.boolean(),
  timeline: z.array(
    z.object({ at: z.number(), rate: z.number(), failures: count, latency: z.record(text, z.number()) }),
  ),
})

/** The document of such a line; nothing where it is none. */
export function documentIn(line: string): CompanionDocument | undefined {
  try {
    return documentShape.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

interface Heard {
  readonly expected: number
  readonly arrived: readonly Share[]
  readonly ended: readonly Share[]
  readonly judged: Judged
  readonly timeline: readonly Moment[]
}

export function documentOf(
  { issuer, capabilities, claims }: Pick<Target, 'issuer' | 'capabilities' | 'claims'>,
  stories: Readonly<Record<string, Story>>,
  { judged, ...heard }: Heard,
): CompanionDocument {
  const { verified, rejected, problems } = judged.samples
  return {
    issuer,
    capabilities: [...capabilities].toSorted(),
    claims: [...claims].toSorted(),
    ...heard,
    judged: Object.entries(stories).flatMap(([story, { invariants }]) =>
      Object.values(invariants).flatMap((invariant) => {
        const seen = judged.of(story, invariant)
        return invariant.by === undefined || seen === undefined ? [] : [{ story, by: invariant.by, ...seen }]
      }),
    ),
    samples: { verified, rejected, problems },
    isFull: judged.isFull,
  }
}

/** What a companion judged, as it would have said it where it ran. */
export const judgedIn = ({ judged, samples, isFull }: CompanionDocument): Judged => {
  const found = new Map(judged.map(({ story, by, observed, broken }) => [keyOf(story, by), { observed, broken }]))
  return {
    samples: {
      ...samples,
      signatures: (story, sampled) => found.get(keyOf(story, { sampled })) ?? { observed: 0, broken: 0 },
    },
    isFull,
    of: (story, { by }) => (by === undefined ? undefined : found.get(keyOf(story, by))),
  }
}

const keyOf = (story: string, by: Judgement) => `${story} ${JSON.stringify(by)}`
