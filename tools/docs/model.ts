import { type Instance, instances } from '../../fuzz/model/instances.ts'
import { safetyProperties } from '../../fuzz/model/safety.ts'
import { search, type Searched } from '../../fuzz/model/search.ts'
import { called, type Guard } from '../../fuzz/model/guard.ts'
import type { Grant, State } from '../../fuzz/model/state.ts'
import { guards, steps } from '../../fuzz/model/steps.ts'
import { type Transition } from '../../fuzz/model/transition.ts'
import { block, table } from './markdown.ts'

/** The first client of the model can authenticate, the second cannot. */
const publicClients = new Set([1] as const)

interface Findings {
  readonly figures: readonly (readonly [Instance, Searched])[]
  readonly diagram: string
}

let found: Promise<Findings> | undefined

/** What the search of all instances comes to; it is made once. */
const findings = async (): Promise<Findings> => await (found ??= searchAll())

async function searchAll(): Promise<Findings> {
  const ways = new Map<string, Set<string>>()
  const figures: [Instance, Searched][] = []
  for (const instance of instances) {
    const isDrawn = instance.grants === 1
    const look = (transition: Transition) => {
      if (isDrawn) draw(transition, ways)
    }
    figures.push([instance, await search({ publicClients, without: new Set() }, instance, look)])
  }
  return { figures, diagram: diagramOf(ways) }
}

/** What the page about the model is made of, by the names of its parts. */
export const modelParts: Readonly<Record<string, () => string | Promise<string>>> = {
  'model-steps': stepTable,
  'model-guards': guardTable,
  'model-figures': figureTable,
  'model-properties': propertyTable,
  'model-grant': async () => (await findings()).diagram,
}

function stepTable(): string {
  return table(
    ['step', 'about', 'lawful by'],
    steps.map(({ name, about, when }) => [name, about, when.map((guard) => guards.indexOf(guard) + 1).join(', ')]),
  )
}

function guardTable(): string {
  return table(
    ['', 'guard', 'rests on'],
    guards.map(({ says, cites }, at) => [
      at + 1,
      says,
      cites.length === 0 ? 'nothing: nobody is blamed' : cites.map(({ id }) => `\`${id}\``).join(', '),
    ]),
  )
}

async function figureTable(): Promise<string> {
  return table(
    ['instance', 'grants', 'access tokens of each', 'steps', 'states', 'transitions', 'violations'],
    (await findings()).figures.map(([{ name, grants, tokensOfGrant, depth }, { states, transitions, violation }]) => [
      name,
      `${grants} at most`,
      tokensOfGrant === 0 ? 'none' : `${tokensOfGrant} at most`,
      depth === Infinity ? 'all' : `${depth} at most`,
      states,
      transitions,
      violation === undefined ? 0 : 1,
    ]),
  )
}

async function propertyTable(): Promise<string> {
  const violations = await Promise.all(
    guards.map(async (guard) => ({ number: guards.indexOf(guard) + 1, ...(await violationWithout(guard)) })),
  )
  return table(
    ['property', 'broken without', 'for instance by'],
    safetyProperties.map(({ name }) => {
      const broken = violations.filter(({ property }) => property?.name === name)
      const [first] = broken
      const way = first?.trace?.map(({ step }) => step.name).join(' → ') ?? ''
      return [name, broken.map(({ number }) => number).join(', '), `without ${first?.number}: ${way}`]
    }),
  )
}

async function violationWithout(guard: Guard): Promise<Partial<NonNullable<Searched['violation']>>> {
  for (const instance of instances) {
    const { violation } = await search({ publicClients, without: new Set([guard]) }, instance)
    if (violation !== undefined) return violation
  }
  return {}
}

/** What has become of a grant, in a word or two. */
function phaseOf({ grants: [grant] }: State): string {
  if (grant === undefined) return '[*]'
  if (grant.isReplayed) return 'code replayed'
  if (grant.isReused) return 'refresh token reused'
  if (grant.isGivenBack) return 'given back'
  if (grant.redemptions > 0) return phaseOfTokens(grant)
  if (grant.isLate) return 'code too old'
  return grant.code === 'fresh' ? 'code issued' : 'code in doubt'
}

function phaseOfTokens({ isLate, refreshTokens, accessTokens }: Grant): string {
  if (isLate) return 'tokens in doubt'
  if (refreshTokens.some(({ is }) => is === 'replaced')) return 'tokens refreshed'
  const isSure = [...refreshTokens, ...accessTokens].some(({ is }) => is === 'current' || is === 'live')
  return isSure ? 'tokens live' : 'tokens in doubt'
}

/** Notes a transition that leads one grant from one phase to another, unless several guards have a part in it. */
function draw({ step, answer, before, after, because }: Transition, ways: Map<string, Set<string>>): void {
  const [from, to] = [phaseOf(before), phaseOf(after)]
  if (from === to || because.length > 1) return
  const way = `${idOf(from)} --> ${idOf(to)}`
  ways.set(way, (ways.get(way) ?? new Set()).add(`${step.name} (${called[answer.is]})`))
}

const idOf = (phase: string) => phase.replaceAll(' ', '_')

function diagramOf(ways: ReadonlyMap<string, ReadonlySet<string>>): string {
  const lines = [...ways].map(([way, names]) => `  ${way}: ${[...names].join('<br/>')}`)
  return block('mermaid', ['stateDiagram-v2', ...lines].join('\n'))
}
