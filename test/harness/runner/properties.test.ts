import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { Broken } from '../../../harness/breach.ts'
import { NoAnswer } from '../../../harness/client/http.ts'
import { Untestable } from '../../../harness/error.ts'
import { type AnyProperty, property, type PropertyDefinition } from '../../../harness/property.ts'
import { whereNoAnswer } from '../../../harness/runner/run.ts'
import { serve } from '../target/serve.ts'
import { checksThat, nobody, propertiesThat, runUnits, targetAt } from './units.ts'

type Holds = PropertyDefinition<number>['holds']

const numbers = (holds: Holds, more: Partial<PropertyDefinition<number>> = {}): AnyProperty =>
  property<number>({ proves: [rfc6749.codeSingleUse], inputs: () => fc.nat(100_000), holds, ...more })

/** The inputs that properties of these names are given. */
async function inputsOf(names: readonly string[], seed: number) {
  const inputs = new Map<string, number[]>(names.map((name) => [name, []]))
  const collects = (name: string) => numbers(async (input) => void inputs.get(name)?.push(input))
  const outcome = await runUnits(
    propertiesThat(Object.fromEntries(names.map((name) => [name, collects(name)]))),
    nobody,
    { seed, runs: 30 },
  )
  return { inputs: Object.fromEntries(inputs), ...outcome }
}

describe('the inputs', () => {
  test('are the same for the same seed, alone or beside others', async () => {
    const alone = await inputsOf(['first'], 7)
    const together = await inputsOf(['another', 'first', 'third'], 7)
    expect(alone.inputs['first']).toHaveLength(30)
    expect(together.inputs['first']).toEqual(alone.inputs['first'])
    expect((await inputsOf(['first'], 7)).inputs).toEqual(alone.inputs)
  })

  test('differ between properties, and between seeds', async () => {
    const { inputs } = await inputsOf(['first', 'second'], 7)
    expect(inputs['second']).not.toEqual(inputs['first'])
    expect((await inputsOf(['first'], 8)).inputs['first']).not.toEqual(inputs['first'])
  })

  test('are counted', async () => {
    expect((await inputsOf(['first'], 7)).outcomes).toMatchObject([
      { tried: { inputs: 30 }, verdict: { state: 'pass' } },
    ])
  })

  test('and what they are tried on are arranged once', async () => {
    let arranged = 0
    const seen = new Set<unknown>()
    const arranges = property<number, { readonly token: string }>({
      proves: [rfc6749.codeSingleUse],
      arrange: async () => ({ token: `token ${++arranged}` }),
      inputs: (_, { token }) => fc.constant(token.length),
      holds: async (input, _, { token }) => void seen.add(`${input} ${token}`),
    })
    await runUnits(propertiesThat({ arranges }))
    expect([...seen]).toEqual(['7 token 1'])
  })
})

describe('a counterexample', () => {
  const tooLarge: Holds = async (input, { expect: judge }) =>
    judge.that(input < 1000, { expected: 'less than 1000', actual: `${input}` })

  test('is the smallest, with seed and path, and its own exchanges alone', async () => {
    const asked: string[] = []
    await using server = await serve(() => (request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    const finds = numbers(async (input, context, arranged) => {
      await context.client.send({ method: 'GET', url: `${server.origin}/${input}` })
      await tooLarge(input, context, arranged)
    })
    const { verdicts } = await runUnits(propertiesThat({ finds }), targetAt(server.origin))
    expect(verdicts['finds']).toMatchObject({
      state: 'fail',
      findings: [
        {
          actual: '1000',
          counterexample: { input: '1000', seed: expect.any(Number), path: expect.stringMatching(/^[\d~:]+$/) },
          evidence: [{ request: { url: `${server.origin}/1000` } }],
        },
      ],
    })
    expect(asked.length).toBeLessThan(20 + 201)
  })

  test('is seen again by its seed and path', async () => {
    const units = propertiesThat({ finds: numbers(tooLarge) })
    const first = (await runUnits(units, nobody, { seed: 3 })).verdicts['finds']
    const again = (await runUnits(units, nobody, { seed: 3 })).verdicts['finds']
    expect(again).toEqual(first)
    const path = first?.state === 'fail' ? first.findings[0].counterexample?.path : undefined
    const inputs: number[] = []
    const watches = numbers(async (input, context, arranged) => {
      inputs.push(input)
      await tooLarge(input, context, arranged)
    })
    const replayed = await runUnits(propertiesThat({ finds: watches }), nobody, { seed: 3, ...(path && { path }) })
    expect(inputs).toEqual([1000])
    expect(replayed.verdicts['finds']).toMatchObject({ findings: [{ counterexample: { input: '1000' } }] })
  })

  test('stands where the breach left nothing more to judge', async () => {
    const finds = numbers(async (input, context, arranged) => {
      await tooLarge(input, context, arranged)
      if (input >= 1000) throw new Broken('nothing more')
    })
    expect((await runUnits(propertiesThat({ finds }))).verdicts['finds']).toMatchObject({
      state: 'fail',
      findings: [{ counterexample: { input: '1000' } }],
    })
  })

  test('stands although the server stopped answering while a smaller one was looked for', async () => {
    let failures = 0
    const finds = numbers(async (input, context, arranged) => {
      if (failures > 0) throw new NoAnswer('GET /: the connection was refused')
      await tooLarge(input, context, arranged)
      if (input >= 1000) failures += 1
    })
    const verdict = (await runUnits(propertiesThat({ finds }))).verdicts['finds']
    expect(verdict).toMatchObject({ state: 'fail', findings: [{ requirement: rfc6749.codeSingleUse.id }] })
  })

  test('stands although the time was up while a smaller one was looked for', async () => {
    await using server = await serve(() => () => {})
    let failures = 0
    const finds = numbers(async (input, context, arranged) => {
      if (failures > 0) await context.client.send({ method: 'GET', url: server.origin })
      await tooLarge(input, context, arranged)
      if (input >= 1000) failures += 1
    })
    const { verdicts } = await runUnits(propertiesThat({ finds }), targetAt(server.origin), { unitTimeoutMs: 200 })
    expect(verdicts['finds']).toMatchObject({ state: 'fail', findings: [{ requirement: rfc6749.codeSingleUse.id }] })
  })

  test('that is long is cut, and shows no secret', async () => {
    const finds = property<string>({
      proves: [rfc6749.codeSingleUse],
      inputs: () => fc.constant(`the-secret-of-the-client ${'x'.repeat(5000)}`),
      holds: async (_, { expect: judge }) => judge.that(false, { expected: 'x', actual: 'y' }),
    })
    const { verdicts } = await runUnits(propertiesThat({ finds }))
    const found = verdicts['finds']?.state === 'fail' ? verdicts['finds'].findings[0].counterexample : undefined
    expect(found?.input).toMatch(/^"\[client_secret 1\] x{1900,2000}$/)
  })
})

describe('a property that found one fault', () => {
  const faulty: Holds = async (input, { expect: judge }) => {
    judge.that(input % 3 !== 0, { violation: 'accepted', expected: 'no multiple of three', actual: `${input}` })
    judge.that(input < 50_000, { violation: 'leaked', expected: 'less than 50000', actual: `${input}` })
  }

  test('goes on, and finds each of the others with an input of its own', async () => {
    const { verdicts, outcomes } = await runUnits(propertiesThat({ finds: numbers(faulty) }), nobody, { runs: 200 })
    const verdict = verdicts['finds']
    const found = verdict?.state === 'fail' ? verdict.findings : []
    const smallest = Object.fromEntries(
      found.map(({ violation, counterexample }) => [violation, counterexample?.input]),
    )
    expect(smallest).toEqual({ accepted: '0', leaked: '50000' })
    expect(outcomes[0]?.tried?.inputs).toBeGreaterThanOrEqual(200)
  })

  test('ends with the first that is wanted, where one is', async () => {
    const wanted = () => new Set([rfc6749.codeSingleUse.id])
    const { outcomes } = await runUnits(propertiesThat({ finds: numbers(faulty) }), nobody, { runs: 200, wanted })
    expect(outcomes[0]?.tried?.inputs).toBeLessThan(20)
    expect(outcomes[0]?.verdict.state).toBe('fail')
  })
})

describe('the effort', () => {
  test('may be shared: the parts together try what one would have tried alone', async () => {
    const tried = async (more: object) => {
      const inputs: number[] = []
      const units = propertiesThat({ one: numbers(async (input) => void inputs.push(input)) })
      await runUnits(units, nobody, { runs: 30, ...more })
      return inputs
    }
    const parts = await Promise.all([0, 1, 2].map(async (index) => await tried({ share: { index, of: 3 } })))
    expect(parts.map(({ length }) => length)).toEqual([10, 10, 10])
    expect(new Set(parts.flat())).toEqual(new Set(await tried({})))
  })

  test('holds for known inputs as well: a part has its part of them, and none is begun after the last request', async () => {
    await using server = await serve(() => (_, response) => void response.end())
    const inputs: number[] = []
    const asks = numbers(async (input, { client }) => {
      inputs.push(input)
      await client.send({ method: 'GET', url: `${server.origin}/` })
    })
    const target = targetAt(server.origin)
    const known = () => [0, 1, 2, 3, 4, 5].map((number) => ({ seed: 9, path: `${number}` }))
    const tried = async (more: object) => {
      inputs.length = 0
      await runUnits(propertiesThat({ asks }), target, { seed: 9, runs: 0, known, ...more })
      return [...inputs]
    }
    const all = await tried({})
    expect(all).toHaveLength(6)
    const parts = [await tried({ share: { index: 0, of: 2 } }), await tried({ share: { index: 1, of: 2 } })]
    expect(parts).toEqual([all.filter((_, at) => at % 2 === 0), all.filter((_, at) => at % 2 === 1)])
    expect(await tried({ requests: 4 })).toEqual(all.slice(0, 4))
  })

  test('shares the time among those that apply', async () => {
    const shares: number[] = []
    const applies = numbers(async () => void shares.push(performance.now()))
    const never = numbers(async () => {}, { needs: ['implicit'] })
    const units = propertiesThat({ a: applies, b: never, c: never, d: never })
    const started = performance.now()
    await runUnits(units, nobody, { runs: 1e6, milliseconds: 300, concurrency: 1 })
    // A quarter of the time would be its share if the others had one.
    expect((shares.at(-1) ?? 0) - started).toBeGreaterThan(150)
  })

  test('ends with the time, and with the requests', async () => {
    await using server = await serve(() => (_, response) => void response.end())
    const asks = numbers(async (_, { client }) => void (await client.send({ method: 'GET', url: `${server.origin}/` })))
    const target = targetAt(server.origin)
    const byTime = await runUnits(propertiesThat({ asks }), target, { runs: 1e6, milliseconds: 1000 })
    expect(byTime.verdicts['asks']).toEqual({ state: 'pass' })
    expect(byTime.outcomes[0]?.milliseconds).toBeLessThan(15_000)
    const byRequests = await runUnits(propertiesThat({ asks }), target, { runs: 1e6, requests: 25 })
    expect(byRequests.outcomes[0]?.tried).toMatchObject({ inputs: 25, requests: 25 })
  })

  test('begins with inputs that are known, and passes over those that are no more', async () => {
    const inputs: number[] = []
    const units = propertiesThat({ one: numbers(async (input) => void inputs.push(input)) })
    await runUnits(units, nobody, { seed: 5, runs: 8 })
    const [third] = inputs.slice(3, 4)
    const known = () => [
      { seed: 5, path: '3' },
      { seed: 5, path: '3:100000' },
    ]
    inputs.length = 0
    await runUnits(units, nobody, { seed: 6, runs: 2, known })
    expect(inputs).toHaveLength(3)
    expect(inputs[0]).toBe(third)
  })
})

describe('what keeps a property from judging', () => {
  test.each([
    [
      new NoAnswer('GET /: the connection was reset'),
      { state: 'untestable', because: `GET /: the connection was reset; ${whereNoAnswer}` },
    ],
    [new Untestable('no code could be had'), { state: 'untestable', because: 'no code could be had' }],
    [new RangeError('too much'), { state: 'broken', error: { message: 'too much' } }],
  ])('%s ends it at once', async (error, verdict) => {
    let tried = 0
    const throws = numbers(async () => {
      tried += 1
      throw error
    })
    expect((await runUnits(propertiesThat({ throws }))).verdicts['throws']).toMatchObject(verdict)
    expect(tried).toBe(1)
  })

  test('what was tried until then is told', async () => {
    const inputs: number[] = []
    const throws = numbers(async (input) => {
      if (inputs.push(input) === 3) throw new Untestable('no code could be had')
    })
    const { outcomes } = await runUnits(propertiesThat({ throws }), nobody, { runs: 8 })
    expect(outcomes).toMatchObject([{ verdict: { state: 'untestable' }, tried: { inputs: 3 } }])
  })

  test('so does what cannot be arranged', async () => {
    const lacks = numbers(async () => {}, {
      arrange: async () => {
        throw new Untestable('no grant could be had')
      },
    })
    expect((await runUnits(propertiesThat({ lacks }))).verdicts['lacks']).toEqual({
      state: 'untestable',
      because: 'no grant could be had',
    })
  })
})

test('checks and properties run in one order', async () => {
  const { order } = await runUnits([...propertiesThat({ b: numbers(async () => {}) }), ...checksThat({ c: {}, a: {} })])
  expect(order).toEqual(['a', 'b', 'c'])
})
