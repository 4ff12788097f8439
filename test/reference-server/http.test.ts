import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { exampleAccounts } from '../../reference-server/example.ts'
import { listen, type ListenOptions } from '../../reference-server/listen.ts'
import { OAuthError } from '../../reference-server/oauth-error.ts'
import type { Swap } from '../../reference-server/rulebook.ts'

const { config } = exampleAccounts()

async function started(options: ListenOptions = {}) {
  const server = await listen({ isControllable: true, ...options, config: { ...config, ...options.config } })
  onTestFinished(server.close)
  const origin = `http://127.0.0.1:${server.port}`
  return {
    ...server,
    origin,
    ask: async (method: string, path: string, more: RequestInit = {}) =>
      await fetch(origin + path, { method, redirect: 'manual', ...more }),
  }
}

const form = { 'content-type': 'application/x-www-form-urlencoded' }
const inJson = { 'content-type': 'application/json' }

/** The status of each answer to these octets. */
async function answersTo(port: number, octets: string): Promise<readonly number[]> {
  const text = await new Promise<string>((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(octets, 'latin1'))
    socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk))
    socket.on('error', reject).on('close', () => resolve(received))
  })
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}

describe('methods', () => {
  const methods: Readonly<Record<string, readonly string[]>> = {
    '/.well-known/openid-configuration': ['GET', 'HEAD'],
    '/.well-known/oauth-authorization-server': ['GET', 'HEAD'],
    '/jwks': ['GET', 'HEAD'],
    '/authorize': ['GET', 'HEAD', 'POST'],
    '/login': ['GET', 'HEAD', 'POST'],
    '/consent': ['GET', 'HEAD', 'POST'],
    '/token': ['POST'],
    '/userinfo': ['GET', 'HEAD', 'POST'],
    '/revoke': ['POST'],
    '/introspect': ['POST'],
    '/register': ['POST'],
    '/register/somebody': ['GET', 'HEAD', 'PUT', 'DELETE'],
    '/saml/metadata': ['GET', 'HEAD'],
    '/saml/sso': ['GET', 'HEAD'],
    '/clock': ['POST'],
    '/rotate-keys': ['POST'],
  }

  test.each(Object.entries(methods))('%s takes %j and says so to all others', async (path, allowed) => {
    const { ask } = await started()
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const response = await ask(method, path)
      const what = `${method} ${path}`
      if (allowed.includes(method)) expect([404, 405, 500], what).not.toContain(response.status)
      else
        expect([response.status, response.headers.get('allow')?.split(', ').toSorted()], what).toEqual([
          method === 'OPTIONS' ? 204 : 405,
          [...allowed, 'OPTIONS'].toSorted(),
        ])
    }
  })

  test('HEAD answers like GET, without the body', async () => {
    const { ask } = await started()
    for (const path of ['/jwks', '/.well-known/openid-configuration', '/userinfo', '/login']) {
      const [head, get] = [await ask('HEAD', path), await ask('GET', path)]
      expect(head.status).toBe(get.status)
      expect(await head.text()).toBe('')
      const ofTheConnection = ['connection', 'content-length', 'keep-alive', 'transfer-encoding']
      const named = ({ headers }: Response) => [...headers.keys()].filter((name) => !ofTheConnection.includes(name))
      expect(named(head)).toEqual(named(get))
    }
  })

  test.each(['/', '//token', '/token/', '/TOKEN', '/register/a/b', '/nothing', '/%2Ftoken', '/clock', '/rotate-keys'])(
    '%s is not there',
    async (path) => {
      const { ask } = await started({ isControllable: false })
      const response = await ask('POST', path)
      expect([response.status, await response.text()]).toEqual([404, 'Not found\n'])
    },
  )
})

describe('bodies', () => {
  const endpoints = ['/token', '/introspect', '/revoke']

  test.each([
    ['nothing', {}],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{"grant_type":"client_credentials"}' }],
    ['text', { headers: { 'content-type': 'text/plain' }, body: 'grant_type=client_credentials' }],
    ['a type that begins alike', { headers: { 'content-type': 'application/x-www-form-urlencodedx' }, body: 'a=b' }],
    ['several parts', { body: new FormData() }],
  ])('of %s are no form', async (_, body) => {
    const { ask } = await started()
    for (const path of endpoints) {
      const response = await ask('POST', path, body)
      expect([path, response.status, await response.json()]).toEqual([
        path,
        400,
        { error: 'invalid_request', error_description: 'the request is not application/x-www-form-urlencoded' },
      ])
    }
  })

  test.each(['%', '%zz=%zz', '=&=&&', 'a=\0', '\xff\xfe', 'a'.repeat(60_000), '&'.repeat(60_000)])(
    'that are odd forms are answered with an error of the client: %j',
    async (body) => {
      const { ask } = await started()
      for (const path of [...endpoints, '/login', '/consent', '/authorize']) {
        const { status } = await ask('POST', path, { headers: form, body })
        expect([400, 401], `${path}: ${status}`).toContain(status)
      }
    },
  )

  test.each(['', '{', 'null', '[]', '"text"', '{"redirect_uris":7}', '{"jwks":null}', '{"grant_types":{}}', '\0'])(
    'that are odd registrations are answered with an error: %j',
    async (body) => {
      const { ask } = await started()
      const response = await ask('POST', '/register', { headers: inJson, body })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: expect.stringMatching(/^invalid_/) })
    },
  )

  test.each(['/token', '/introspect', '/revoke', '/register', '/authorize', '/login'])(
    'that are too large are refused at %s',
    async (path) => {
      const { ask } = await started()
      const headers = path === '/register' ? inJson : form
      const fits = await ask('POST', path, { headers, body: `a=${'x'.repeat(65_000)}` })
      expect(await fits.text()).not.toContain('too large')
      const large = await ask('POST', path, { headers, body: `a=${'x'.repeat(66_000)}` })
      expect(large.status).toBe(400)
      expect(await large.text()).toContain('the request is too large')
    },
  )

  test.each([
    ['whose length is told beforehand', { 'content-length': '10000000000' }],
    ['that come in chunks', { 'transfer-encoding': 'chunked' }],
  ])('without end, %s, are refused and not read', async (_, headers) => {
    const { port } = await started()
    let sent = 0
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest({
        port,
        host: '127.0.0.1',
        path: '/token',
        method: 'POST',
        headers: { ...form, ...headers },
      })
      request.once('response', resolve)
      request.once('error', reject)
      const go = () => {
        while (!request.destroyed && request.write('x'.repeat(65_536))) sent += 65_536
      }
      request.on('drain', go)
      go()
      onTestFinished(() => void request.destroy())
    })
    let text = ''
    for await (const chunk of response) text += String(chunk)
    expect([response.statusCode, JSON.parse(text)]).toEqual([
      400,
      { error: 'invalid_request', error_description: 'the request is too large' },
    ])
    expect(sent).toBeLessThan(50_000_000)
  })
})

describe('the clock', () => {
  const moved = async (body: string) => {
    const { ask } = await started()
    const response = await ask('POST', '/clock', { body })
    return [response.status, await response.json()]
  }

  test('goes where it is told', async () => {
    const { ask } = await started()
    const now = async (offset: number) => {
      const response = await ask('POST', '/clock', { body: JSON.stringify({ offset_ms: offset }) })
      return Date.parse(((await response.json()) as { now: string }).now) - offset
    }
    const before = Date.now()
    for (const offset of [3_600_000, -3_600_000, 0]) {
      expect(await now(offset)).toBeGreaterThanOrEqual(before)
      expect(await now(offset)).toBeLessThanOrEqual(Date.now())
    }
  })

  test.each([
    '',
    '{',
    'null',
    '[]',
    '7',
    '{}',
    '{"offset_ms":"1"}',
    '{"offset_ms":1.5}',
    '{"offset_ms":null}',
    '{"offset_ms":1e400}',
    '{"offset_ms":9007199254740991}',
    '{"offset_ms":-9007199254740991}',
  ])('stays where it is for %j', async (body) => {
    expect(await moved(body)).toEqual([400, { error: 'offset_ms must be a whole number of milliseconds' }])
  })

  test('is open to nobody but this machine', async () => {
    await expect(listen({ host: '0.0.0.0', isControllable: true })).rejects.toThrow(
      'whoever reaches 0.0.0.0 could move the clock and rotate the keys: that is open on a loopback address only',
    )
    await expect(listen({ host: '::', isControllable: true })).rejects.toThrow(TypeError)
    await expect(listen({ host: '127.0.0.1.evil.example', isControllable: true })).rejects.toThrow(TypeError)
    const { ask } = await started({ host: '127.0.0.1' })
    expect((await ask('POST', '/clock', { body: '{"offset_ms":0}' })).status).toBe(200)
  })
})

describe('cookies', () => {
  const authorize = '/authorize?client_id=post-client&response_type=code&redirect_uri=https://rp.example/callback'

  test.each([
    ';;==;',
    'assay_session',
    'assay_session=',
    'assay_session=unknown; assay_session=other',
    'assay_browser=%%%; assay_session=%00',
    'a="b; assay_session=c"',
    `assay_session=${'x'.repeat(10_000)}`,
    'assay_session=\xff',
    'ASSAY_SESSION=a',
  ])('that are malformed sign nobody in: %j', async (cookie) => {
    const { ask } = await started()
    const response = await ask('GET', authorize, { headers: { cookie } })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toMatch(/\/login\?interaction=[\w-]+$/)
  })
})

describe('HTTP', () => {
  test('one connection serves one request after the other, whatever came before', async () => {
    const { port } = await started()
    const host = `Host: 127.0.0.1:${port}\r\n`
    const large = `POST /token HTTP/1.1\r\n${host}Content-Type: ${form['content-type']}\r\nContent-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`
    const requests = [
      `GET /jwks HTTP/1.1\r\n${host}\r\n`,
      `HEAD /jwks HTTP/1.1\r\n${host}\r\n`,
      `GET /nothing HTTP/1.1\r\n${host}\r\n`,
      `PUT /jwks HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`,
      `GET /userinfo HTTP/1.1\r\n${host}\r\n`,
      large,
      `GET /jwks HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    ]
    expect(await answersTo(port, requests.join(''))).toEqual([200, 200, 404, 405, 401, 400, 200])
  })

  test('an agent keeps its connection', async () => {
    const { port } = await started()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    const ports = new Set<number | undefined>()
    for (let time = 0; time < 5; time++) {
      await new Promise<void>((resolve, reject) => {
        httpRequest({ port, host: '127.0.0.1', path: '/jwks', agent }, (response) => {
          ports.add(response.socket.localPort)
          response.resume().once('end', resolve)
        })
          .once('error', reject)
          .end()
      })
    }
    expect(ports.size).toBe(1)
  })

  test.each([
    ['a Host that is none', 'GET /jwks HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['half a Host', 'GET /jwks HTTP/1.1\r\nHost: [::1\r\n\r\n'],
    ['a path in the Host', 'GET /jwks HTTP/1.1\r\nHost: x/../y?z#a\r\n\r\n'],
    ['no Host', 'GET /jwks HTTP/1.1\r\n\r\n'],
    ['an older protocol', 'GET /jwks HTTP/1.0\r\n\r\n'],
    ['no target', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a relative target', 'GET jwks HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a null octet', 'GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an octet that is not ASCII', 'GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'two lengths',
      'POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no HTTP', 'nonsense\r\n\r\n'],
  ])('a request with %s is a bad one', async (_, octets) => {
    const { port } = await started()
    expect(await answersTo(port, octets)).toEqual([400])
  })

  test('headers that are too large are refused', async () => {
    const { port } = await started()
    const octets = `GET /jwks HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`
    expect(await answersTo(port, octets)).toEqual([431])
  })
})

describe("what is the operator's own", () => {
  const secretDetail = 'no row in table codes at /srv/as/store.ts'

  /** What goes to standard error. */
  function overheard() {
    const heard = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => heard.mockRestore())
    return heard
  }

  const fails = () => {
    throw new Error(secretDetail)
  }

  test.each<[string, string, keyof Swap]>([
    ['GET', '/.well-known/openid-configuration', 'metadataStatus'],
    ['GET', '/authorize?client_id=x', 'authorizationParams'],
    ['GET', '/login', 'pageHeaders'],
    ['POST', '/token', 'tokenParams'],
    ['POST', '/introspect', 'tokenParams'],
    ['POST', '/revoke', 'tokenParams'],
    ['GET', '/userinfo', 'bearerToken'],
    ['POST', '/register', 'registrationErrorStatus'],
    ['GET', '/register/somebody', 'bearerToken'],
  ])('%s %s that fails says that it failed and no more', async (method, path, rule) => {
    const heard = overheard()
    const { ask } = await started({ swap: { [rule]: fails } })
    const headers = path === '/register' ? inJson : form
    const response = await ask(method, path, method === 'POST' ? { headers, body: 'a=b' } : {})
    expect([response.status, await response.text()]).toEqual([500, '{"error":"server_error"}'])
    expect(heard).toHaveBeenCalledWith(expect.objectContaining({ message: secretDetail }))
  })

  test('the cause of an error stays with the operator', async () => {
    const heard = overheard()
    const refuses = () => {
      throw new OAuthError('invalid_request', 'it is malformed', { cause: new Error(secretDetail) })
    }
    const { ask } = await started({ swap: { tokenParams: refuses, authorizationParams: refuses } })
    const token = await ask('POST', '/token', { headers: form, body: 'a=b' })
    expect(await token.json()).toEqual({ error: 'invalid_request', error_description: 'it is malformed' })
    const page = await (await ask('GET', '/authorize?client_id=x')).text()
    expect(page).toContain('it is malformed')
    expect(page).not.toMatch(/store\.ts|\bat .*:\d+:\d+/)
    expect(heard).not.toHaveBeenCalled()
  })

  test('what a request brings is not repeated as markup', async () => {
    const { ask } = await started()
    const markup = encodeURIComponent('"><script>alert(1)</script>')
    for (const path of [`/login?interaction=${markup}`, `/authorize?client_id=${markup}&redirect_uri=${markup}`])
      expect(await (await ask('GET', path)).text()).not.toContain('<script>')
  })

  test('a registration under a name that cannot be decoded is nobody’s', async () => {
    const { ask } = await started()
    for (const path of ['/register/%E0%A4%A', '/register/%', '/register/%00'])
      expect((await ask('GET', path, { headers: { authorization: 'Bearer abc' } })).status).toBe(401)
  })
})

test('a port that is taken is told', async () => {
  const { port } = await started()
  await expect(listen({ port })).rejects.toThrow('EADDRINUSE')
})
