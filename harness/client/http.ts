import { Agent, type Dispatcher } from 'undici'
import type { Exchange } from '../../core/exchange.ts'
import { type Redactor } from '../../core/redact.ts'
import { bare, sizeOf } from '../../core/redaction/keeping.ts'
import { Flight } from './flight.ts'
import { nestsDeeper } from './json-members.ts'
import { type HeldBody, type Shot, volley } from './volley.ts'

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** A request with a body, which a volley holds back. */
export type PostRequest = HttpRequest & { readonly body: string }

/** One answer, whole: names as they came, repeated headers apart, the body up to {@link bodyLimit} octets. */
export interface HttpResponse {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly truncated: boolean
  /** The URL that was asked: redirects are never followed. */
  readonly url: string
}

/** No protocol message of these documents is larger; a target that sends more is cut off. */
export const bodyLimit = 1024 * 1024

/** All headers of an answer together, in octets. */
const headerLimit = 64 * 1024

/** The answer never came: a refused connection, a reset, a timeout, malformed HTTP. `message` is safe to print. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

/** Holds requests back as the target's limits and its Retry-After ask. */
export interface Pace {
  wait(signal: AbortSignal): Promise<void>
  pause(milliseconds: number): void
}

/** A record keeps so many exchanges, and of them so many characters; what is not redacted yet may take so many. */
const roomFor = { exchanges: 1000, characters: 256 * 1024, unread: 4 * bodyLimit }

/** How often a request is sent again after 429, and how long a Retry-After may ask for, in seconds. */
const patience = { tries: 3, seconds: 60 }

export interface HttpOptions {
  readonly timeoutMs: number
  readonly redactor: Redactor
  readonly pace?: Pace
  readonly signal?: AbortSignal
  /** Is told of every answer, and of every request that got none. */
  readonly onAnswer?: (request: HttpRequest, answer: HttpResponse | undefined, milliseconds: number) => void
}

type Answer = HttpResponse | { readonly failure: string }
type Keep = (answer: Answer, milliseconds: number) => void

/** How a request is sent: over which connections, with which body in the place of its own, and when its turn has come. */
interface Way {
  readonly dispatcher: Dispatcher
  readonly held?: HeldBody
  turn(signal: AbortSignal): Promise<unknown> | undefined
}

/** Sends anything, follows nothing, keeps a redacted record of what went over the wire. */
export class HttpClient {
  readonly #kept: Exchange[] = []
  /** Redacting costs more than sending, so it waits until somebody asks for the record. */
  readonly #unread: (() => Exchange)[] = []
  /** How many characters wait to be redacted. */
  #waiting = 0
  readonly #options: HttpOptions
  readonly #dispatcher: Dispatcher
  readonly #underWay = new Set<Flight>()

  constructor(options: HttpOptions, dispatcher: Dispatcher = sharedDispatcher) {
    this.#options = options
    this.#dispatcher = dispatcher
    options.signal?.addEventListener('abort', () => {
      for (const flight of this.#underWay) flight.giveUp()
    })
  }

  /** What went over the wire, oldest first. */
  get exchanges(): readonly Exchange[] {
    this.#read()
    return [...this.#kept]
  }

  /** Begins the record anew, with these exchanges or with none. */
  startOver(exchanges: readonly Exchange[] = []): void {
    this.#unread.length = 0
    this.#waiting = 0
    this.#kept.splice(0, this.#kept.length, ...exchanges)
  }

  /** Redacts what waits for it. Of the oldest no more is kept than that they were, where the record gets too long. */
  #read() {
    for (const redacted of this.#unread.splice(0)) this.#kept.push(redacted())
    this.#waiting = 0
    this.#kept.splice(0, this.#kept.length - roomFor.exchanges)
    let size = this.#kept.reduce((sum, exchange) => sum + sizeOf(exchange), 0)
    for (const [at, exchange] of this.#kept.entries()) {
      if (size <= roomFor.characters) break
      this.#kept[at] = bare(exchange)
      size -= sizeOf(exchange) - sizeOf(this.#kept[at] ?? exchange)
    }
  }

  /** Sends, and sends again where the target answers 429 with a Retry-After that is not too long. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    return await this.#send(request, (answer, milliseconds) => this.#record(request, answer, milliseconds))
  }

  /** Sends without keeping a record: what a page is made of, its scripts and styles, is no evidence. */
  async load(request: HttpRequest): Promise<HttpResponse> {
    return await this.#send(request, () => {})
  }

  /**
   * Sends all so that they land together, each over a connection of its own, and none of them again; after so many
   * microseconds, where `stagger` says it. What got no answer is told by its {@link NoAnswer}.
   */
  async volley(
    requests: readonly PostRequest[],
    stagger?: readonly number[],
  ): Promise<readonly Shot<HttpResponse | NoAnswer>[]> {
    const { pace, signal = new AbortController().signal } = this.#options
    const turns = Promise.all(requests.map(async () => await pace?.wait(signal)))
    const dispatcher = new Agent({ ...connecting, connections: requests.length })
    try {
      const send = async (request: PostRequest, held: HeldBody) =>
        await this.#outcomeOf(request, { dispatcher, held, turn: async () => await turns })
      return await volley(requests, send, stagger)
    } finally {
      await dispatcher.destroy()
    }
  }

  async #outcomeOf(request: HttpRequest, way: Way): Promise<HttpResponse | NoAnswer> {
    try {
      const record: Keep = (answer, milliseconds) => this.#record(request, answer, milliseconds)
      const response = await this.#sendOnce(request, record, way)
      this.#isPutOff(response)
      return response
    } catch (error) {
      if (error instanceof NoAnswer) return error
      throw error
    }
  }

  async #send(request: HttpRequest, record: Keep): Promise<HttpResponse> {
    const { pace } = this.#options
    const way: Way = { dispatcher: this.#dispatcher, turn: (signal) => pace?.wait(signal) }
    for (let left = patience.tries; ; left--) {
      const response = await this.#sendOnce(request, record, way)
      if (left === 0 || !this.#isPutOff(response)) return response
    }
  }

  /** Whether the target said when to come back; until then it is left alone. */
  #isPutOff(response: HttpResponse): boolean {
    const { pace } = this.#options
    const after = retryAfter(headerOf(response, 'retry-after'))
    if (response.status !== 429 || pace === undefined || !(after <= patience.seconds)) return false
    pace.pause(after * 1000)
    return true
  }

  async #sendOnce(request: HttpRequest, record: Keep, way: Way): Promise<HttpResponse> {
    const { signal: stopped, timeoutMs } = this.#options
    const flight = new Flight()
    let isOverdue = false
    let started = performance.now()
    let timer: NodeJS.Timeout | undefined
    try {
      await way.turn(stopped ?? never)
      stopped?.throwIfAborted()
      this.#underWay.add(flight)
      started = performance.now()
      timer = setTimeout(() => {
        isOverdue = true
        flight.giveUp()
      }, timeoutMs)
      const response = await exchange(request, way, flight)
      record(response, performance.now() - started)
      return response
    } catch (cause) {
      if (isOurFault(cause)) throw new TypeError(`the request cannot be sent: ${cause.message}`, { cause })
      const failure = isOverdue
        ? `no answer within ${timeoutMs} ms`
        : stopped?.aborted
          ? 'it was stopped before the answer came'
          : reasonOf(cause)
      record({ failure }, performance.now() - started)
      const what = this.#options.redactor.redact(`${request.method} ${pathOf(request.url)}`)
      throw new NoAnswer(`${what}: ${failure}`, { cause })
    } finally {
      clearTimeout(timer)
      this.#underWay.delete(flight)
    }
  }

  #record(request: HttpRequest, answer: Answer, milliseconds: number) {
    this.#options.onAnswer?.(request, 'failure' in answer ? undefined : answer, milliseconds)
    this.#unread.push(() =>
      this.#options.redactor.exchange({ ...request, headers: request.headers ?? [] }, answer, milliseconds),
    )
    this.#waiting += (request.body ?? '').length + ('failure' in answer ? 0 : answer.body.length)
    if (this.#waiting > roomFor.unread) this.#read()
  }
}

/** The signal of somebody who interrupts nothing. */
const never = new AbortController().signal

async function exchange(request: HttpRequest, { dispatcher, held }: Way, flight: Flight): Promise<HttpResponse> {
  const url = new URL(request.url)
  if (!/^https?:$/.test(url.protocol)) throw new Error('the URL is not one of http or https')
  const length = held === undefined ? [] : ['content-length', String(held.length)]
  const options = {
    origin: url.origin,
    path: rawPathOf(request.url),
    method: request.method.toUpperCase(),
    headers: [...(request.headers ?? []).flat(), ...length],
    body: held?.stream ?? request.body ?? null,
  }
  const { status, headers, body, truncated } = await flight.land(dispatcher, options, bodyLimit)
  return { status, headers: pairsOf(headers), body: body.toString('utf8'), truncated, url: request.url }
}

/** The first value of a header, by any case of its name. */
export const headerOf = (response: HttpResponse, name: string): string | undefined => headersOf(response, name)[0]

export const headersOf = (response: Pick<HttpResponse, 'headers'>, name: string): readonly string[] =>
  response.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value)

/** The body as JSON, or `undefined` where it is none, or nests too deep to be read (RFC 8259 §9 lets readers have a limit). */
export function jsonOf(response: HttpResponse): unknown {
  // Pages are asked for as JSON too, and to throw something over each is dear.
  if (!/^\s*[\w"[{-]/.test(response.body) || nestsDeeper(response.body)) return undefined
  try {
    return JSON.parse(response.body) as unknown
  } catch {
    return undefined
  }
}

/** The body as a JSON object, or `undefined` where it is anything else. */
export function objectOf(response: HttpResponse): Readonly<Record<string, unknown>> | undefined {
  const value = jsonOf(response)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

const connecting = { maxHeaderSize: headerLimit, pipelining: 1, keepAliveTimeout: 4000 }

const sharedDispatcher = new Agent({ ...connecting, connections: 64 })

/** The path and query exactly as given: a fuzzed octet must not be repaired on its way. */
const rawPathOf = (url: string) => {
  const path = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#.*$/s, '')
  return path.startsWith('/') ? path : `/${path}`
}

const pathOf = (url: string) => rawPathOf(url).replace(/\?.*$/s, '')

const pairsOf = (raw: readonly Buffer[]): readonly (readonly [string, string])[] =>
  raw.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toString('latin1'), (raw[index + 1] ?? Buffer.alloc(0)).toString('latin1')] as const] : [],
  )

/** How many seconds a Retry-After asks for (RFC 9110 §10.2.3); NaN where it asks for nothing that makes sense. */
function retryAfter(value: string | undefined): number {
  if (value !== undefined && /^\d+$/.test(value)) return Number(value)
  return value?.endsWith('GMT') ? Math.max(0, (Date.parse(value) - Date.now()) / 1000) : Number.NaN
}

/** A request that no client can send; a wrong URL, a token and a cookie may be what the target gave. */
const isOurFault = (cause: unknown): cause is Error =>
  cause instanceof Error &&
  (cause as NodeJS.ErrnoException).code === 'UND_ERR_INVALID_ARG' &&
  !/^invalid (?:request path|authorization header|cookie header)$/i.test(cause.message)

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the host name is unknown',
  ERR_INVALID_URL: 'the URL is malformed',
  UND_ERR_CONNECT_TIMEOUT: 'the connection could not be opened in time',
  UND_ERR_HEADERS_OVERFLOW: 'the headers are larger than 64 KiB',
  UND_ERR_INVALID_ARG: 'the URL is malformed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer does not have the length that it says',
  UND_ERR_SOCKET: 'the connection was closed',
}

function reasonOf(cause: unknown): string {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const { code } = error as NodeJS.ErrnoException
  if (error.name === 'HTTPParserError') {
    if (code === 'HPE_HEADER_OVERFLOW') return 'the headers are larger than 64 KiB'
    return `the answer is not HTTP (${/\((.+)\)/.exec(error.message)?.[1] ?? code ?? 'malformed'})`
  }
  if (code === 'UND_ERR_INVALID_ARG' && error.message.endsWith('header'))
    return 'what the target gave to be sent back holds characters that no header can'
  // What the client closes itself: 100 and 101, which answer what was not asked.
  if (code === 'UND_ERR_SOCKET' && error.message.startsWith('bad ')) return 'the answer is one that nobody asked for'
  return (code !== undefined && reasons[code]) || (code ?? error.message)
}
