import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'

/** A header field as it stands on the wire, its name in any case. */
export type Field = readonly [name: string, value: string]

/** An answer on its way out. */
export interface Answer {
  readonly status: number
  readonly fields: readonly Field[]
  readonly body: string
}

/** What lies between the server and whoever asks it: all that is for HTTP to say, and not for the protocols above it. */
export interface Transport {
  /** What becomes of an answer on its way. */
  readonly rewrite?: (answer: Answer, request: Pick<Request, 'method' | 'url'>) => Answer
  /** How long an answer is held back, in milliseconds, by how many went before it. */
  readonly delayMs?: (before: number) => number
  /** In how many pieces a body goes out, none of which says how many follow; where absent it goes out whole, with its length. */
  readonly pieces?: number
}

type Handle = (request: Request) => Promise<Response>

/** Sends what `handle` answers by this transport. */
export function carried(transport: Transport, handle: Handle) {
  const { rewrite = (answer) => answer, delayMs = () => 0, pieces } = transport
  let before = 0
  return async (request: Request, { outgoing }: { readonly outgoing: unknown }): Promise<Response> => {
    const answered = await handle(request)
    const { status, headers } = answered
    const answer = rewrite({ status, fields: [...headers], body: await answered.text() }, request)
    const milliseconds = delayMs(before++)
    if (milliseconds > 0) await delay(milliseconds)
    await send(answer, pieces, outgoing as ServerResponse)
    return RESPONSE_ALREADY_SENT
  }
}

async function send({ status, fields, body }: Answer, pieces: number | undefined, outgoing: ServerResponse) {
  const isWhole = pieces === undefined || body === ''
  const length = isWhole && status !== 204 ? ['Content-Length', String(Buffer.byteLength(body))] : []
  outgoing.writeHead(status, [...fields.flat(), ...length])
  if (isWhole) return void outgoing.end(body)
  const octets = Buffer.from(body)
  const size = Math.ceil(octets.length / pieces)
  for (let at = 0; at < octets.length; at += size) {
    outgoing.write(octets.subarray(at, at + size))
    await nextTurn()
  }
  outgoing.end()
}
