import type { ScenarioPlan, Story } from '../../core/story.ts'
import type { Capability } from '../../core/unit.ts'
import type { Target } from '../target/target.ts'
import { assertionPools } from './assertions.ts'
import { loadClients } from './plan.ts'
import type { Pool } from './pool.ts'
import { samlRequestPools } from './saml-requests.ts'

/** What is to be run, and what its stories need. */
interface Course {
  readonly scenarios: readonly ScenarioPlan[]
  readonly stories: Readonly<Record<string, Story>>
}

/** What so many seconds need is made before the run begins. */
const secondsBeforehand = 20

/**
 * Everything that the companion makes for a target, by the path at which it is asked for. What a story of the course
 * needs in the first while is there when this ends.
 */
export async function filledPools(target: Target, course: Course): Promise<ReadonlyMap<string, Pool>> {
  const assertions = assertionPools(target)
  const requests = samlRequestPools(target)
  // Its clients take turns.
  const ofEach = expected('client_credentials', course) / Math.max(1, loadClients(target).services.length)
  for (const pool of assertions.values()) await pool.fill(Math.ceil(ofEach))
  // Without metadata there are none, of which the story tells that asks for them: others can do without.
  await requests
    .get('saml-requests/persistent')
    ?.fill(expected('saml_idp', course))
    .catch(() => {})
  return new Map([...assertions, ...requests])
}

/** How many iterations a story that needs this begins in the first while. */
function expected(need: Capability, { scenarios, stories }: Course): number {
  const needing = scenarios.filter(({ story }) => stories[story]?.needs.includes(need))
  const rate = Math.max(0, ...needing.flatMap(({ stages }) => stages.map((one) => one.rate)))
  return Math.ceil(rate * secondsBeforehand)
}
