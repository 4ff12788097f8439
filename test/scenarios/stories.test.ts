import { readFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startEmbedded, type Variation } from '../../cli/embedded.ts'
import { type Judgement, type Story, steady } from '../../core/story.ts'
import { findEngine } from '../../harness/load/engine.ts'
import { runLoad, scriptPath } from '../../harness/load/run.ts'
import { openTarget } from '../../harness/target/open.ts'
import { stories } from '../../scenarios/stories.ts'

const catalogue: Readonly<Record<string, Story>> = stories
const names = Object.keys(stories)

const source = (file: string) => readFileSync(new URL(`../../scenarios/${file}`, import.meta.url), 'utf8')
/** How a script tells what an invariant is judged by. */
const callFor = (by: Judgement) => {
  const kind = 'sampled' in by ? by.sampled : 'claim' in by ? by.of : claimsOf.get(by.unique)
  if (kind === 'saml_response') return /\breadResponse\(/
  if (kind !== undefined) return new RegExp(`\\b${'sampled' in by ? 'sample' : 'read'}\\('${kind}'`)
  return new RegExp(`\\bunique\\(\\s*'${'unique' in by ? by.unique : ''}'`)
}

/** Values that must be unique and stand in claims, and the tokens whose. */
const claimsOf: ReadonlyMap<string, string> = new Map([
  ['jti', 'access_token'],
  ['sub', 'id_token'],
  ['assertion_id', 'saml_response'],
  ['name_id', 'saml_response'],
])

const camelCase = (name: string) => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())

describe.each(Object.entries(catalogue))('the story %s', (name, { title, promise, invariants, needs }) => {
  test('has a script of its own, which k6 finds', () => {
    expect(source(`${name}.ts`)).toMatch(new RegExp(`export const ${camelCase(name)} = tell\\(\\s*'${name}',`))
    expect(source('main.ts')).toContain(`export { ${camelCase(name)} } from './${name}.ts'`)
    expect(source('main.ts')).toMatch(new RegExp(`'?${name}'?: '${camelCase(name)}',`))
  })

  test('looks at each of its invariants, or tells what they are judged by', () => {
    const looked = [...source(`${name}.ts`).matchAll(/\bholds\(\s*'([^']+)'/g)].map(([, invariant = '']) => invariant)
    const owed = Object.entries(invariants).flatMap(([invariant, { by }]) => (by === undefined ? [invariant] : []))
    expect([...new Set(looked)].toSorted()).toEqual(owed.toSorted())
    const calls = Object.values(invariants).flatMap(({ by }) => (by === undefined ? [] : [callFor(by)]))
    for (const call of calls) expect(source(`${name}.ts`)).toMatch(call)
  })

  test('promises something that can be kept, and says what it is', () => {
    expect(title).toMatch(/^[a-z].*[^.]$/)
    expect(promise.p95).toBeGreaterThan(0)
    expect(promise.p99).toBeGreaterThanOrEqual(promise.p95)
    expect(needs.length).toBeGreaterThan(0)
  })
})

/** Tells all stories to a server for a moment. */
async function told(variation?: Variation) {
  const engine = await findEngine()
  if (engine.state === 'missing') throw new Error(engine.because)
  const server = await startEmbedded(variation)
  onTestFinished(server.close)
  const { target, close } = await openTarget(server.settings)
  onTestFinished(async () => void (await close()))
  // Few users, so that each does enough to see a token through its whole life.
  const scenarios = names.map((story) => steady(story, 15, 6, 2))
  const result = await runLoad(
    target,
    { engine, script: scriptPath('main.ts'), stories: catalogue, parts: [{ scenarios }] },
    () => {},
  )
  if (result.state === 'not-run') throw new Error(result.because)
  return result
}

describe('told to a server', () => {
  test('that is right, they see each of their invariants hold', async () => {
    const { scenarios, warnings, samples } = await told()
    expect(warnings).toEqual([])
    expect(scenarios.map(({ scenario }) => scenario)).toEqual(names)
    for (const { scenario, iterations, failures, requests, latency, invariants } of scenarios) {
      expect(iterations, scenario).toBeGreaterThan(0)
      expect(failures, scenario).toBe(0)
      expect(requests, scenario).toBeGreaterThanOrEqual(iterations)
      expect(Object.keys(latency), scenario).toEqual(expect.arrayContaining(['p50', 'p95', 'p99']))
      for (const { name, observed, broken } of invariants) {
        expect(observed, `${scenario}: ${name}`).toBeGreaterThan(0)
        expect(broken, `${scenario}: ${name}`).toBe(0)
      }
    }
    expect(samples.verified).toBeGreaterThan(0)
    expect(samples.rejected).toBe(0)
  })

  test('that issues no tokens, they see that, and what cannot go on counts as failed', async () => {
    const { scenarios } = await told({ swap: { tokenResponseBody: () => ({ error: 'server_error' }) } })
    const seen = scenarios.map(({ scenario, iterations, failures, invariants }) => [
      scenario,
      failures === iterations,
      invariants.flatMap(({ name, observed, broken }) => (observed > 0 && broken === observed ? [name] : [])),
    ])
    expect(seen).toEqual([
      ['client-credentials', false, ['every request is answered with a token']],
      ['authorization-code', false, ['every code is redeemed']],
      ['refresh', true, []],
      ['refresh-storm', false, []],
      ['introspection', true, []],
      ['revocation-storm', true, []],
      ['registration', false, []],
      ['userinfo', true, []],
      ['discovery', false, []],
      ['saml-sso', false, []],
    ])
  })
})
