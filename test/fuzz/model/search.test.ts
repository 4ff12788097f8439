import { beforeAll, describe, expect, test } from 'vitest'
import { documents } from '../../../cli/documents.ts'
import type { Guard } from '../../../fuzz/model/guard.ts'
import { type Instance, instances } from '../../../fuzz/model/instances.ts'
import { safetyProperties } from '../../../fuzz/model/safety.ts'
import { search, type Searched, type Trace } from '../../../fuzz/model/search.ts'
import { guards, steps } from '../../../fuzz/model/steps.ts'

/** One client that can authenticate, and one that cannot. */
const publicClients = new Set([1] as const)

const searchWithout = async (instance: Instance, ...lacking: readonly Guard[]): Promise<Searched> =>
  await search({ publicClients, without: new Set(lacking) }, instance)

/** The first violation that a model without this guard has, of all instances. */
async function violationWithout(guard: Guard) {
  for (const instance of instances) {
    const { violation } = await searchWithout(instance, guard)
    if (violation !== undefined) return violation
  }
  return undefined
}

describe('the model', () => {
  const searched = new Map<string, Searched>()
  beforeAll(async () => {
    for (const instance of instances) searched.set(instance.name, await searchWithout(instance))
  }, 120_000)

  test.each(instances.map(({ name }) => name))('of %s holds all that is to be safe', (name) => {
    expect(searched.get(name)?.violation).toBeUndefined()
  })

  test('is searched to its end where one family, or no token, is in it', () => {
    const figures = [...searched].map(([name, { states, transitions, isComplete }]) => ({
      name,
      states,
      transitions,
      isComplete,
    }))
    expect(figures).toEqual([
      { name: 'sessions and consents', states: 103, transitions: 2906, isComplete: true },
      { name: 'one family of tokens', states: 1411, transitions: 65999, isComplete: true },
      { name: 'two families of tokens', states: 305, transitions: 10799, isComplete: false },
    ])
  })

  test('takes every step of its table', () => {
    const taken = new Set([...searched.values()].flatMap(({ traces }) => [...traces.values()].map(lastStep)))
    expect(taken).toEqual(new Set(steps.map(({ name }) => name)))
  })
})

const lastStep = (trace: Trace) => trace.at(-1)?.step.name

describe('every guard', () => {
  const violations = new Map<Guard, Searched['violation']>()
  beforeAll(async () => {
    for (const guard of guards) violations.set(guard, await violationWithout(guard))
  }, 120_000)

  test('has a name of its own, and cites what stands in a table', () => {
    const rows = documents.flatMap(({ requirements }) => requirements)
    expect(new Set(guards.map(({ name }) => name)).size).toBe(guards.length)
    for (const { cites } of guards) for (const requirement of cites) expect(rows).toContain(requirement)
  })

  test.each(guards.map((guard) => [guard.name, guard] as const))('is missed: %s', (_, guard) => {
    const { length } = violations.get(guard)?.trace ?? []
    expect(length).toBeGreaterThanOrEqual(1)
    expect(length).toBeLessThanOrEqual(5)
  })

  test('keeps a property, and every property is kept by one', () => {
    const broken = new Set([...violations.values()].map((violation) => violation?.property.name))
    expect(broken).toEqual(new Set(safetyProperties.map(({ name }) => name)))
  })
})
