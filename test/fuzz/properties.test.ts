import fc from 'fast-check'
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { documents } from '../../cli/documents.ts'
import type { Claim } from '../../core/spec/claims.ts'
import { properties } from '../../fuzz/properties.ts'
import type { Property } from '../../harness/property.ts'
import { run } from '../../harness/runner/run.ts'
import { type EmbeddedTarget, embeddedTarget } from './embedded-target.ts'

const rows = documents.flatMap(({ requirements }) => requirements)

describe('every property', () => {
  test('has an id of its own, in the folder of the fuzz tests', () => {
    const ids = properties.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^fuzz\/[a-z-]+\/[a-z0-9-]+$/)
    expect(ids.length).toBeGreaterThanOrEqual(10)
  })

  test.each(properties.map((property) => [property.id, property] as const))('%s is well formed', (_, property) => {
    expect(property.kind).toBe('property')
    expect(property.title).toMatch(/^[a-z][a-z0-9 ]+$/)
    expect(property.proves.length).toBeGreaterThan(0)
    expect(new Set(property.proves).size).toBe(property.proves.length)
    for (const requirement of property.proves) {
      expect(rows).toContain(requirement)
      expect(requirement.unobservable).toBeUndefined()
    }
  })
})

/** A property that keeps what it is given, as a report would print it. */
const watched = (property: Property, inputs: string[]): Property => ({
  ...property,
  holds: async (input, context, arranged) => {
    inputs.push(fc.stringify(input))
    await property.holds(input, context, arranged)
  },
})

/** To the right server a star is a star. */
const pattern = 'https://rp.example/apps/one/*'

/** Of a server that lists HTTP Basic it has nothing to say. */
const ofOthers = 'fuzz/client-authentication/password-works-by-basic-too'

describe('on the right server', () => {
  let embedded: EmbeddedTarget
  beforeAll(async () => {
    embedded = await embeddedTarget()
  })
  afterAll(async () => await embedded[Symbol.asyncDispose]())

  test('all are silent, have judged, and print no secret', { timeout: 60_000 }, async () => {
    const inputs: string[] = []
    const units = properties.filter(({ id }) => id !== ofOthers).map((property) => watched(property, inputs))
    // A claim can free a server of what a property is about.
    const clients = embedded.target.clients.map((client) => ({ ...client, redirect_uri_patterns: [pattern] }))
    const target = { ...embedded.target, claims: new Set<Claim>(), clients }
    const inputsFor = new Map(units.map(({ id, price = 1 }) => [id, Math.ceil(25 / price)]))
    const outcomes = await run(units, target, { seed: 11, runs: 25 }, () => {})

    for (const { unit, verdict, tried } of outcomes)
      expect({ id: unit.id, verdict, cases: tried?.inputs }).toEqual({
        id: unit.id,
        verdict: { state: 'pass' },
        cases: inputsFor.get(unit.id),
      })
    expect(inputs).toHaveLength([...inputsFor.values()].reduce((sum, count) => sum + count, 0))
    const secrets = [
      ...embedded.target.clients.flatMap(({ client_secret: secret, private_key: key }) => [secret, key]),
      ...embedded.target.users.map(({ password }) => password),
    ].flatMap((secret) => secret?.reveal() ?? [])
    expect(secrets.length).toBeGreaterThanOrEqual(5)
    for (const secret of secrets) expect(inputs.filter((input) => input.includes(secret))).toEqual([])
  })

  test('the same seed gives the same inputs', async () => {
    const ofRun = async (seed: number) => {
      const inputs: string[] = []
      const units = properties.filter(({ id }) => id.startsWith('fuzz/pkce/')).map((one) => watched(one, inputs))
      await run(units, embedded.target, { seed, runs: 10, concurrency: 1 }, () => {})
      return inputs
    }
    const first = await ofRun(5)
    expect(first).toHaveLength(70)
    expect(await ofRun(5)).toEqual(first)
    expect(await ofRun(6)).not.toEqual(first)
  })

  test('clients that were registered to be tried out are removed', async () => {
    const registrations: string[] = []
    const removals: string[] = []
    const units = properties
      .filter(({ id }) => id.startsWith('fuzz/registration/'))
      .map((property): Property => ({
        ...property,
        holds: async (input, context, arranged) => {
          const { client } = context
          const { register, unregister } = client
          client.register = async (metadata) => {
            const answer = await register.call(client, metadata)
            if (answer.status === 201) registrations.push(answer.body)
            return answer
          }
          client.unregister = async (answer) => {
            if (answer.status === 201) removals.push(answer.body)
            await unregister.call(client, answer)
          }
          await property.holds(input, context, arranged)
          Object.assign(client, { register, unregister })
        },
      }))
    await run(units, embedded.target, { seed: 1, runs: 10 }, () => {})
    expect(registrations.length).toBeGreaterThan(0)
    expect(removals.toSorted()).toEqual(registrations.toSorted())
  })
})
