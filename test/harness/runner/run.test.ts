import { getEventListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Requirement } from '../../../core/spec/document.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { Broken } from '../../../harness/breach.ts'
import { NoAnswer } from '../../../harness/client/http.ts'
import { Untestable } from '../../../harness/error.ts'
import { fingerprintOf } from '../../../harness/runner/findings.ts'
import { whereNoAnswer } from '../../../harness/runner/run.ts'
import { serve } from '../target/serve.ts'
import { checksThat, clientSecret, nobody, runUnits, targetAt } from './units.ts'

const forever = async () => await new Promise<never>(() => {})

const publicClient = {
  client_id: 'app',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback'],
  grant_types: ['authorization_code'],
} as const

/** Counts how many are inside at once. */
function crowd() {
  const counted = { inside: 0, most: 0 }
  return {
    counted,
    visit: async (milliseconds = 10) => {
      counted.inside += 1
      counted.most = Math.max(counted.most, counted.inside)
      await delay(milliseconds)
      counted.inside -= 1
    },
  }
}

/** A server that answers what it is asked for by path, and never where nothing is said. */
const serveOnly = async (...answered: readonly string[]) =>
  await serve(() => (request, response) => {
    if (answered.includes(request.url ?? '')) response.end('{}')
  })

describe('the order', () => {
  test('is that of the ids, whatever ends first', async () => {
    const { order, events } = await runUnits(
      checksThat({
        c: async () => await delay(1),
        a: async () => await delay(60),
        b: async () => await delay(30),
        d: {},
      }),
    )
    expect(order).toEqual(['a', 'b', 'c', 'd'])
    const finished = events.flatMap((event) => (event.type === 'unit-finished' ? [event] : []))
    expect(finished.map(({ done, units }) => [done, units])).toEqual([1, 2, 3, 4].map((done) => [done, 4]))
    expect(finished.map(({ outcome }) => outcome.unit.id)).not.toEqual(order)
  })

  test('of beginning is that of the ids too', async () => {
    const names = ['e', 'b', 'd', 'a', 'c']
    const { events } = await runUnits(checksThat(Object.fromEntries(names.map((name) => [name, {}]))))
    const begun = events.flatMap((event) => (event.type === 'unit-started' ? [event.unit.id] : []))
    expect(begun).toEqual(names.toSorted().map((name) => `place/${name}`))
  })

  test('of the outcomes is that of no unit where there is none', async () => {
    expect(await runUnits([])).toMatchObject({ outcomes: [], events: [] })
  })
})

describe('side by side', () => {
  const visits = (count: number, visit: () => Promise<void>) =>
    checksThat(Object.fromEntries(Array.from({ length: count }, (_, at) => [`unit${at}`, async () => await visit()])))

  test('run as many as are asked for, and no more', async () => {
    const { counted, visit } = crowd()
    await runUnits(visits(12, visit), nobody, { concurrency: 3 })
    expect(counted).toEqual({ inside: 0, most: 3 })
  })

  test('run as many as the target bears', async () => {
    const { counted, visit } = crowd()
    await runUnits(visits(12, visit), targetAt('http://127.0.0.1:1', { limits: { concurrency: 2, timeout_ms: 1000 } }))
    expect(counted.most).toBe(2)
  })

  test('one that throws takes nobody along', async () => {
    const { verdicts } = await runUnits(
      checksThat({
        a: async () => {
          throw new Error('no')
        },
        b: {},
        c: async () => await delay(20),
      }),
      nobody,
      { concurrency: 2 },
    )
    expect(Object.values(verdicts).map(({ state }) => state)).toEqual(['broken', 'pass', 'pass'])
  })

  test('whoever moves the clock has the target alone, after all others', async () => {
    const { counted, visit } = crowd()
    const aloneAt: number[] = []
    const movesClock = {
      needs: ['clock'] as const,
      run: async () => {
        aloneAt.push(counted.inside)
        await visit()
        aloneAt.push(counted.inside)
      },
    }
    const target = targetAt('http://127.0.0.1:1', { capabilities: new Set(['clock']) })
    const { events } = await runUnits(
      checksThat({ a: movesClock, b: async () => await visit(50), c: movesClock, d: async () => await visit(30) }),
      target,
    )
    expect(aloneAt).toEqual([0, 0, 0, 0])
    expect(events.flatMap((event) => (event.type === 'unit-started' ? [event.unit.id.slice(-1)] : [])).join('')).toBe(
      'bdac',
    )
  })
})

describe('what only a claim binds to', () => {
  const ofDraft: Requirement = { id: 'oauth2.1/row', document: 'oauth2.1', section: '1', level: 'MUST', text: 'does' }
  const breach = { expected: 'this', actual: 'that' }
  const units = checksThat({
    draft: { proves: [ofDraft], run: async ({ expect: judge }) => judge.that(false, breach) },
    both: { proves: [ofDraft, rfc6749.codeSingleUse], run: async ({ expect: judge }) => judge.that(false, breach) },
    'speaks of it': async ({ expect: judge }) => judge.that(false, breach, ofDraft),
  })
  const found = ({ verdicts }: Awaited<ReturnType<typeof runUnits>>) =>
    Object.fromEntries(
      Object.entries(verdicts).map(([name, verdict]) => [
        name,
        verdict.state === 'fail' ? verdict.findings.map(({ requirement }) => requirement) : verdict,
      ]),
    )

  test('is not held against a target that does not claim it', async () => {
    expect(found(await runUnits(units))).toEqual({
      draft: {
        state: 'inapplicable',
        because: 'the target does not claim oauth2.1; hold it to that with --claims oauth2.1',
      },
      both: ['rfc6749/code-single-use'],
      'speaks of it': { state: 'pass' },
    })
  })

  test('is held against one that does', async () => {
    const target = targetAt('http://127.0.0.1:1', { claims: new Set(['oauth2.1']) })
    expect(found(await runUnits(units, target))).toEqual({
      draft: ['oauth2.1/row'],
      both: ['oauth2.1/row', 'rfc6749/code-single-use'],
      'speaks of it': ['oauth2.1/row'],
    })
  })

  test('may free a target of what a standard asks for', async () => {
    const freed = checksThat({
      freed: { proves: [rfc6749.pragmaNoCache], run: async ({ expect: judge }) => judge.that(false, breach) },
      'speaks of it': async ({ expect: judge }) => judge.that(false, breach, rfc6749.pragmaNoCache),
    })
    const target = targetAt('http://127.0.0.1:1', { claims: new Set(['oauth2.1']) })
    expect(found(await runUnits(freed))).toEqual({
      freed: ['rfc6749/pragma-no-cache'],
      'speaks of it': ['rfc6749/pragma-no-cache'],
    })
    expect(found(await runUnits(freed, target))).toEqual({
      freed: { state: 'inapplicable', because: 'the target claims oauth2.1, which does not ask for it' },
      'speaks of it': { state: 'pass' },
    })
  })
})

describe('whose matter it is', () => {
  test('what is thrown, whatever it is', async () => {
    const throws = (thrown: unknown) => async () => {
      // What the unit of a careless author may throw.
      throw thrown
    }
    const { verdicts } = await runUnits(
      checksThat({
        error: throws(new RangeError('too much')),
        text: throws('words alone'),
        nothing: throws(undefined),
        untestable: throws(new Untestable('nobody is there')),
        noAnswer: throws(new NoAnswer('GET /: the connection was reset')),
        broken: throws(new Broken('no token response')),
      }),
    )
    expect(verdicts).toEqual({
      error: { state: 'broken', error: { message: 'too much', stack: expect.stringContaining('run.test.ts') } },
      text: { state: 'broken', error: { message: 'words alone', stack: expect.any(String) } },
      nothing: { state: 'broken', error: { message: 'undefined', stack: expect.any(String) } },
      untestable: { state: 'untestable', because: 'nobody is there' },
      'no-answer': { state: 'untestable', because: `GET /: the connection was reset; ${whereNoAnswer}` },
      broken: { state: 'untestable', because: 'no token response' },
    })
  })

  test('a server that is not there is not our fault, and no pass', async () => {
    const { verdicts } = await runUnits(
      checksThat({ asks: async ({ client }) => void (await client.clientCredentials()) }),
    )
    expect(verdicts).toEqual({
      asks: { state: 'untestable', because: `POST /token: the connection was refused; ${whereNoAnswer}` },
    })
  })

  test('what the target does not offer does not concern it', async () => {
    const { verdicts } = await runUnits(
      checksThat({ needsMore: { needs: ['introspection', 'second client'], run: forever } }),
    )
    expect(verdicts['needs-more']).toMatchObject({ state: 'inapplicable' })
  })

  test.each([
    [
      { as: 'private_key_jwt' as const },
      /^the target file has no client with token_endpoint_auth_method private_key_jwt/,
    ],
    [{ needs: ['second client'] as const }, /^it needs a second client; add one under clients$/],
    [{ needs: ['second user'] as const }, /^it needs a second user; add one under users$/],
  ])('what the target file lacks is told: %j', async (definition, because) => {
    const { verdicts } = await runUnits(
      checksThat({ lacks: { ...definition, run: async ({ client }) => void client.redirectUri } }),
    )
    expect(verdicts['lacks']).toEqual({ state: 'untestable', because: expect.stringMatching(because) })
  })

  test('what is about confidential clients does not concern a target that has public ones alone', async () => {
    const target = targetAt('http://127.0.0.1:1', { clients: [publicClient] })
    const { verdicts } = await runUnits(
      checksThat({
        confidential: { as: 'confidential', run: async ({ client }) => void client.redirectUri },
        any: async ({ client }) => expect(client.account).toBe(publicClient),
      }),
      target,
    )
    expect(verdicts).toEqual({
      confidential: { state: 'inapplicable', because: 'the target file has no confidential client' },
      any: { state: 'pass' },
    })
  })

  test('a public client has no client credentials, whatever grants the target file lists for it', async () => {
    const { verdicts } = await runUnits(
      checksThat({ lacks: { needs: ['client_credentials'], run: async ({ client }) => void client.redirectUri } }),
      targetAt('http://127.0.0.1:1', {
        clients: [{ ...publicClient, grant_types: ['client_credentials'] }],
        capabilities: new Set(['client_credentials'] as const),
      }),
    )
    expect(verdicts['lacks']).toEqual({
      state: 'untestable',
      because: 'the target file has no client for client_credentials; add one under clients',
    })
  })

  test.each([
    ['implicit', 'the target file has no client that may use the implicit grant, and need not'],
    ['password_grant', 'the target file has no client that may use the password grant, and need not'],
  ] as const)('nobody need have a client for what is forbidden: %s', async (need, because) => {
    const { verdicts } = await runUnits(
      checksThat({ lacks: { needs: [need], run: async ({ client }) => void client.redirectUri } }),
      targetAt('http://127.0.0.1:1', { capabilities: new Set([need]) }),
    )
    expect(verdicts['lacks']).toEqual({ state: 'inapplicable', because })
  })
})

describe('a unit that does not end', () => {
  test('is stopped when its time is up, whether or not it listens', async () => {
    await using server = await serveOnly('/fast')
    const { verdicts } = await runUnits(
      checksThat({
        asks: async ({ client }) => void (await client.send({ method: 'GET', url: `${server.origin}/slow` })),
        hangs: forever,
        asksAgainAndAgain: async ({ client }) => {
          for (;;) await client.send({ method: 'GET', url: `${server.origin}/fast` })
        },
        ends: {},
      }),
      targetAt(server.origin),
      { unitTimeoutMs: 300 },
    )
    const overdue = { state: 'untestable', because: 'it did not end within 0.3 s' }
    expect(verdicts).toEqual({
      asks: overdue,
      'asks-again-and-again': overdue,
      ends: { state: 'pass' },
      hangs: overdue,
    })
  })

  test('keeps the breach that it saw before', async () => {
    const { verdicts } = await runUnits(
      checksThat({
        hangs: async ({ expect: judge }) => {
          judge.that(false, { expected: 'one thing', actual: 'another' })
          await forever()
        },
      }),
      nobody,
      { unitTimeoutMs: 50 },
    )
    expect(verdicts['hangs']).toMatchObject({ state: 'fail', findings: [{ actual: 'another' }] })
  })
})

describe('a run that is interrupted', () => {
  test('begins nothing more, and tells what is done', async () => {
    await using server = await serveOnly('/fast')
    const stop = new AbortController()
    const begun: string[] = []
    const { verdicts, events } = await runUnits(
      checksThat({
        a: async ({ client }) => void (await client.send({ method: 'GET', url: `${server.origin}/fast` })),
        b: async ({ expect: judge, client }) => {
          judge.that(false, { expected: 'one thing', actual: 'another' })
          await client.send({ method: 'GET', url: `${server.origin}/slow` })
        },
        c: async ({ client }) => {
          begun.push('c')
          stop.abort()
          await client.send({ method: 'GET', url: `${server.origin}/fast` })
        },
        d: async () => void begun.push('d'),
      }),
      targetAt(server.origin),
      { concurrency: 2, signal: stop.signal },
    )
    expect(verdicts).toMatchObject({ a: { state: 'pass' }, b: { state: 'fail' } })
    expect(Object.keys(verdicts)).toEqual(['a', 'b'])
    expect(begun).toEqual(['c'])
    expect(events.filter(({ type }) => type === 'unit-finished')).toHaveLength(2)
  })

  test('ends although a unit does not listen', async () => {
    const stop = new AbortController()
    const hangs = async () => {
      stop.abort()
      await forever()
    }
    expect((await runUnits(checksThat({ hangs }), nobody, { signal: stop.signal })).outcomes).toEqual([])
  })

  test('leaves nothing behind at the signal that would have interrupted it', async () => {
    const { signal } = new AbortController()
    await runUnits(checksThat({ a: {}, b: {} }), nobody, { signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('before it began does nothing', async () => {
    const { outcomes, events } = await runUnits(checksThat({ a: {} }), nobody, { signal: AbortSignal.abort() })
    expect([outcomes, events]).toEqual([[], []])
  })
})

describe("the target's clock", () => {
  /** A server with a clock, which loses its answer to one of the requests. */
  async function serveClock(lost = Number.NaN) {
    const offsets: number[] = []
    const served = await serve(() => (request, response) => {
      request.setEncoding('utf8').once('data', (body: string) => {
        offsets.push((JSON.parse(body) as { offset_ms: number }).offset_ms)
        if (offsets.length === lost) request.socket.destroy()
        else response.end('{}')
      })
    })
    return { ...served, offsets }
  }

  const clockTarget = (origin: string) =>
    targetAt(origin, { capabilities: new Set(['clock']), clockUrl: `${origin}/clock` })

  test('goes ahead from where it is, and back in the end', async () => {
    await using server = await serveClock()
    const ahead: number[] = []
    const { verdicts } = await runUnits(
      checksThat({
        moves: {
          needs: ['clock'],
          run: async ({ wait, client }) => {
            await wait(1000)
            await wait(60_000)
            ahead.push(Math.round((client.now() - Date.now()) / 1000))
          },
        },
        looks: {
          needs: ['clock'],
          run: async ({ client }) => void ahead.push(Math.round((client.now() - Date.now()) / 1000)),
        },
      }),
      clockTarget(server.origin),
    )
    expect(verdicts).toEqual({ looks: { state: 'pass' }, moves: { state: 'pass' } })
    expect(server.offsets).toEqual([1000, 61_000, 0])
    expect(ahead).toEqual([0, 61])
  })

  test.each<[string, Partial<Parameters<typeof runUnits>[2]>]>([
    ['its time was up', { unitTimeoutMs: 1000 }],
    ['the run was interrupted', {}],
  ])('is put back although %s', async (what, options) => {
    await using server = await serveClock()
    const stop = new AbortController()
    const moves = {
      needs: ['clock'] as const,
      run: async ({ wait }: { readonly wait: (milliseconds: number) => Promise<void> }) => {
        await wait(1000)
        if (what === 'the run was interrupted') stop.abort()
        await forever()
      },
    }
    await runUnits(checksThat({ moves }), clockTarget(server.origin), { ...options, signal: stop.signal })
    expect(server.offsets).toEqual([1000, 0])
  })

  test('is put back although nobody heard that it was moved', async () => {
    await using server = await serveClock(1)
    const { verdicts } = await runUnits(
      checksThat({ moves: { needs: ['clock'], run: async ({ wait }) => await wait(1000) } }),
      clockTarget(server.origin),
    )
    expect(verdicts['moves']).toMatchObject({ state: 'untestable' })
    expect(server.offsets).toEqual([1000, 0])
  })

  test('that cannot be moved is not our fault', async () => {
    await using server = await serve(() => (_, response) => response.writeHead(404).end())
    const { verdicts } = await runUnits(
      checksThat({ moves: { needs: ['clock'], run: async ({ wait }) => await wait(1000) } }),
      clockTarget(server.origin),
    )
    expect(verdicts['moves']).toEqual({
      state: 'untestable',
      because: "the target's clock could not be moved: status 404",
    })
  })
})

describe('a finding', () => {
  test('has a fingerprint that says nothing of values', async () => {
    const finds = (actual: string) =>
      checksThat({ finds: async ({ expect: judge }) => judge.that(false, { expected: 'x', actual }) })
    const fingerprints: unknown[] = []
    for (const actual of ['one', 'another']) {
      const { verdicts } = await runUnits(finds(actual))
      fingerprints.push(verdicts['finds'])
    }
    const fingerprint = fingerprintOf(rfc6749.codeSingleUse.id, 'place/finds', 'wrong-value')
    expect(fingerprint).toBe('6fdc0fcc8174')
    expect(fingerprints).toMatchObject([{ findings: [{ fingerprint }] }, { findings: [{ fingerprint }] }])
  })

  test('is told apart by requirement, unit and violation', () => {
    const prints = [
      fingerprintOf('a', 'b', 'accepted'),
      fingerprintOf('b', 'a', 'accepted'),
      fingerprintOf('a', 'b', 'refused'),
      fingerprintOf('a\nb', '', 'accepted'),
    ]
    expect(new Set(prints).size).toBe(4)
  })

  test('stands once, however often it is seen', async () => {
    const { verdicts } = await runUnits(
      checksThat({
        finds: async ({ expect: judge }) => {
          for (const actual of ['one', 'two']) judge.that(false, { expected: 'x', actual })
          judge.that(false, { expected: 'x', actual: 'three', violation: 'leaked' }, rfc6749.replayRevokes)
        },
      }),
    )
    expect(verdicts['finds']).toMatchObject({
      findings: [
        { requirement: rfc6749.codeSingleUse.id, violation: 'wrong-value', unit: 'place/finds' },
        { requirement: rfc6749.replayRevokes.id, violation: 'leaked' },
      ],
    })
  })

  test('brings the exchanges of its unit and of no other', async () => {
    await using server = await serveOnly('/a', '/b')
    const asks = (path: string, holds: boolean) =>
      checksThat({
        [path]: async ({ client, expect: judge }) => {
          await client.send({ method: 'GET', url: `${server.origin}/${path}` })
          judge.that(holds, { expected: 'x', actual: 'y' })
        },
      })
    const { verdicts } = await runUnits([...asks('a', false), ...asks('b', true)], targetAt(server.origin))
    expect(verdicts).toMatchObject({
      a: { findings: [{ evidence: [{ request: { url: `${server.origin}/a` } }] }] },
      b: { state: 'pass' },
    })
  })

  test('shows neither the secrets of the target file nor what lets a sign-in past a gate', async () => {
    await using server = await serve(() => (_, response) => response.end('{}'))
    const headers = { 'X-Gate': 'open-sesame', 'accept-language': 'en', 'x-host': new URL(server.origin).host }
    const { verdicts } = await runUnits(
      checksThat({
        finds: async ({ client, expect: judge }) => {
          await client.requestAuthorization()
          await client.send({ method: 'GET', url: `${server.origin}/`, body: `open-sesame en ${clientSecret}` })
          judge.that(false, { expected: 'x', actual: 'y' })
        },
      }),
      targetAt(server.origin, {
        metadata: { issuer: server.origin, authorization_endpoint: `${server.origin}/` },
        login: { browser: false, selectors: {}, headers },
      }),
    )
    const text = JSON.stringify(verdicts)
    expect(text).not.toContain('open-sesame')
    expect(text).toContain('["X-Gate","[x-gate 1]"]')
    expect(text).toContain('"[x-gate 1] en [client_secret 1]"')
    expect(text).toContain(server.origin)
  })

  test('and every other verdict holds no secret, of the target file or of the wire', async () => {
    await using server = await serve(() => (_, response) => response.end('{"access_token":"the-token-of-alice"}'))
    const quotes = `expected ${clientSecret} and the-token-of-alice and the-password-of-alice`
    const send = async (client: { send(request: { method: string; url: string }): Promise<unknown> }) =>
      await client.send({ method: 'GET', url: server.origin })
    const { outcomes } = await runUnits(
      checksThat({
        fails: async ({ client, expect: judge }) => {
          await send(client)
          judge.that(false, { expected: quotes, actual: quotes })
        },
        untestable: async ({ client }) => {
          await send(client)
          throw new Untestable(quotes)
        },
        broken: async ({ client }) => {
          await send(client)
          throw new TypeError(quotes)
        },
      }),
      targetAt(server.origin),
    )
    const text = JSON.stringify(outcomes.map(({ verdict }) => verdict))
    expect(text).toContain('expected [client_secret 1] and [access_token 1] and [password 1]')
    for (const secret of [clientSecret, 'the-token-of-alice', 'the-password-of-alice'])
      expect(text).not.toContain(secret)
  })
})
