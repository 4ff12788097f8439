import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Honest, Serve, Turn } from './case.ts'

type Headers = Honest['headers']

/** A whole answer, its length said. */
export function send({ response }: Pick<Turn, 'response'>, status: number, headers: Headers, body: string | Buffer) {
  const octets = typeof body === 'string' ? Buffer.from(body) : body
  const kept = headers.filter(([name]) => !/^(?:content-length|transfer-encoding)$/i.test(name))
  response.writeHead(status, [...kept, ['content-length', String(octets.length)]].flat()).end(octets)
}

/** The same octets for as long as they are taken. */
export function pour(stream: ServerResponse | Socket, piece: string | Buffer) {
  stream.on('error', () => stream.destroy())
  const go = () => {
    while (!stream.destroyed && stream.write(piece));
  }
  stream.on('drain', go)
  go()
}

/** Octets straight into the connection, whatever HTTP says; nothing where it is gone. */
export function raw({ response }: Pick<Turn, 'response'>, octets: string | Buffer): Socket | undefined {
  const { socket } = response
  if (socket === null) return undefined
  socket.on('error', () => socket.destroy())
  socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets)
  return socket
}

/** The whole answer as octets, after which the connection is closed. */
export const rawly =
  (octets: string | Buffer): Serve =>
  (turn) =>
    void raw(turn, octets)?.end()

/** The decent answer with its body changed; a change that is `undefined` leaves the answer as it is. */
export const changed =
  (change: (body: string, turn: Turn, honest: Honest) => string | undefined): Serve =>
  async (turn) => {
    const honest = await turn.honest()
    send(turn, honest.status, honest.headers, change(honest.body, turn, honest) ?? honest.body)
  }

const typeOf = ({ headers }: Honest) => headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''

/** Changes the text of every JSON object; other answers are decent. */
export const changedJson = (change: (json: string, turn: Turn) => string): Serve =>
  changed((body, turn, honest) =>
    /json/.test(typeOf(honest)) && body.startsWith('{') ? change(body, turn) : undefined,
  )

/** Changes every page of HTML; other answers are decent. */
export const changedPage = (change: (page: string, turn: Turn) => string): Serve =>
  changed((body, turn, honest) => (/html/.test(typeOf(honest)) ? change(body, turn) : undefined))

/** Adds members, as they are written, to every JSON object. */
export const withMembers = (members: string): Serve => changedJson((json) => `{${members},${json.slice(1)}`)

/** Gives every member of a JSON document, at whatever depth, another value. */
export const revalued = (value: (before: unknown, name: string) => unknown): Serve =>
  changedJson((json) =>
    JSON.stringify(JSON.parse(json, (name, before) => (name === '' ? before : value(before, name)))),
  )

/** A page of HTML. */
export const page =
  (body: string): Serve =>
  (turn) =>
    send(turn, 200, [['content-type', 'text/html; charset=utf-8']], `<!doctype html><title>Sign in</title>${body}`)

/** JSON as it is written. */
export const jsonText =
  (body: string | Buffer): Serve =>
  (turn) =>
    send(turn, 200, [['content-type', 'application/json']], body)
