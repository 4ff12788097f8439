import type { LoadPlan } from '../../core/story.ts'

const text = __ENV['ASSAY_PLAN']
if (text === undefined) throw new Error('ASSAY_PLAN is not set: run scenarios with `assay load`, which makes the plan')

/** What to do and with whose accounts. It comes by the environment, so that no secret is written anywhere. */
export const plan = JSON.parse(text) as LoadPlan

/** The person whose turn it is. */
export function personOf(iteration: number): LoadPlan['users'][number] {
  const person = plan.users[iteration % plan.users.length]
  if (person === undefined) throw new Error('the plan has no users')
  return person
}
