import type { Finding } from '../../core/finding.ts'
import { binds } from '../../core/spec/claims.ts'
import type { NonEmpty, State } from '../../core/verdict.ts'
import type { Outcome } from '../runner/events.ts'
import { groupBy } from './group-by.ts'
import type { Report } from './report.ts'
import { byLevel, type ReportedRequirement } from './requirement-text.ts'

/** A requirement that was broken, with all that noticed. */
export interface BrokenRequirement {
  readonly requirement: ReportedRequirement
  readonly findings: NonEmpty<Finding>
}

/** The findings of a report by the requirement that they are against, the heaviest first. */
export function brokenRequirements({ outcomes, requirements }: Report): readonly BrokenRequirement[] {
  const known = new Map(requirements.map((requirement) => [requirement.id, requirement]))
  const order = new Map(requirements.map(({ id }, at) => [id, at]))
  const placeOf = ({ requirement: { id } }: BrokenRequirement) => order.get(id) ?? order.size
  return [...groupBy(outcomes.flatMap(findingsOf), ({ requirement }) => requirement)]
    .map(([id, findings]) => ({ requirement: known.get(id) ?? unnamed(id), findings }))
    .toSorted((a, b) => byLevel(a.requirement, b.requirement) || placeOf(a) - placeOf(b))
}

/** The findings of an outcome, where it has any. */
export const findingsOf = ({ verdict }: Outcome): readonly Finding[] =>
  verdict.state === 'fail' ? verdict.findings : []

/** A unit that came to no verdict on the target, and why. */
export interface SilentUnit {
  readonly id: string
  readonly state: 'untestable' | 'broken'
  readonly because: string
}

/** The units that neither passed nor failed where they should have. */
export const silentUnits = ({ outcomes }: Report): readonly SilentUnit[] =>
  outcomes.flatMap(({ unit: { id }, verdict }): readonly SilentUnit[] => {
    if (verdict.state === 'untestable') return [{ id, state: verdict.state, because: verdict.because }]
    return verdict.state === 'broken' ? [{ id, state: verdict.state, because: verdict.error.message }] : []
  })

/** Whether a run that found nothing may have missed something: not all of it came to its end, or to a verdict. */
export function isInconclusive({ summary, interrupted, load }: Report): boolean {
  if (summary.untestable > 0 || summary.broken > 0 || interrupted || load?.state === 'not-run') return true
  return load !== undefined && (load.samples.rejected > 0 || load.scenarios.some(({ failures }) => failures > 0))
}

/** A requirement of which nothing is known but its id. */
function unnamed(id: string): ReportedRequirement {
  const document = id.split('/')[0] ?? id
  return { id, document, section: '', level: 'STATES', text: `meets ${id}`, title: document, url: '' }
}

/** What a run says of a requirement. */
export type Standing = 'broken' | 'kept' | 'not judged' | 'inapplicable'

/**
 * What a run says of each requirement: broken by any finding, kept where a unit that proves it passed. A unit that failed on
 * another requirement may have ended before it came to this one, so it says nothing; nor does one that passed of what does
 * not bind the target.
 */
export function standings({ outcomes, requirements, target }: Report): ReadonlyMap<string, Standing> {
  const claimed = new Set(target.claims)
  const broken = new Set(outcomes.flatMap(findingsOf).map(({ requirement }) => requirement))
  const proofs = outcomes.flatMap(({ unit, verdict }) => unit.proves.map(({ id }) => ({ id, state: verdict.state })))
  const states = groupBy(proofs, ({ id }) => id)
  return new Map(
    requirements.map((requirement) => {
      const { id } = requirement
      if (broken.has(id)) return [id, 'broken']
      if (!binds(requirement, claimed)) return [id, 'inapplicable']
      return [id, standingOf((states.get(id) ?? []).map(({ state }) => state))]
    }),
  )
}

function standingOf(states: readonly State[]): Standing {
  if (states.includes('pass')) return 'kept'
  return states.every((state) => state === 'inapplicable') ? 'inapplicable' : 'not judged'
}
