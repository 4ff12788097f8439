import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Redactor } from '../../../core/redact.ts'
import {
  bodyLimit,
  headerOf,
  headersOf,
  HttpClient,
  type HttpOptions,
  type HttpResponse,
  jsonOf,
  NoAnswer,
  objectOf,
  type Pace,
} from '../../../harness/client/http.ts'
import { serve } from '../target/serve.ts'
import { serveRaw, writeForever } from './raw-server.ts'

const newClient = (options: Partial<HttpOptions> = {}) =>
  new HttpClient({ timeoutMs: 5000, redactor: new Redactor(), ...options })

const get = (url: string) => ({ method: 'GET', url })

const head = 'HTTP/1.1 200 OK\r\n'

/** Why no answer came. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(NoAnswer)
  return (error as NoAnswer).message
}

describe('a request goes over the wire as it was given', () => {
  test('the path and query, octet for octet', async () => {
    await using server = await serveRaw((socket) => socket.end(`${head}content-length: 0\r\n\r\n`))
    const paths = [
      '/a/../b/./c',
      '/%zz%',
      '/a?b=%00&b=%2e%2E&c',
      '/a//b;c=d',
      '/?',
      '/\\..\\x',
      '/"<>|^`{}',
      '/a?x#b',
      '',
    ]
    for (const path of paths) await newClient().send(get(server.origin + path))
    const asked = [
      '/a/../b/./c',
      '/%zz%',
      '/a?b=%00&b=%2e%2E&c',
      '/a//b;c=d',
      '/?',
      '/\\..\\x',
      '/"<>|^`{}',
      '/a?x',
      '/',
    ]
    expect(server.received.map((text) => text.split(' ')[1])).toEqual(asked)
  })

  test('the headers, repeated ones and the case of their names included, and no others than HTTP needs', async () => {
    await using server = await serveRaw((socket) => socket.end(`${head}content-length: 0\r\n\r\n`))
    await newClient().send({
      method: 'POST',
      url: `${server.origin}/token`,
      headers: [
        ['X-One', 'a'],
        ['x-one', 'b'],
        ['Authorization', 'Basic  odd'],
        ['authorization', 'Bearer twice'],
      ],
      body: 'a=b',
    })
    const [first = ''] = server.received
    expect(first.split('\r\n').map((line) => line.replace(/:\d+$/, ':PORT'))).toEqual([
      'POST /token HTTP/1.1',
      'host: 127.0.0.1:PORT',
      'connection: keep-alive',
      'X-One: a',
      'x-one: b',
      'Authorization: Basic  odd',
      'authorization: Bearer twice',
      'content-length: 3',
      '',
      'a=b',
    ])
  })

  test('what cannot be sent at all is our own fault', async () => {
    await using server = await serveRaw((socket) => socket.end(`${head}content-length: 0\r\n\r\n`))
    const wrong = [
      { ...get(server.origin), headers: [['x', 'a\r\nb: c']] as const },
      { ...get(server.origin), headers: [['x y', 'a']] as const },
      { method: 'GET /', url: server.origin },
    ]
    for (const request of wrong) await expect(newClient().send(request)).rejects.toThrow(TypeError)
    expect(server.received.join('')).toBe('')
  })

  test.each(['authorization', 'cookie'])('what cannot be sent as %s may be what the target gave', async (name) => {
    await using server = await serveRaw((socket) => socket.end(`${head}content-length: 0\r\n\r\n`))
    const request = { ...get(server.origin), headers: [[name, 'Bearer a\r\nx: y']] as const }

    await expect(newClient().send(request)).rejects.toThrow(NoAnswer)
    expect(server.received.join('')).toBe('')
  })

  test.each([
    ['not a url', 'the URL is malformed'],
    ['/token', 'the URL is malformed'],
    ['http://[::1', 'the URL is malformed'],
    ['ftp://as.example/token', 'the URL is not one of http or https'],
    ['http://127.0.0.1:1/a b', 'the URL is malformed'],
  ])('a URL that the metadata got wrong is told: %s', async (url, because) => {
    expect(await failureOf(newClient().send(get(url)))).toMatch(new RegExp(`^GET /.*: ${because}$`))
  })
})

describe('an answer is taken as it comes', () => {
  test('redirects are not followed, and repeated headers stay apart', async () => {
    await using server = await serveRaw((socket) =>
      socket.end(
        'HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-Latin: caf\xE9\r\ncontent-length: 0\r\n\r\n',
        'latin1',
      ),
    )
    const response = await newClient().send(get(`${server.origin}/first`))
    expect(response).toEqual({
      status: 302,
      headers: [
        ['Location', '/next'],
        ['Set-Cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['X-Latin', 'caf\xE9'],
        ['content-length', '0'],
      ],
      body: '',
      truncated: false,
      url: `${server.origin}/first`,
    })
    expect(server.received).toHaveLength(1)
  })

  test('informational answers before it do not count', async () => {
    const informational = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
    await using server = await serveRaw((socket) =>
      socket.end(`${informational.repeat(3)}${head}content-length: 2\r\n\r\nok`),
    )
    expect(await newClient().send(get(server.origin))).toMatchObject({ status: 200, body: 'ok' })
  })

  test('a body that is compressed although nobody asked stays compressed: no bomb goes off', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000))
    await using server = await serveRaw((socket, request) => {
      expect(request).not.toMatch(/accept-encoding/i)
      socket.write(`${head}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`)
      socket.end(bomb)
    })
    const response = await newClient().send(get(server.origin))
    expect(response.truncated).toBe(false)
    expect(response.body.length).toBeLessThanOrEqual(bomb.length)
  })

  test('octets that are no UTF-8 are read all the same', async () => {
    await using server = await serveRaw((socket) =>
      socket.end(`${head}content-length: 3\r\n\r\n\xC3\xA9\xFF`, 'latin1'),
    )
    expect((await newClient().send(get(server.origin))).body).toBe('é\uFFFD')
  })

  test('without a length it ends with the connection', async () => {
    await using server = await serveRaw((socket) => socket.end(`${head}connection: close\r\n\r\nto the end`))
    expect(await newClient().send(get(server.origin))).toMatchObject({ body: 'to the end', truncated: false })
  })

  test('the same connection serves one request after the other', async () => {
    await using server = await serveRaw((socket) => socket.write(`${head}content-length: 2\r\n\r\nok`))
    const client = newClient()
    for (let time = 0; time < 10; time++) expect((await client.send(get(server.origin))).body).toBe('ok')
    expect(server.received.length).toBeLessThan(10)
  })
})

describe('a hostile server', () => {
  test.each([
    ['with a length', 'content-length: 10000000000\r\n\r\n', 'x'.repeat(65_536)],
    ['without one', 'connection: close\r\n\r\n', 'x'.repeat(65_536)],
    ['in chunks', 'transfer-encoding: chunked\r\n\r\n', `10000\r\n${'x'.repeat(0x10000)}\r\n`],
  ])('that sends an endless body %s is cut off', async (_, more, piece) => {
    const written: { octets: number }[] = []
    const closed: Promise<unknown>[] = []
    await using server = await serveRaw((socket) => {
      closed.push(new Promise((resolve) => socket.once('close', resolve)))
      socket.write(head + more)
      written.push(writeForever(socket, piece))
    })
    const client = newClient()
    const response = await client.send(get(server.origin))
    expect(response).toMatchObject({ status: 200, truncated: true })
    expect(response.body.length).toBe(bodyLimit)
    expect(client.exchanges[0]?.response).toMatchObject({ truncated: true })
    // The rest stays in the server, but for what the kernel had taken.
    await Promise.all(closed)
    expect(written[0]?.octets).toBeLessThan(50_000_000)
    expect((await newClient().send(get(server.origin))).status).toBe(200)
  })

  test.each([
    ['headers', head, 'x: y\r\n', 'the headers are larger than 64 KiB'],
    ['one header', `${head}x: `, 'y'.repeat(1000), 'the headers are larger than 64 KiB'],
  ])('that sends endless %s is cut off', async (_, start, piece, because) => {
    await using server = await serveRaw((socket) => {
      socket.write(start)
      writeForever(socket, piece)
    })
    expect(await failureOf(newClient().send(get(`${server.origin}/a?b`)))).toBe(`GET /a: ${because}`)
  })

  type Misbehaviour = (socket: Socket) => void

  /** Again and again, until the other side has enough. */
  const every20Ms =
    (start: string, piece: string): Misbehaviour =>
    (socket) => {
      socket.write(start)
      const ticking = setInterval(() => socket.write(piece), 20)
      socket.once('close', () => clearInterval(ticking))
    }

  test.each<[string, Misbehaviour]>([
    ['answers nothing', () => {}],
    ['never ends its headers', (socket) => socket.write(`${head}x: y\r\n`)],
    ['never ends its body', (socket) => socket.write(`${head}content-length: 9\r\n\r\nx`)],
    ['never ends its status line', (socket) => void writeForever(socket.setNoDelay(), 'HTTP/1.1 200 OK')],
    ['only ever sends hints', every20Ms('', 'HTTP/1.1 103 Early Hints\r\n\r\n')],
    ['trickles', every20Ms(`${head}content-length: 1000000\r\n\r\n`, 'x')],
  ])('that %s is given up', async (_, answer) => {
    await using server = await serveRaw(answer)
    const client = newClient({ timeoutMs: 300 })
    expect(await failureOf(client.send(get(server.origin)))).toBe('GET /: no answer within 300 ms')
    expect(client.exchanges).toMatchObject([{ request: { method: 'GET' }, failure: 'no answer within 300 ms' }])
  })

  test.each([
    ['closes at once', '', 'the connection was closed'],
    ['closes in the headers', `${head}x: y\r\n`, 'the connection was closed'],
    ['closes in the body', `${head}content-length: 9\r\n\r\nx`, 'the connection was closed'],
    ['closes in a chunk', `${head}transfer-encoding: chunked\r\n\r\n9\r\nx`, 'the connection was closed'],
    ['speaks another protocol', 'SSH-2.0-OpenSSH_9.9\r\n', 'the answer is not HTTP (Expected HTTP/, RTSP/ or ICE/)'],
    ['speaks HTTP/0.9', '<html></html>', 'the answer is not HTTP (Expected HTTP/, RTSP/ or ICE/)'],
    ['has no status', 'HTTP/1.1 abc OK\r\n\r\n', 'the answer is not HTTP (Invalid status code)'],
    [
      'gives two lengths',
      `${head}content-length: 1\r\ncontent-length: 2\r\n\r\nab`,
      'the answer does not have the length that it says',
    ],
    [
      'gives a chunk no size',
      `${head}transfer-encoding: chunked\r\n\r\nzz\r\n`,
      'the answer is not HTTP (Invalid character in chunk size)',
    ],
    ['answers that it may go on', 'HTTP/1.1 100 Continue\r\n\r\n', 'the answer is one that nobody asked for'],
    [
      'switches protocols',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'the answer is one that nobody asked for',
    ],
  ])('that %s is told so', async (_, text, because) => {
    await using server = await serveRaw((socket) => socket.end(text))
    expect(await failureOf(newClient().send(get(server.origin)))).toBe(`GET /: ${because}`)
  })

  test('that resets the connection is told so', async () => {
    await using server = await serveRaw((socket) => socket.resetAndDestroy())
    expect(await failureOf(newClient().send(get(server.origin)))).toBe('GET /: the connection was reset')
  })

  test('that is not there is told so', async () => {
    const server = await serveRaw(() => {})
    await server[Symbol.asyncDispose]()
    expect(await failureOf(newClient().send(get(server.origin)))).toBe('GET /: the connection was refused')
  })

  test('that answers before it is asked, and more than once, answers only once', async () => {
    const answer = `${head}content-length: 2\r\n\r\n`
    await using server = await serveRaw((socket) => socket.write(`${answer}ok${answer}no`))
    const client = newClient()
    expect((await client.send(get(server.origin))).body).toBe('ok')
    expect((await client.send(get(server.origin))).body).toBe('ok')
  })
})

describe('what is kept', () => {
  test('each exchange, oldest first, without its secrets', async () => {
    await using server = await serve(() => (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"a-secret-token"}')
    })
    const client = newClient()
    await client.send({ method: 'POST', url: `${server.origin}/token`, body: 'code=a-secret-code' })
    await client.load(get(`${server.origin}/style.css`))
    await client.send({ ...get(`${server.origin}/me`), headers: [['authorization', 'Bearer a-secret-token']] })
    expect(client.exchanges.map(({ request: { url, body } }) => [url.replace(server.origin, ''), body])).toEqual([
      ['/token', 'code=[code 1]'],
      ['/me', undefined],
    ])
    expect(JSON.stringify(client.exchanges)).not.toContain('a-secret')
  })

  test('no message holds a secret, be it in the path', async () => {
    const redactor = new Redactor()
    redactor.learn('registration_client_uri', 'a-secret-path')
    const server = await serveRaw(() => {})
    await server[Symbol.asyncDispose]()
    expect(await failureOf(newClient({ redactor }).send(get(`${server.origin}/a-secret-path?code=abcdefgh`)))).toBe(
      'GET /[registration_client_uri 1]: the connection was refused',
    )
  })
})

describe('a server that asks for patience', () => {
  /** Lets everything through, and keeps account of the pauses. */
  function account(): Pace & { readonly pauses: number[]; waits: number } {
    const kept = { pauses: [] as number[], waits: 0 }
    return Object.assign(kept, {
      wait: async () => void kept.waits++,
      pause: (milliseconds: number) => void kept.pauses.push(milliseconds),
    })
  }

  const busy = async (...retryAfter: readonly (string | undefined)[]) => {
    let asked = 0
    const server = await serve(() => (_, response) => {
      const after = retryAfter[Math.min(asked++, retryAfter.length - 1)]
      if (after === 'go on') response.writeHead(200).end('at last')
      else response.writeHead(429, after === undefined ? {} : { 'retry-after': after }).end('busy')
    })
    return { ...server, asked: () => asked }
  }

  test('is asked again after that time', async () => {
    await using server = await busy('2', '1', 'go on')
    const pace = account()
    const client = newClient({ pace })
    expect(await client.send(get(server.origin))).toMatchObject({ status: 200, body: 'at last' })
    expect(pace).toMatchObject({ pauses: [2000, 1000], waits: 3 })
    expect(client.exchanges.map(({ response }) => response?.status)).toEqual([429, 429, 200])
  })

  test('is asked again at that date', async () => {
    await using server = await busy(new Date(Date.now() + 20_000).toUTCString(), 'go on')
    const pace = account()
    expect((await newClient({ pace }).send(get(server.origin))).status).toBe(200)
    expect(pace.pauses).toHaveLength(1)
    expect(pace.pauses[0]).toBeGreaterThan(10_000)
    expect(pace.pauses[0]).toBeLessThanOrEqual(20_000)
  })

  test('is given up in the end', async () => {
    await using server = await busy('0')
    const pace = account()
    expect((await newClient({ pace }).send(get(server.origin))).status).toBe(429)
    expect(server.asked()).toBe(4)
  })

  test.each(['61', '-1', 'soon', '', undefined, 'Thu, 01 Jan 2099 00:00:00 GMT', 'Infinity'])(
    'is believed at once where it asks for %s',
    async (after) => {
      await using server = await busy(after)
      const pace = account()
      expect((await newClient({ pace }).send(get(server.origin))).status).toBe(429)
      expect([server.asked(), pace.pauses]).toEqual([1, []])
    },
  )

  test('is not asked again where nobody keeps the pace', async () => {
    await using server = await busy('0')
    expect((await newClient().send(get(server.origin))).status).toBe(429)
    expect(server.asked()).toBe(1)
  })
})

describe('a run that is stopped', () => {
  test('ends the request that is under way, and does not blame the server', async () => {
    const stop = new AbortController()
    await using server = await serveRaw(() => stop.abort())
    const client = newClient({ signal: stop.signal })
    expect(await failureOf(client.send(get(server.origin)))).toBe('GET /: it was stopped before the answer came')
    expect(client.exchanges).toMatchObject([{ failure: 'it was stopped before the answer came' }])
  })

  test('sends nothing more', async () => {
    await using server = await serveRaw((socket) => socket.end(`${head}content-length: 0\r\n\r\n`))
    await expect(newClient({ signal: AbortSignal.abort() }).send(get(server.origin))).rejects.toThrow(NoAnswer)
    expect(server.received.join('')).toBe('')
  })
})

describe('reading an answer', () => {
  const response = (body: string): HttpResponse => ({
    status: 200,
    headers: [
      ['Vary', 'a'],
      ['VARY', 'b'],
    ],
    body,
    truncated: false,
    url: 'https://as.example/',
  })

  test('headers by any case of their name', () => {
    expect(headersOf(response(''), 'vary')).toEqual(['a', 'b'])
    expect(headerOf(response(''), 'vArY')).toBe('a')
    expect(headerOf(response(''), 'allow')).toBeUndefined()
  })

  test.each([
    ['{"a":1}', { a: 1 }],
    ['[1]', undefined],
    ['null', undefined],
    ['1', undefined],
    ['', undefined],
    ['{', undefined],
  ])('%s as a JSON object', (body, expected) => {
    expect(objectOf(response(body))).toEqual(expected)
  })

  test('anything else as JSON', () => {
    expect(jsonOf(response('[null]'))).toEqual([null])
    expect(jsonOf(response('nothing'))).toBeUndefined()
  })
})
