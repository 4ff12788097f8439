import { once } from 'node:events'
import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Tape, type TapedRequest, turnsKept } from '../../core/tape.ts'
import { takenBy } from './taken.ts'

/** One request and its answer, as they went by. */
export interface Passage {
  /** The same for all that were under way at once. */
  readonly turn: number
  readonly asked: Asked
  /** Of what tells one request from another: credentials and cookies. */
  readonly headersLength: number
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Buffer
}

/** A request, as far as the answer depends on it. */
interface Asked {
  readonly method: string
  readonly url: string
  /** How it says who asks: the credentials of a client, and the cookies of a browser. */
  readonly authorization: string
  readonly cookie: string
  readonly body: string
}

export interface Recording {
  readonly passages: readonly Passage[]
  /** Those among them that an iteration comes to again and again. */
  readonly usual: readonly Passage[]
  /** How many requests an iteration makes, on average. */
  readonly perIteration: number
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void

/** Stands before a server: keeps what goes by, and then plays it back in the server's place. */
export async function recorder() {
  let handle: Handle = (_, response) => void response.writeHead(502).end()
  const server = createServer((request, response) => handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Gives what goes by to the server at this port, which grows from then on. */
    record: (port: number): readonly Passage[] => {
      const passages: Passage[] = []
      handle = passing(port, passages)
      return passages
    },
    playBack: (recording: Recording) => void (handle = playing(recording)),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const { method = 'GET', url = '/', headers } = request
  const { authorization = '', cookie = '' } = headers
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
  return { method, url, authorization, cookie, body: hasBody ? (await bodyOf(request)).toString() : '' }
}

/** Without an iterator, which is dear where it is made for every request. */
const bodyOf = async (message: IncomingMessage): Promise<Buffer> =>
  await new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.once('end', () => resolve(Buffer.concat(chunks))).once('error', reject)
  })

function passing(port: number, passages: Passage[]): Handle {
  let turn = 0
  let underWay = 0
  return (request, response) => {
    if (underWay++ === 0) turn += 1
    const own = turn
    void pass(request, response, port, (passage) => passages.push({ ...passage, turn: own })).finally(
      () => (underWay -= 1),
    )
  }
}

async function pass(
  from: IncomingMessage,
  to: ServerResponse,
  port: number,
  keep: (passage: Omit<Passage, 'turn'>) => void,
) {
  const { headers } = from
  const asked = await askedBy(from)
  const { method, url: path, body, authorization, cookie } = asked
  const onward = httpRequest({ host: '127.0.0.1', port, method, path, headers }).end(body)
  try {
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    const answered = await bodyOf(answer)
    const { statusCode: status = 500, rawHeaders } = answer
    const headersLength = authorization.length > 0 ? authorization.length : cookie.length
    keep({ asked, headersLength, status, headers: rawHeaders, body: answered })
    to.writeHead(status, rawHeaders).end(answered)
  } catch {
    to.writeHead(502).end()
  }
}

/**
 * Answers whoever asks the same again, and else whoever asks the same place; the barest script asks each at the path of
 * its number, and is told at `/tape` what the requests were.
 */
function playing({ passages, usual, perIteration }: Recording): Handle {
  const byTurn = usual.toSorted((a, b) => a.turn - b.turn)
  const tape: Tape = { turns: turnsOf(byTurn), perIteration }
  const answerTo = answers(passages)
  return (request, response) => {
    const [path = ''] = request.url?.split('?') ?? []
    if (path === '/tape') return void response.writeHead(200).end(JSON.stringify(tape))
    void askedBy(request).then((asked) => {
      const passage = (numbered.test(path) ? byTurn[Number(path.slice(1))] : undefined) ?? answerTo(asked)
      if (passage === undefined) return response.writeHead(404).end()
      return response.writeHead(passage.status, headersFor(asked, passage)).end(passage.body)
    })
  }
}

/** The headers that were sent, with the state of whoever asks. */
function headersFor({ url }: Asked, { headers, asked }: Passage): string[] {
  const [was, is] = [asked.url, url].map((one) => state.exec(one)?.[0])
  return was === undefined || is === undefined ? [...headers] : headers.map((header) => header.replace(was, () => is))
}

const state = /\bstate=[^&]*/

const numbered = /^\/\d+$/

/** What was asked for more than once, and what was asked for in the same way, are answered in turn as they were. */
function answers(passages: readonly Passage[]): (asked: Asked) => Passage | undefined {
  const same = inTurn(passages, askedFor)
  const once = inTurn(
    passages.filter(({ asked }) => same.count(asked) === 1),
    wayOf,
  )
  const way = inTurn(passages, wayOf)
  const place = inTurn(passages, placeOf)
  return (asked) => same.next(asked) ?? once.next(asked) ?? way.next(asked) ?? place.next(asked)
}

/** What is asked for, and by whom: all but what the one who asks has made by chance. */
const askedFor = ({ method, url, authorization, cookie, body }: Asked) =>
  `${method} ${url.split('?').map(withoutChance).join('?')} ${authorization} ${cookie} ${withoutChance(body)}`

const withoutChance = (form: string) =>
  form
    .split('&')
    .filter((pair) => !byChance.has(pair.slice(0, Math.max(0, pair.indexOf('=')))))
    .join('&')

const byChance = new Set(
  'state nonce code_challenge code_verifier username SAMLRequest RelayState SigAlg Signature'.split(' '),
)

/** What kind of request it is, whatever it is about. */
const wayOf = (asked: Asked) =>
  `${placeOf(asked)} ${grantType.exec(asked.body)?.[0]} ${asked.authorization} ${asked.cookie === ''}`

const grantType = /grant_type=[^&]*/

const placeOf = ({ method, url }: Asked) => `${method} ${url.split('?')[0]}`

function inTurn(passages: readonly Passage[], keyOf: (asked: Asked) => string) {
  const queues = new Map<string, Passage[]>()
  for (const passage of passages) {
    const key = keyOf(passage.asked)
    queues.set(key, [...(queues.get(key) ?? []), passage])
  }
  const turns = new Map<string, number>()
  return {
    count: (asked: Asked) => queues.get(keyOf(asked))?.length ?? 0,
    next: (asked: Asked) => {
      const key = keyOf(asked)
      const queue = queues.get(key)
      if (queue === undefined) return undefined
      const turn = turns.get(key) ?? 0
      turns.set(key, turn + 1)
      return queue[turn % queue.length]
    },
  }
}

/** The requests in their turns, and what each takes from the answers before. */
function turnsOf(passages: readonly Passage[]): Tape['turns'] {
  const turns: Passage[][] = []
  for (const passage of passages) {
    if (turns.at(-1)?.[0]?.turn === passage.turn) turns.at(-1)?.push(passage)
    else turns.push([passage])
  }
  return turns.map((turn, at) => turn.map((passage) => taped(passage, turns.slice(Math.max(0, at - turnsKept), at))))
}

function taped(passage: Passage, before: readonly (readonly Passage[])[]): TapedRequest {
  const { method, url, body } = passage.asked
  const query = url.indexOf('?')
  return {
    method,
    pathLength: url.length,
    bodyLength: body.length,
    headersLength: passage.headersLength,
    taken: takenBy(passage, before),
    ...(url.includes('SAMLRequest=') && { drawnLength: url.length - query - 1 }),
  }
}
