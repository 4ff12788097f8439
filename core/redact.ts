import type { Exchange, Redacted } from './exchange.ts'
import { jwtsOf, KnownSecrets, type Span } from './redaction/known-secrets.ts'
import { shortened } from './redaction/keeping.ts'
import { octetsOfBase64 } from './redaction/base64.ts'
import { fromOctets, originOf, type Reading, readingsOf } from './redaction/reading.ts'
import { isSecretName, secretValuesOf } from './redaction/secret-values.ts'

/** Shorter values are replaced only where they stand under their own name: elsewhere they would eat ordinary text. */
const shortestLearnt = 8

/** Stands for a text that is made so that it takes too long to be searched. */
const withheld = '[withheld: it cannot be searched for secrets]'

type Header = readonly [name: string, value: string]

export interface WireMessage {
  readonly headers: readonly Header[]
  readonly body?: string
}

/** A text that was read, and what of it must not be shown. */
interface Part {
  readonly text: string
  readonly readings: readonly Reading[]
  readonly spans: readonly Span[]
}

/**
 * Replaces every secret by its kind and a number, so that a reader still sees which token is which: `[code 1]`.
 * It is the only maker of an {@link Exchange}. Secrets are learnt from the target file, and from the name under which
 * they appear on the wire; once learnt, a value is replaced everywhere, however it is encoded.
 */
export class Redactor {
  readonly #known = new KnownSecrets()

  /** Replaces `value` from now on, whatever its length. */
  learn(kind: string, value: string) {
    if (value !== '') this.#known.add(kind, value)
  }

  /** Replaces what is known for a secret, and every JWT: for texts that we write ourselves. */
  redact(text: string): Redacted {
    return this.#written({ text, readings: readingsOf(text), spans: [] })
  }

  /** Like {@link redact}, for words of others: what stands there under a secret's name is replaced as well. */
  quote(text: string): Redacted {
    return this.#written(this.#read(text))
  }

  exchange(
    request: WireMessage & { readonly method: string; readonly url: string },
    answer: (WireMessage & { readonly status: number; readonly truncated: boolean }) | { readonly failure: string },
    milliseconds: number,
  ): Exchange {
    // All is read before anything is written: what the answer gives away may stand in the request.
    const url = this.#read(request.url)
    const sent = this.#readMessage(request)
    const came =
      'status' in answer ? this.#readMessage(answer) : this.#readMessage({ headers: [], body: answer.failure })
    return shortened({
      request: {
        method: request.method,
        url: this.#written(url),
        headers: this.#writtenHeaders(sent.headers),
        ...(sent.body !== undefined && { body: this.#written(sent.body) }),
      },
      ...('status' in answer
        ? {
            response: {
              status: answer.status,
              headers: this.#writtenHeaders(came.headers),
              body: this.#written(came.body ?? this.#read('')),
              truncated: answer.truncated,
            },
          }
        : { failure: this.#written(came.body ?? this.#read('')) }),
      milliseconds,
    })
  }

  #readMessage({ headers, body }: WireMessage) {
    return {
      headers: headers.map((header) => [header[0], this.#readHeader(header)] as const),
      body: body === undefined ? undefined : this.#read(body),
    }
  }

  /** Learns what stands under a secret's name. */
  #read(text: string): Part {
    const readings = readingsOf(text)
    const spans: Span[] = []
    const taken = readings.length > 1 ? new Uint8Array(text.length) : undefined
    for (const reading of readings) {
      for (const { name, start, end } of secretValuesOf(reading.text)) {
        const [from, to] = [originOf(reading, start), originOf(reading, end)]
        // A part of a value that was decoded too far.
        if (taken?.[from] === 1 && taken[to - 1] === 1) continue
        taken?.fill(1, from, to)
        spans.push({ start: from, end: to, label: this.#labelOf(name, reading.text.slice(start, end)) })
      }
    }
    return { text, readings, spans }
  }

  #readHeader([name, value]: Header): Part {
    const part = this.#read(value)
    return { ...part, spans: [...part.spans, ...this.#secretsOfHeader(name.toLowerCase(), value)] }
  }

  #secretsOfHeader(name: string, value: string): readonly Span[] {
    const span = (kind: string, start: number, end: number): readonly Span[] =>
      end > start ? [{ start, end, label: this.#labelOf(kind, value.slice(start, end)) }] : []
    if (name === 'cookie' || name === 'set-cookie') {
      const pairs = [...value.matchAll(/[^;]+/g)].slice(0, name === 'cookie' ? undefined : 1)
      return pairs.flatMap(({ 0: pair, index }) => {
        const from = pair.includes('=') ? pair.indexOf('=') + 1 : pair.search(/\S|$/)
        return span('cookie', index + from, index + pair.length)
      })
    }
    if (name === 'authorization' || name === 'proxy-authorization') {
      const [lead = '', scheme = ''] = /^\s*([A-Za-z]{1,12}\s+)?/.exec(value) ?? []
      if (/^basic\s/i.test(scheme)) this.#learnBasic(value.slice(lead.length))
      return span('credentials', lead.length, value.length)
    }
    return isSecretName(name) ? span(name, 0, value.length) : []
  }

  #learnBasic(credentials: string) {
    const pair = fromOctets(octetsOfBase64(credentials))
    const secret = pair.slice(pair.indexOf(':') + 1)
    if (pair.includes(':') && secret.length >= shortestLearnt) this.#known.learn('client_secret', secret)
  }

  #labelOf(kind: string, value: string): string {
    return value.length >= shortestLearnt ? this.#known.learn(kind, value) : (this.#known.labelOf(value) ?? `[${kind}]`)
  }

  #writtenHeaders(headers: readonly (readonly [name: string, part: Part])[]) {
    return headers.map(([name, part]) => [this.redact(name), this.#written(part)] as const)
  }

  #written({ text, readings, spans }: Part): Redacted {
    const found: Span[] = [...spans]
    for (const reading of readings) {
      const known = this.#known.find(reading)
      if (known === undefined) return withheld as Redacted
      for (const span of known) found.push(span)
      for (const { start, end } of jwtsOf(reading)) {
        const label = this.#known.learn('jwt', reading.text.slice(start, end))
        found.push({ start: originOf(reading, start), end: originOf(reading, end), label })
      }
    }
    return replaced(text, found) as Redacted
  }
}

/** Puts labels in the place of spans; where two overlap, both labels stand. */
function replaced(text: string, spans: readonly Span[]): string {
  let out = ''
  let at = 0
  for (const { start, end, label } of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= at) continue
    out += text.slice(at, Math.max(at, start)) + label
    at = end
  }
  return at === 0 ? text : out + text.slice(at)
}
