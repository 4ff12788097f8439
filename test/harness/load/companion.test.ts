import { connect } from 'node:net'
import { anything, assert, asyncProperty } from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Tidings } from '../../../core/story.ts'
import { responseHead, tokenHead } from '../../../core/told.ts'
import { type CompanionDuties, startCompanion } from '../../../harness/load/companion.ts'

const tidings: Tidings = {
  scenario: 'tale',
  story: 'tale',
  seconds: [[1_700_000_000, 2, 1, [[230, 2]]]],
  unique: [['code', 'a code', '']],
  samples: [{ kind: 'id_token', token: 'a.b.c', at: 1_700_000_000_000, client: 'app' }],
}

const share = { index: 0, of: 1 }

/** A companion, what it heard, and how to ask it. */
async function started(duties: Partial<CompanionDuties> = {}) {
  const heard: Tidings[] = []
  const companion = await startCompanion({
    hear: async (told) => void heard.push(told),
    assemble: async () => 1_700_000_000_000,
    make: () => undefined,
    ...duties,
  })
  onTestFinished(companion.close)
  const { origin } = new URL(companion.url)
  const post = async (path: string, body: unknown = '', url = companion.url) =>
    await fetch(`${url}/${path}`, {
      method: 'POST',
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    })
  const statusOf = async (path: string, body?: unknown) => (await post(path, body)).status
  return { companion, origin, heard, post, statusOf }
}

describe('the companion of a run', () => {
  test('hears what virtual users tell', async () => {
    const { heard, statusOf } = await started()
    expect(await statusOf('tidings', tidings)).toBe(204)
    expect(await statusOf('tidings', { ...tidings, region: 'north', seconds: [], unique: [], samples: [] })).toBe(204)
    expect(heard).toEqual([
      { ...tidings, toRead: [] },
      { ...tidings, region: 'north', seconds: [], unique: [], samples: [], toRead: [] },
    ])
  })

  test('reads in the lines that follow what came, and in none of them where one says nothing', async () => {
    const { heard, statusOf } = await started()
    const form = '<form action="https://sp.example/acs">\n<input name="SAMLResponse">'
    const lines = [
      JSON.stringify(tidings),
      tokenHead('id_token', 'a.b.c', 'app', 'alice', 'n'),
      'a.b.c',
      responseHead(form, '_1\tsp\tacs\trelay', 'alice', 'https://idp.example/sso', 1_700_000_000_000),
      form,
    ]
    expect(await statusOf('tidings', lines.join(''))).toBe(204)
    expect(heard[0]?.toRead).toMatchObject([
      { kind: 'id_token', client: 'app', person: 'alice', nonce: 'n', token: 'a.b.c' },
      { kind: 'saml_response', person: 'alice', form, sampledAt: 1_700_000_000_000 },
    ])
    expect(await statusOf('tidings', [...lines, '\nid_token\tof two lines'].join(''))).toBe(400)
    expect(heard).toHaveLength(1)
  })

  test('lets whoever arrives wait, and tells all of them when they begin', async () => {
    const waiting: ((begins: number) => void)[] = []
    const { post } = await started({ assemble: async () => await new Promise((resolve) => waiting.push(resolve)) })
    const answers = Promise.all([1, 2].map(async () => await (await post('assembly', share)).text()))
    await expect.poll(() => waiting.length).toBe(2)
    for (const go of waiting) go(1234)
    expect(await answers).toEqual(['1234', '1234'])
  })

  test('makes as many as it is asked for, one unless said, and no more than a thousand', async () => {
    const make: CompanionDuties['make'] = async (path, count) => Array<string>(count).fill(path)
    const { post } = await started({ make })
    const made = async (path: string) => (await (await post(path)).text()).split('\n')
    expect(await made('assertions/a%20client')).toEqual(['assertions/a%20client'])
    expect(await made('assertions/app?count=3')).toEqual(Array(3).fill('assertions/app'))
    expect(await made('assertions/app?count=5000')).toHaveLength(1000)
  })

  test('tells Prometheus of itself without its secret, where it has something to tell', async () => {
    const { origin } = await started({ metrics: async () => 'up 1\n' })
    const answer = await fetch(`${origin}/metrics`)
    expect([answer.status, await answer.text()]).toEqual([200, 'up 1\n'])
    const { origin: silent } = await started()
    expect((await fetch(`${silent}/metrics`)).status).toBe(404)
  })

  test('has a secret of its own, which nobody guesses', async () => {
    const [one, other] = [await started(), await started()]
    const secrets = [one, other].map(({ companion, origin }) => companion.url.slice(origin.length + 1))
    expect(secrets[0]).not.toBe(secrets[1])
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{24}$/)
  })
})

describe('it refuses', () => {
  test.each(['', 'x', 'tidings', 'assembly', 'assertions/app', '..%2f'])(
    'whoever does not know its secret, and asks for /%s',
    async (path) => {
      const { origin, post, heard } = await started({ make: async () => ['made'] })
      expect((await post(path, tidings, origin)).status).toBe(404)
      expect((await post(path, tidings, `${origin}/not-the-secret`)).status).toBe(404)
      expect(heard).toEqual([])
    },
  )

  test('to be read', async () => {
    const { companion } = await started({ make: async () => ['made'] })
    for (const path of ['', '/', '/tidings', '/assembly', '/assertions/app'])
      expect((await fetch(companion.url + path)).status).toBe(404)
  })

  test('what it cannot make, and counts that are none', async () => {
    const { statusOf } = await started({
      make: (path) => (path === 'assertions/app' ? Promise.resolve(['made']) : undefined),
    })
    expect(await statusOf('assertions/other')).toBe(404)
    expect(await statusOf('')).toBe(404)
    for (const count of ['0', '-1', '1.5', 'many', ''])
      expect(await statusOf(`assertions/app?count=${count}`), count).toBe(404)
  })

  test.each<readonly [string, unknown]>([
    ['nothing', ''],
    ['what is not JSON', '{'],
    ['no text', new Uint8Array([0xff, 0xfe, 0])],
    ['null', null],
    ['a list', []],
    ['too little', { scenario: 'tale' }],
    ['a part of an iteration', { ...tidings, seconds: [[1, 1.5, 0, []]] }],
    ['less than nothing', { ...tidings, seconds: [[1, 1, -1, []]] }],
    ['a kind that there is not', { ...tidings, unique: [['password', 'x', '']] }],
    ['a value that is no text', { ...tidings, unique: [['code', 7, '']] }],
    ['a token that is none', { ...tidings, samples: [{ kind: 'id_token', token: {}, at: 0 }] }],
    ['a response in the place of a token', { ...tidings, samples: [{ kind: 'saml_response', token: 'a', at: 0 }] }],
  ])('tidings that are %s', async (_, body) => {
    const { heard, statusOf } = await started()
    expect(await statusOf('tidings', body)).toBe(400)
    expect(heard).toEqual([])
  })

  test('more than 16 MiB at once, and goes on', async () => {
    const { heard, post, statusOf } = await started()
    const long = { ...tidings, unique: [['code', 'x'.repeat(17 * 1024 * 1024), '']] }
    const refused = await post('tidings', long).then(
      ({ status }) => status >= 400,
      () => true,
    )
    expect([refused, heard]).toEqual([true, []])
    expect(await statusOf('tidings', tidings)).toBe(204)
  })
})

describe('it goes on', () => {
  test('whatever it is told', async () => {
    const { statusOf } = await started()
    await assert(
      asyncProperty(anything({ withNullPrototype: false }), async (value) => {
        const body = JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
        expect(await statusOf('tidings', body ?? '')).toBe(400)
      }),
      { numRuns: 50 },
    )
    expect(await statusOf('tidings', tidings)).toBe(204)
  })

  test.each<readonly [string, Partial<CompanionDuties>, string, unknown]>([
    [
      'what hears',
      {
        hear: async () => {
          throw new Error('it does not hear')
        },
      },
      'tidings',
      tidings,
    ],
    [
      'what is waited for',
      {
        assemble: async () => {
          throw new Error('nobody comes')
        },
      },
      'assembly',
      share,
    ],
    [
      'what makes',
      {
        make: async () => {
          throw new Error('the key is broken')
        },
      },
      'assertions/app',
      '',
    ],
  ])('though %s fails', async (_, duties, path, body) => {
    const { statusOf } = await started(duties)
    expect(await statusOf(path, body)).toBe(400)
    expect(await statusOf(path, body)).toBe(400)
  })

  test('though what tells Prometheus fails', async () => {
    const { origin, statusOf } = await started({
      metrics: async () => {
        throw new Error('no figures')
      },
    })
    expect((await fetch(`${origin}/metrics`)).status).toBe(400)
    expect(await statusOf('tidings', tidings)).toBe(204)
  })

  test('though somebody speaks no HTTP, or leaves in the midst of it', async () => {
    const { companion, statusOf } = await started()
    const { hostname, port, pathname } = new URL(companion.url)
    const head = `POST ${pathname}/tidings HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n`
    for (const said of ['nonsense\r\n\r\n', 'POST // HTTP/1.1\r\nHost: x\r\n\r\n', `${head}{`]) {
      const socket = connect({ host: hostname, port: Number(port) }).on('error', () => undefined)
      socket.write(said)
      await new Promise((resolve) => setTimeout(resolve, 30))
      socket.destroy()
    }
    expect(await statusOf('tidings', tidings)).toBe(204)
  })

  test('until it is closed, though somebody still waits', async () => {
    const { companion, post } = await started({ assemble: async () => await new Promise(() => {}) })
    const waiting = post('assembly', share).then(
      () => 'answered',
      () => 'broken off',
    )
    await new Promise((resolve) => setTimeout(resolve, 30))
    await companion.close()
    expect(await waiting).toBe('broken off')
  })
})
