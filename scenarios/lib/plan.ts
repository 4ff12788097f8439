import exec from 'k6/execution'
import { populationOf } from '../../core/population.ts'
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

let scenario: typeof exec.scenario | undefined

/** The scenario that this virtual user is in. k6 makes what tells of it anew each time it is asked, but it stays true. */
export const currentScenario = () => (scenario ??= exec.scenario)

/** The number of this iteration among those of all processes of the run. */
export const turn = (): number => currentScenario().iterationInTest * plan.share.of + plan.share.index

/** The person whose turn it is. */
export const personOf: (iteration: number) => LoadUser = populationOf(plan.users, plan.skew)
