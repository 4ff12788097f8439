import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { listen } from '../../reference-server/listen.ts'
import type { Transport } from '../../reference-server/transport.ts'

/** What stands on the wire when a server with this transport is asked, headers apart from the body. */
async function exchange(transport: Transport, request = 'GET /jwks') {
  const { port, close } = await listen({ transport })
  onTestFinished(close)
  const socket = connect(port, '127.0.0.1')
  socket.write(`${request} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await once(socket, 'close')
  const [head = '', body = ''] = Buffer.concat(chunks)
    .toString()
    .split(/\r\n\r\n(.*)/s)
  return { head: head.split('\r\n'), body }
}

describe('a transport', () => {
  test('that changes nothing sends the answer whole, with its length', async () => {
    const { head, body } = await exchange({})
    expect(head).toContain('HTTP/1.1 200 OK')
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}`)
    expect(JSON.parse(body)).toHaveProperty('keys')
  })

  test('rewrites status, fields and body, and keeps the case of names and fields of one name apart', async () => {
    const asked: unknown[] = []
    const { head, body } = await exchange({
      rewrite: (answer, { method, url }) => {
        asked.push(method, new URL(url).pathname, answer.status, new Map(answer.fields).get('content-type'))
        return { status: 418, fields: [['X-ONE', 'a'] as const, ['x-One', 'b'] as const], body: 'té' }
      },
    })
    expect(asked).toEqual(['GET', '/jwks', 200, 'application/jwk-set+json'])
    expect(head[0]).toBe("HTTP/1.1 418 I'm a Teapot")
    expect(head.filter((line) => /one/i.test(line))).toEqual(['X-ONE: a', 'x-One: b'])
    expect(head).toContain('Content-Length: 3')
    expect(body).toBe('té')
  })

  test('sends a body in as many pieces as it says', async () => {
    const { head, body } = await exchange({
      pieces: 3,
      rewrite: () => ({ status: 200, fields: [], body: 'abcdefgh' }),
    })
    expect(head).toContain('Transfer-Encoding: chunked')
    expect(body).toBe('3\r\nabc\r\n3\r\ndef\r\n2\r\ngh\r\n0\r\n\r\n')
  })

  test('sends no body where HTTP has none', async () => {
    expect((await exchange({ pieces: 3 }, 'HEAD /jwks')).body).toBe('')
    const { head, body } = await exchange({ rewrite: () => ({ status: 204, fields: [], body: '' }) })
    expect(head.some((line) => /content-length/i.test(line))).toBe(false)
    expect(body).toBe('')
  })

  test('holds an answer back, by how many went before it', async () => {
    const before: number[] = []
    const began = performance.now()
    await exchange({ delayMs: (count) => (before.push(count), 60) })
    expect(performance.now() - began).toBeGreaterThan(55)
    expect(before).toEqual([0])
  })
})
