import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Agent } from 'undici'
import { describe, expect, test } from 'vitest'
import { Redactor } from '../../../core/redact.ts'
import { HttpClient, type HttpOptions, NoAnswer } from '../../../harness/client/http.ts'
import { volley } from '../../../harness/client/volley.ts'
import { generateKey } from '../../../reference-server/keys.ts'
import { selfSignedCertificate } from '../../../reference-server/saml/certificate.ts'
import { serve } from '../target/serve.ts'
import { serveRaw } from './raw-server.ts'

const newClient = (options: Partial<HttpOptions> = {}) =>
  new HttpClient({ timeoutMs: 5000, redactor: new Redactor(), ...options })

const post = (url: string, body: string) => ({ method: 'POST', url, body })

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** Keeps which octets came over which connection, in the order in which they came, and answers each whole request. */
async function serveWatched(secured = false) {
  const arrivals: { readonly connection: number; readonly text: string }[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const answer = (socket: Socket) => {
    const connection = connections++
    let all = ''
    sockets.add(socket)
    socket.setEncoding('latin1').on('error', () => socket.destroy())
    socket.on('data', (text: string) => {
      arrivals.push({ connection, text })
      all += text
      const [head = '', body = ''] = all.split('\r\n\r\n')
      if (body.length === Number(/content-length: (\d+)/i.exec(head)?.[1])) socket.end(ok)
    })
  }
  const key = generateKey('ES256')
  const der = selfSignedCertificate(key, 'a server')
  const cert = `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`
  const server = secured
    ? createTlsServer({ key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert }, answer)
    : createTcpServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `${secured ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    [Symbol.asyncDispose]: async () =>
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const bodies = [1, 2, 3, 4, 5, 6, 7, 8].map((one) => `code=the-same&which=${one}`)

describe('a volley', () => {
  test.each([false, true])('lands at once: all but the last octets first, over TLS too (%s)', async (secured) => {
    await using server = await serveWatched(secured)
    const dispatcher = new Agent({ connections: bodies.length, connect: { rejectUnauthorized: false } })
    const requests = bodies.map((body) => ({ body }))
    const shots = await volley(requests, async (_, { stream, length }) => {
      const headers = { 'content-length': String(length) }
      const answer = await dispatcher.request({
        origin: server.origin,
        path: '/',
        method: 'POST',
        headers,
        body: stream,
      })
      return await answer.body.text()
    })
    await dispatcher.close()

    expect(shots.map(({ answer }) => answer)).toEqual(bodies.map(() => 'ok'))
    const texts = server.arrivals.map(({ text }) => text)
    const [early, late] = [texts.slice(0, -bodies.length), texts.slice(-bodies.length)]
    expect(late.toSorted()).toEqual(bodies.map((body) => body.slice(-1)))
    const connections = new Set(server.arrivals.slice(-bodies.length).map(({ connection }) => connection))
    expect(connections.size).toBe(bodies.length)
    expect(early.join('')).toContain('code=the-same&which=')
    expect(early.join('').match(/which=/g)).toHaveLength(bodies.length)
  })

  test('says between which moments each request was answered', async () => {
    await using server = await serveWatched()
    const client = newClient()
    const requests = bodies.slice(0, 3).map((body) => post(server.origin, body))
    const [first, second, third] = await client.volley(requests, [0, 300, 900])

    expect(second?.began).toBeGreaterThanOrEqual((first?.began ?? 0) + 0.2999)
    expect(third?.began).toBeGreaterThanOrEqual((first?.began ?? 0) + 0.8999)
    for (const shot of [first, second, third]) expect(shot?.ended).toBeGreaterThan(shot?.began ?? 0)
  })

  test('keeps nobody waiting for a request that cannot be sent, or is answered before its end', async () => {
    await using server = await serveWatched()
    await using hasty = await serveRaw((socket) => socket.end('HTTP/1.1 413 No\r\ncontent-length: 0\r\n\r\n'))
    await using gone = await serve(() => () => {})
    const { origin } = gone
    await gone[Symbol.asyncDispose]()
    const urls = [server.origin, hasty.origin, origin, 'http://', server.origin]
    const shots = await newClient({ timeoutMs: 60_000 }).volley(urls.map((url) => post(url, 'a=b')))

    const told = shots.map(({ answer }) => (answer instanceof NoAnswer ? answer.message : answer.status))
    expect(told).toEqual([200, 413, 'POST /: the connection was refused', 'POST /: the URL is malformed', 200])
  })

  test('ends when its time is up, or when it is stopped', async () => {
    await using server = await serveRaw(() => {})
    const requests = [post(server.origin, 'a=b'), post(server.origin, 'a=c')]
    const late = await newClient({ timeoutMs: 100 }).volley(requests)
    const stop = new AbortController()
    const stopping = newClient({ timeoutMs: 60_000, signal: stop.signal }).volley(requests)
    while (server.received.length < 4) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()

    for (const [shots, why] of [
      [late, 'no answer within 100 ms'],
      [await stopping, 'it was stopped before the answer came'],
    ] as const)
      expect(shots.map(({ answer }) => answer)).toEqual([1, 2].map(() => new NoAnswer(`POST /: ${why}`)))
  })

  test('is kept as evidence, without its secrets', async () => {
    await using server = await serve(() => (_request, response) => response.end('{"access_token":"a-token-of-theirs"}'))
    const client = newClient()
    await client.volley([post(server.origin, 'code=a-code-of-theirs'), post(server.origin, 'code=a-code-of-theirs')])

    expect(client.exchanges.map(({ request, response }) => [request.body, response?.body])).toEqual(
      [1, 2].map(() => ['code=[code 1]', '{"access_token":"[access_token 1]"}']),
    )
  })

  test('waits for as many turns as it has requests, and sends none of them again', async () => {
    const paused: number[] = []
    let turns = 0
    const pace = { wait: async () => void turns++, pause: (milliseconds: number) => void paused.push(milliseconds) }
    await using server = await serveRaw((socket) =>
      socket.end('HTTP/1.1 429 Slow\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n'),
    )
    const shots = await newClient({ pace }).volley([post(server.origin, 'a=b'), post(server.origin, 'a=b')])

    expect(shots.map(({ answer }) => (answer instanceof NoAnswer ? answer.message : answer.status))).toEqual([429, 429])
    expect({ turns, paused, asked: server.received.length }).toEqual({ turns: 2, paused: [2000, 2000], asked: 2 })
  })

  test('takes no body that has nothing to hold back', async () => {
    await expect(newClient().volley([post('http://127.0.0.1:1', 'a')])).rejects.toThrow(TypeError)
  })
})
