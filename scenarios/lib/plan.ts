import exec from 'k6/execution'
import { resolveReferences } from '../../core/references.ts'
import type { LoadPlan, LoadUser, Share } from '../../core/story.ts'

const text = __ENV['ASSAY_PLAN']
if (text === undefined) throw new Error('ASSAY_PLAN is not set: run scenarios with `assay load`, which makes the plan')

/** What to do and with whose accounts. It comes by the environment, so that no secret is written anywhere. */
export const plan = planIn(text)

function planIn(json: string): LoadPlan {
  const written = JSON.parse(json) as LoadPlan
  return written.references === undefined ? written : (resolved(written) as LoadPlan)
}

/** The environment's values in the place of references: a plan that lies in a cluster has no secrets in it. */
function resolved(value: unknown, member = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, member))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolved(one, name)]))
  if (typeof value !== 'string') return value
  const { text: held, missing } = resolveReferences(value, __ENV)
  if (missing.length > 0) throw new Error(`the plan refers to what is not set: ${missing.join(', ')}`)
  return member === 'private_key' ? JSON.parse(held) : held
}

/** Which process of the run this is. */
export function ownShare(): Share {
  const segment: unknown = exec.test.options.executionSegment
  return { ...plan.share, ...(typeof segment === 'string' && { segment }) }
}

/** The number of this iteration among those of all processes of the run. */
export const turn = (): number => exec.scenario.iterationInTest * plan.share.of + plan.share.index

/** The person whose turn it is: by Zipf's law, the n-th comes 1/n^skew times as often as the first. */
export function personOf(iteration: number): LoadUser {
  const person = plan.skew === 0 ? plan.users[iteration % plan.users.length] : plan.users[skewed(scattered(iteration))]
  if (person === undefined) throw new Error('the plan has no users')
  return person
}

/** How likely it is that one of the first n people comes. */
const likelihoods = cumulated(plan.users.map((_, at) => (at + 1) ** -plan.skew))

function cumulated(weights: readonly number[]): readonly number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  return weights.map((weight) => (sum += weight / all))
}

function skewed(chance: number): number {
  const at = likelihoods.findIndex((likelihood) => chance < likelihood)
  return at < 0 ? likelihoods.length - 1 : at
}

/** A number in [0, 1) that iterations close to each other do not have in common: the golden ratio leaves no gaps. */
const scattered = (iteration: number) => (iteration * 0.618_033_988_749_894_9) % 1
