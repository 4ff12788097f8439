import { fingerprintOf } from '../harness/runner/findings.ts'
import { steady, type Story } from '../core/story.ts'
import type { Unit } from '../core/unit.ts'
import { severityOf } from '../core/severity.ts'
import { isNonEmpty, type Verdict } from '../core/verdict.ts'
import { kebabCase } from '../core/spec/document.ts'
import { whyApart, whyMissing } from '../harness/target/capabilities.ts'
import { loadClients } from '../harness/load/plan.ts'
import { runLoad, scriptPath } from '../harness/load/run.ts'
import type { LoadResult, ScenarioResult } from '../harness/load/result.ts'
import type { Outcome } from '../harness/runner/events.ts'
import type { Target } from '../harness/target/target.ts'
import { stories } from '../scenarios/stories.ts'
import type { Pressure } from './matrix.ts'

const catalogue: Readonly<Record<string, Story>> = stories

interface InvariantUnit extends Unit {
  readonly story: string
  readonly invariant: string
}

/** Every invariant of every story as a unit: what a load test proves beside its latency. */
export const invariantUnits: readonly InvariantUnit[] = Object.entries(catalogue).flatMap(
  ([story, { invariants, needs }]) =>
    Object.entries(invariants).map(([invariant, { proves }]) => ({
      id: `scenarios/${story}/${kebabCase(invariant.replaceAll(' ', '-'))}`,
      kind: 'invariant' as const,
      title: invariant,
      proves,
      needs,
      story,
      invariant,
    })),
)

const grantTypes: ReadonlySet<string> = new Set(['authorization_code', 'client_credentials', 'refresh_token'])

/** What nobody has to do with but people who sign in. */
const signInNeeds: ReadonlySet<string> = new Set(['authorization_code', 'saml_idp'])

/** Why a story cannot be told to this target, and whether that lies with the target or with its file. */
export function whyNot(
  { needs }: Pick<Story, 'needs'>,
  target: Target,
): Extract<Verdict, { state: 'inapplicable' | 'untestable' }> | undefined {
  const apart = whyApart(needs, target)
  if (apart !== undefined) return { state: 'inapplicable', because: apart }
  const missing = needs.find((need) => !target.capabilities.has(need))
  if (missing !== undefined) return { state: 'inapplicable', because: whyMissing(missing) }
  if (needs.some((need) => signInNeeds.has(need)) && target.users.length === 0)
    return { state: 'untestable', because: 'it needs somebody who signs in; add one under users' }
  if (needs.includes('registration') && target.registration === undefined)
    return {
      state: 'inapplicable',
      because:
        'load registers clients only where the target file says registration: dynamic, or gives an initial_access_token',
    }
  const { service, app } = loadClients(target)
  if (service === undefined && !needs.includes('saml_idp') && !givesSecrets(target))
    return {
      state: 'inapplicable',
      because: 'load is made by clients with a secret, and the metadata lists no method for them',
    }
  const grants = (needs.includes('refresh_token') ? (app ?? service) : service)?.grant_types ?? []
  const owed = needs.filter((need) => grantTypes.has(need) && !grants.includes(need))
  return owed.length > 0
    ? {
        state: 'untestable',
        because: `it needs a client with a secret for ${owed.join(' and ')}; add one under clients`,
      }
    : undefined
}

const givesSecrets = ({ capabilities }: Target): boolean =>
  capabilities.has('client_secret_basic') || capabilities.has('client_secret_post')

/**
 * What the invariants came to in a load run. One that was never looked at is no pass. Without a target, nothing is known
 * of why a story was not told.
 */
export function invariantOutcomes(load: LoadResult, target?: Target): readonly Outcome[] {
  return invariantUnits.map((unit): Outcome => {
    const { id, kind, title, proves, needs } = unit
    const verdict: Verdict =
      (target && whyNot(catalogue[unit.story] ?? { needs: [] }, target)) ??
      (load.state === 'not-run'
        ? { state: 'untestable', because: load.because }
        : verdictOf(
            unit,
            load.scenarios.find(({ scenario }) => scenario === unit.story),
          ))
    return {
      unit: { id, kind, title, proves, needs },
      verdict,
      milliseconds: load.state === 'measured' ? load.seconds * 1000 : 0,
    }
  })
}

function verdictOf(unit: InvariantUnit, result: ScenarioResult | undefined): Verdict {
  const counted = result?.invariants.find(({ name }) => name === unit.invariant)
  if (result === undefined || counted === undefined)
    return { state: 'inapplicable', because: `the scenario ${unit.story} was not run` }
  if (counted.broken > 0) {
    const findings = unit.proves.map((requirement) => ({
      fingerprint: fingerprintOf(requirement.id, unit.id, 'wrong-value'),
      requirement: requirement.id,
      unit: unit.id,
      violation: 'wrong-value' as const,
      severity: severityOf(requirement, 'wrong-value'),
      expected: `${unit.title}, in every iteration`,
      actual: `broken ${counted.broken} times of ${counted.observed}`,
      evidence: [],
    }))
    return isNonEmpty(findings) ? { state: 'fail', findings } : { state: 'pass' }
  }
  if (counted.observed > 0) return { state: 'pass' }
  const { unseenWhere } = catalogue[unit.story]?.invariants[unit.invariant] ?? {}
  return unseenWhere === undefined
    ? { state: 'untestable', because: 'the load gave no occasion to look at it' }
    : { state: 'inapplicable', because: `${unseenWhere}, or the load was too short to see it` }
}

const pressures: Readonly<Record<Pressure, { readonly rate: number; readonly seconds: number; readonly vus: number }>> =
  {
    gently: { rate: 8, seconds: 1, vus: 2 },
    firmly: { rate: 30, seconds: 1, vus: 6 },
  }

/** Runs the stories of these invariants together for a moment, gently: the question is right or wrong, not how fast. */
export const invariantRunner =
  (engine: { readonly path: string; readonly version: string }) =>
  async (units: readonly Unit[], target: Target, how: Pressure): Promise<readonly Outcome[]> => {
    const wanted = new Set(units.map(({ id }) => id))
    const names = new Set(invariantUnits.filter(({ id }) => wanted.has(id)).map(({ story }) => story))
    const scenarios = [...names]
      .filter((name) => catalogue[name] !== undefined && whyNot(catalogue[name], target) === undefined)
      .map((story) => steady(story, pressures[how].rate, pressures[how].seconds, pressures[how].vus))
    const load: LoadResult =
      scenarios.length === 0
        ? { state: 'not-run', because: 'the target offers nothing to load' }
        : await runLoad(
            target,
            { engine, script: scriptPath('main.ts'), stories: catalogue, parts: [{ scenarios }] },
            () => {},
          )
    return invariantOutcomes(load, target).filter(({ unit }) => wanted.has(unit.id))
  }
