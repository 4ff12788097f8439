import { Agent, type Dispatcher } from 'undici'
import type { Exchange } from '../../core/exchange.ts'
import { type Redactor } from '../../core/redact.ts'

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

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

/** How often a request is sent again after 429, and how long a Retry-After may ask for, in seconds. */
const patience = { tries: 3, seconds: 60 }

export interface HttpOptions {
  readonly timeoutMs: number
  readonly redactor: Redactor
  readonly pace?: Pace
  readonly signal?: AbortSignal
}

type Answer = HttpResponse | { readonly failure: string }
type Keep = (answer: Answer, milliseconds: number) => void

/** Sends anything, follows nothing, keeps a redacted record of what went over the wire. */
export class HttpClient {
  readonly #kept: Exchange[] = []
  /** Redacting costs more than sending, so it waits until somebody asks for the record. */
  readonly #unread: (() => Exchange)[] = []
  readonly #options: HttpOptions
  readonly #dispatcher: Dispatcher
  /** Requests that wait for their answer; a signal of their own for each, made of others, would cost as much as the rest. */
  readonly #underWay = new Set<AbortController>()

  constructor(options: HttpOptions, dispatcher: Dispatcher = sharedDispatcher) {
    this.#options = options
    this.#dispatcher = dispatcher
    options.signal?.addEventListener('abort', () => {
      for (const request of this.#underWay) request.abort()
    })
  }

  /** What went over the wire, oldest first. */
  get exchanges(): readonly Exchange[] {
    this.#kept.push(...this.#unread.splice(0).map((redacted) => redacted()))
    return [...this.#kept]
  }

  /** Begins the record anew, with these exchanges or with none. */
  startOver(exchanges: readonly Exchange[] = []): void {
    this.#unread.length = 0
    this.#kept.splice(0, this.#kept.length, ...exchanges)
  }

  /** Sends, and sends again where the target answers 429 with a Retry-After that is not too long. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    return await this.#send(request, (answer, milliseconds) => this.#record(request, answer, milliseconds))
  }

  /** Sends without keeping a record: what a page is made of, its scripts and styles, is no evidence. */
  async load(request: HttpRequest): Promise<HttpResponse> {
    return await this.#send(request, () => {})
  }

  async #send(request: HttpRequest, record: Keep): Promise<HttpResponse> {
    for (let left = patience.tries; ; left--) {
      const response = await this.#sendOnce(request, record)
      const after = retryAfter(headerOf(response, 'retry-after'))
      if (response.status !== 429 || left === 0 || this.#options.pace === undefined || !(after <= patience.seconds))
        return response
      this.#options.pace.pause(after * 1000)
    }
  }

  async #sendOnce(request: HttpRequest, record: Keep): Promise<HttpResponse> {
    const { signal: stopped, pace, timeoutMs } = this.#options
    const underWay = new AbortController()
    let isOverdue = false
    let started = performance.now()
    let timer: NodeJS.Timeout | undefined
    try {
      await pace?.wait(stopped ?? underWay.signal)
      stopped?.throwIfAborted()
      this.#underWay.add(underWay)
      started = performance.now()
      timer = setTimeout(() => {
        isOverdue = true
        underWay.abort()
      }, timeoutMs)
      const response = await this.#exchange(request, underWay.signal)
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
      this.#underWay.delete(underWay)
    }
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const url = new URL(request.url)
    if (!/^https?:$/.test(url.protocol)) throw new Error('the URL is not one of http or https')
    const { statusCode, headers, body } = await this.#dispatcher.request({
      origin: url.origin,
      path: rawPathOf(request.url),
      method: request.method.toUpperCase(),
      headers: (request.headers ?? []).flat(),
      body: request.body ?? null,
      signal,
      responseHeaders: 'raw',
    })
    const chunks: Buffer[] = []
    let size = 0
    let truncated = false
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size > bodyLimit) {
        truncated = true
        break
      }
    }
    const text = Buffer.concat(chunks).subarray(0, bodyLimit).toString('utf8')
    return {
      status: statusCode,
      headers: pairsOf(headers as unknown as readonly Buffer[]),
      body: text,
      truncated,
      url: request.url,
    }
  }

  #record(request: HttpRequest, answer: Answer, milliseconds: number) {
    this.#unread.push(() =>
      this.#options.redactor.exchange({ ...request, headers: request.headers ?? [] }, answer, milliseconds),
    )
  }
}

/** The first value of a header, by any case of its name. */
export const headerOf = (response: HttpResponse, name: string): string | undefined => headersOf(response, name)[0]

export const headersOf = (response: Pick<HttpResponse, 'headers'>, name: string): readonly string[] =>
  response.headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value)

/** The body as JSON, or `undefined` where it is none. */
export function jsonOf(response: HttpResponse): unknown {
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

const sharedDispatcher = new Agent({
  maxHeaderSize: headerLimit,
  pipelining: 1,
  connections: 64,
  keepAliveTimeout: 4000,
})

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

/** A request that no client can send; one whose URL is wrong the target may have asked for. */
const isOurFault = (cause: unknown): cause is Error =>
  cause instanceof Error &&
  (cause as NodeJS.ErrnoException).code === 'UND_ERR_INVALID_ARG' &&
  cause.message !== 'invalid request path'

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
  // What the client closes itself: 100 and 101, which answer what was not asked.
  if (code === 'UND_ERR_SOCKET' && error.message.startsWith('bad ')) return 'the answer is one that nobody asked for'
  return (code !== undefined && reasons[code]) || (code ?? error.message)
}
