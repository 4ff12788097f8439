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
  readonly exchanges: Exchange[] = []
  readonly #options: HttpOptions
  readonly #dispatcher: Dispatcher

  constructor(options: HttpOptions, dispatcher: Dispatcher = sharedDispatcher) {
    this.#options = options
    this.#dispatcher = dispatcher
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
      const after = Number(headerOf(response, 'retry-after'))
      if (
        response.status !== 429 ||
        left === 0 ||
        this.#options.pace === undefined ||
        !(after >= 0 && after <= patience.seconds)
      )
        return response
      this.#options.pace.pause(after * 1000)
    }
  }

  async #sendOnce(request: HttpRequest, record: Keep): Promise<HttpResponse> {
    await this.#options.pace?.wait(this.#options.signal ?? new AbortController().signal)
    const signals = [
      AbortSignal.timeout(this.#options.timeoutMs),
      ...(this.#options.signal ? [this.#options.signal] : []),
    ]
    const signal = AbortSignal.any(signals)
    const started = performance.now()
    try {
      const response = await this.#exchange(request, signal)
      record(response, performance.now() - started)
      return response
    } catch (cause) {
      const failure = signal.aborted ? `no answer within ${this.#options.timeoutMs} ms` : reasonOf(cause)
      record({ failure }, performance.now() - started)
      throw new NoAnswer(`${request.method} ${pathOf(request.url)}: ${failure}`, { cause })
    }
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const url = new URL(request.url)
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
    this.exchanges.push(
      this.#options.redactor.exchange({ ...request, headers: request.headers ?? [] }, answer, milliseconds),
    )
  }
}

/** The first value of a header, by any case of its name. */
export const headerOf = (response: HttpResponse, name: string): string | undefined => headersOf(response, name)[0]

export const headersOf = (response: HttpResponse, name: string): readonly string[] =>
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

const reasonOf = (cause: unknown): string => {
  const error = cause instanceof Error ? cause : new Error(String(cause))
  const code = (error as NodeJS.ErrnoException).code
  const messages: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was reset',
    ENOTFOUND: 'the host name is unknown',
    UND_ERR_SOCKET: 'the connection was closed',
    UND_ERR_CONNECT_TIMEOUT: 'the connection could not be opened in time',
    UND_ERR_HEADERS_OVERFLOW: 'the headers are larger than 64 KiB',
    HPE_HEADER_OVERFLOW: 'the headers are larger than 64 KiB',
  }
  return (
    (code !== undefined && messages[code]) ||
    (code?.startsWith('HPE_') ? `the answer is not HTTP (${code})` : (code ?? error.message))
  )
}
