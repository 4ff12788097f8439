import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A way to a server that takes as long as if the server were far away. */
export interface Distance {
  /** `host:port` on loopback. */
  readonly authority: string
  close(): Promise<void>
}

/** What waits to be sent on is no more than this, in octets: whoever sends more has to wait. */
const underway = 4 * 1024 * 1024

/** How far away a server is to seem, or how slow. */
export type Remoteness = { readonly roundTripMs: number } | Slowness

/**
 * Each answer comes later by a share of the time that it took, to a fraction of a millisecond and at the cost of a busy
 * processor. Whoever wants to know is told what it took, in milliseconds.
 */
export interface Slowness {
  readonly slowdown: number
  readonly onAnswer?: (milliseconds: number) => void
}

/**
 * Passes octets on to a server, each half of the round trip later than it came: TCP and TLS are the server's own, only
 * farther away. A connection is made at once, as it would be by a near end that keeps some open.
 */
export async function distanceTo(host: string, port: number, remoteness: Remoteness): Promise<Distance> {
  const sockets = new Set<Socket>()
  const ways = 'slowdown' in remoteness ? slowWays(remoteness) : farWays(remoteness.roundTripMs)
  // What one end has ended the other may still answer.
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ host, port, noDelay: true, allowHalfOpen: true })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    }
    const { there, back, onAsked } = ways()
    if (onAsked !== undefined) near.on('data', onAsked)
    pass(near, far, there)
    pass(far, near, back)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port: bound } = server.address() as AddressInfo
  return {
    authority: `127.0.0.1:${bound}`,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Does something later; what is to be done afterwards is done after it. */
type Later = (what: () => void) => void

/** There and back, of one connection. */
type Ways = () => { readonly there: Later; readonly back: Later; readonly onAsked?: () => void }

function farWays(roundTripMs: number): Ways {
  const [there, back] = [after(byTimer), after(byTimer)]
  const half = roundTripMs / 2
  return () => ({ there: (what) => there(what, half), back: (what) => back(what, half) })
}

/** On one connection an answer follows its question: what comes of it comes as late as its beginning does. */
function slowWays({ slowdown, onAnswer }: Slowness): Ways {
  return () => {
    const later = after(precisely)
    let [asked, late]: [number | undefined, number] = [undefined, 0]
    return {
      there: (what) => what(),
      back: (what) => {
        if (asked !== undefined) {
          const took = performance.now() - asked
          onAnswer?.(took)
          ;[asked, late] = [undefined, slowdown * took]
        }
        later(what, late)
      },
      onAsked: () => (asked = performance.now()),
    }
  }
}

/** Not a moment sooner: a timer of its own for each could come too early, and before one that was set before it. */
function after(wait: (milliseconds: number, look: () => void) => void) {
  const queue: { readonly due: number; readonly what: () => void }[] = []
  const look = () => {
    for (let [next] = queue; next !== undefined && next.due <= performance.now(); [next] = queue) {
      queue.shift()
      next.what()
    }
    const [next] = queue
    if (next !== undefined) wait(next.due - performance.now(), look)
  }
  return (what: () => void, milliseconds: number) => {
    queue.push({ due: performance.now() + milliseconds, what })
    if (queue.length === 1) wait(milliseconds, look)
  }
}

const byTimer = (milliseconds: number, look: () => void) => void setTimeout(look, Math.ceil(milliseconds))

/** A timer may be late by so much, in milliseconds. */
const timerSlack = 1.5

/** Waits by a timer as far as that can be trusted, and looks at the clock again and again for the rest. */
const precisely = (milliseconds: number, look: () => void) =>
  milliseconds > timerSlack ? void setTimeout(look, Math.floor(milliseconds - timerSlack)) : void setImmediate(look)

/** Hands on what comes from one end to the other, late but in order, the end included. */
function pass(from: Socket, to: Socket, later: Later): void {
  let waiting = 0
  from.on('data', (chunk: Buffer) => {
    waiting += chunk.length
    if (waiting > underway) from.pause()
    later(() => {
      if (to.destroyed) return
      // It waits until the other end has taken it, which may be slow to read.
      to.write(chunk, () => {
        waiting -= chunk.length
        if (waiting <= underway) from.resume()
      })
    })
  })
  from.once('end', () => later(() => to.end()))
  // Where it has ended as it should, what is still to be read at the other end must not be lost.
  from.once('close', (isBroken) => later(() => void ((isBroken || !from.readableEnded) && to.destroy())))
}
