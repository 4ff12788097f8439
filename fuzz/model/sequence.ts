import fc, { type Arbitrary } from 'fast-check'
import type { State } from './state.ts'
import type { Of, Step } from './step.ts'
import { stepCalled } from './steps.ts'

/** An act as it is printed and tried: what is done, and to which client, person, grant or token of those that there are. */
export interface Act extends Of {
  readonly do: string
}

/** How often an act is about this, beside the others: grants are wanted first, and tokens are where the faults are. */
const weights: Readonly<Record<Step['about'], number>> = {
  'a person': 2,
  'a browser': 1,
  'a code': 6,
  'a refresh token': 6,
  'an access token': 4,
  time: 1,
}

const which = fc.constantFrom(0 as const, 1 as const)
const grant = fc.nat({ max: 1 })
const token = fc.nat({ max: 2 })

const parts: Readonly<Record<Step['about'], Arbitrary<Of>>> = {
  'a person': fc.record({ client: which, person: which }),
  'a browser': fc.record({ person: which }),
  'a code': fc.record({ grant }),
  'a refresh token': fc.record({ grant, token }),
  'an access token': fc.record({ grant, token }),
  time: fc.constant({}),
}

const abouts = Object.keys(weights) as Step['about'][]

const actAbout = (about: Step['about'], names: readonly string[]): Arbitrary<Act> =>
  fc.tuple(fc.constantFrom(...names), parts[about]).map(([name, of]) => ({ do: name, ...of }))

/** How a sequence begins: grants are what all else is about. */
const openings: readonly (readonly Act[])[] = [
  [{ do: 'authorize' }],
  [{ do: 'authorize' }, { do: 'redeem' }],
  [{ do: 'authorize' }, { do: 'redeem' }, { do: 'refresh' }, { do: 'refresh' }],
  [
    { do: 'authorize' },
    { do: 'redeem' },
    { do: 'use the access token' },
    { do: 'refresh' },
    { do: 'give the refresh token back', token: -1 },
  ],
  [{ do: 'authorize' }, { do: 'authorize', person: 1 }],
  [{ do: 'authorize without a challenge' }],
]

/** Acts of these steps, in any order. */
export function sequencesOf(some: readonly Step[]): Arbitrary<readonly Act[]> {
  const act = fc.oneof(
    ...abouts.flatMap((about) => {
      const names = some.filter((step) => step.about === about).map(({ name }) => name)
      return names.length === 0 ? [] : [{ arbitrary: actAbout(about, names), weight: weights[about] }]
    }),
  )
  const acts = fc.array(act, { minLength: 1, maxLength: 8 })
  return fc.tuple(fc.constantFrom(...openings), acts).map(([opening, rest]) => [...opening, ...rest])
}

/** Numbers go round where there are fewer, and -1 is the last. */
const numberIn = (length: number, number = 0): number => (number + length) % length

/** What an act is done to in a state. Nothing where there is none. */
export function resolved(
  { do: name, ...of }: Act,
  { grants }: State,
): { readonly step: Step; readonly of: Of } | undefined {
  const step = stepCalled(name)
  if (step.about === 'a person') return { step, of: { client: of.client ?? 0, person: of.person ?? 0 } }
  if (step.about === 'a browser') return { step, of: { person: of.person ?? 0 } }
  if (step.about === 'time') return { step, of: {} }
  const at = numberIn(grants.length, of.grant)
  const grant = grants[at]
  if (grant === undefined) return undefined
  if (step.about === 'a code') return { step, of: { grant: at } }
  const { length } = step.about === 'a refresh token' ? grant.refreshTokens : grant.accessTokens
  return length === 0 ? undefined : { step, of: { grant: at, token: numberIn(length, of.token) } }
}
