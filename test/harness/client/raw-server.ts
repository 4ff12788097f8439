import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface RawServer extends AsyncDisposable {
  readonly origin: string
  /** What came over each connection so far. */
  readonly received: readonly string[]
}

/** Answers each request head with octets, and whatever else it likes to do with the connection. */
export async function serveRaw(answer: (socket: Socket, head: string) => void): Promise<RawServer> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const which = received.push('') - 1
    sockets.add(socket)
    socket.setEncoding('latin1')
    let unanswered = ''
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk: string) => {
      received[which] += chunk
      unanswered += chunk
      for (let end = unanswered.indexOf('\r\n\r\n'); end >= 0; end = unanswered.indexOf('\r\n\r\n')) {
        const head = unanswered.slice(0, end)
        unanswered = unanswered.slice(end + 4)
        answer(socket, head)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    [Symbol.asyncDispose]: async () =>
      await new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Writes the same octets for as long as the other side takes them, and says how many it took. */
export function writeForever(socket: Socket, piece: string): { readonly octets: number } {
  const written = { octets: 0 }
  const go = () => {
    while (!socket.destroyed && socket.write(piece)) written.octets += piece.length
  }
  socket.on('drain', go)
  go()
  return written
}
