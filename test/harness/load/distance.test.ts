import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Distance, distanceTo, type Remoteness } from '../../../harness/load/distance.ts'

/** A server that does this with each connection, and a way to it. */
async function farServer(serve: (socket: Socket) => unknown, remoteness: Remoteness = { roundTripMs: 20 }) {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined).once('close', () => sockets.delete(socket)))
    serve(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const distance = await distanceTo('127.0.0.1', (server.address() as AddressInfo).port, remoteness)
  onTestFinished(async () => {
    await distance.close()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { distance, sockets }
}

function reach({ authority }: Distance): Socket {
  const [host = '', port] = authority.split(':')
  const socket = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true })
  onTestFinished(() => void socket.destroy())
  return socket
}

const echo = (socket: Socket) => void socket.pipe(socket)

/** All that comes until the other end ends, no faster than it is asked for. */
async function readAll(socket: Socket, pauseMs = 0): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer)
    if (pauseMs > 0 && chunks.length % 16 === 0) await sleep(pauseMs)
  }
  return Buffer.concat(chunks)
}

/** Until the other end has ended it or broken it off. */
const ended = async (socket: Socket): Promise<'ended' | 'broken'> =>
  await Promise.race([
    once(socket, 'end').then(() => 'ended' as const),
    once(socket, 'error').then(() => 'broken' as const),
  ])

const digest = (octets: Buffer) => createHash('sha256').update(octets).digest('hex')

describe('a long way', () => {
  test.each<readonly [string, Remoteness, number]>([
    ['by timers', { roundTripMs: 60 }, 60],
    ['by timers, to an odd number', { roundTripMs: 25 }, 25],
  ])('takes at least its round trip, %s', async (_, remoteness, atLeast) => {
    const { distance } = await farServer(echo, remoteness)
    const socket = reach(distance)
    await once(socket, 'connect')
    for (let turn = 0; turn < 5; turn++) {
      const before = performance.now()
      socket.write('x')
      await once(socket, 'data')
      expect(performance.now() - before).toBeGreaterThanOrEqual(atLeast)
    }
  })

  test('answers later by a share of what each answer took, and tells what that was', async () => {
    const took: number[] = []
    const slowness = { slowdown: 0.5, onAnswer: (milliseconds: number) => took.push(milliseconds) }
    const { distance } = await farServer((socket) => {
      socket.on('data', (wait: Buffer) => void sleep(Number(wait.toString())).then(() => socket.write('x')))
    }, slowness)
    const socket = reach(distance)
    await once(socket, 'connect')
    for (const [turn, wait] of [40, 10, 40].entries()) {
      const before = performance.now()
      socket.write(String(wait))
      await once(socket, 'data')
      expect(took[turn]).toBeGreaterThanOrEqual(wait - 1)
      expect(performance.now() - before).toBeGreaterThanOrEqual(1.5 * (took[turn] ?? 0))
    }
    expect(took).toHaveLength(3)
    expect(took[1]).toBeLessThan(took[0] ?? 0)
  })

  test('passes on what many send at once to whom it is meant for', async () => {
    const { distance } = await farServer(echo)
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const socket = reach(distance)
        socket.end(`from ${at}`)
        return (await readAll(socket)).toString()
      }),
    )
    expect(answers).toEqual(answers.map((__, at) => `from ${at}`))
  })

  test.each<readonly [string, Remoteness]>([
    ['by timers', { roundTripMs: 20 }],
    ['as a slow server would', { slowdown: 0.5 }],
    ['at once', { roundTripMs: 0 }],
  ])('passes a large body on unharmed and in order, though it ends before it is read, %s', async (_, remoteness) => {
    const body = randomBytes(24 * 1024 * 1024)
    const { distance } = await farServer((socket) => socket.end(body), remoteness)
    const got = await readAll(reach(distance), 5)
    expect(got.length).toBe(body.length)
    expect(digest(got)).toBe(digest(body))
  })

  test('passes on an answer that comes after the question has ended', async () => {
    const { distance } = await farServer(async (socket) => {
      const asked = await readAll(socket)
      await sleep(30)
      socket.end(`${asked.length} octets`)
    })
    const socket = reach(distance)
    socket.end(Buffer.alloc(2_000_000))
    expect((await readAll(socket)).toString()).toBe('2000000 octets')
  })

  test('makes whoever sends more than is read wait', async () => {
    const { distance, sockets } = await farServer((socket) => socket.pause())
    const socket = reach(distance)
    await once(socket, 'connect')
    const chunk = Buffer.alloc(1024 * 1024)
    for (let sent = 0; sent < 64; sent++) socket.write(chunk)
    await sleep(500)
    // What has not left waits here; the rest waits on the way and in the buffers of the system.
    expect(socket.writableLength).toBeGreaterThan(32 * 1024 * 1024)
    expect(sockets.size).toBe(1)
  })

  test('ends at both ends where the server drops the connection', async () => {
    const { distance } = await farServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const socket = reach(distance)
    socket.resume().write('x')
    expect(await ended(socket)).toMatch(/ended|broken/)
  })

  test('ends at both ends where the client drops it', async () => {
    const { distance, sockets } = await farServer(echo)
    const socket = reach(distance)
    socket.write('x')
    await once(socket, 'data')
    socket.resetAndDestroy()
    await expect.poll(() => sockets.size).toBe(0)
  })

  test('to nobody ends, and takes nothing with it', async () => {
    const distance = await distanceTo('127.0.0.1', 1, { roundTripMs: 10 })
    onTestFinished(distance.close)
    for (let turn = 0; turn < 3; turn++) {
      expect(await ended(reach(distance).resume())).toMatch(/ended|broken/)
    }
  })

  test('can be closed while something is on its way', async () => {
    const { distance, sockets } = await farServer(echo, { roundTripMs: 200 })
    const socket = reach(distance)
    socket.resume().write('x')
    await expect.poll(() => sockets.size).toBe(1)
    const end = ended(socket)
    await distance.close()
    await end
    const late = reach(distance)
    expect(await once(late, 'error')).toMatchObject([{ code: 'ECONNREFUSED' }])
  })
})
