import type { Exchange, Redacted } from './exchange.ts'

/** Parameters, members and form controls whose value is a secret of the run, wherever they stand. */
const secretNames = new Set([
  'access_token',
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'csrf',
  'device_code',
  'id_token',
  'id_token_hint',
  'password',
  'refresh_token',
  'registration_access_token',
  'RelayState',
  'SAMLResponse',
  'subject_token',
  'token',
])

/** Shorter values are replaced only where they stand under their own name: elsewhere they would eat ordinary text. */
const shortestLearnt = 8

const jwtPattern = /\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*(?:\.[\w-]+\.[\w-]+)?/g

export interface WireMessage {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/**
 * Replaces every secret by its kind and a number, so that a reader still sees which token is which: `[code 1]`.
 * It is the only maker of an {@link Exchange}. Secrets are learnt from the target file, and from the name under which
 * they appear on the wire; once learnt, a value is replaced everywhere.
 */
export class Redactor {
  readonly #labels = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  /** Longest first, so that a secret that contains another is replaced whole. */
  #known: readonly string[] = []

  /** Replaces `value` from now on, whatever its length. */
  learn(kind: string, value: string) {
    for (const form of new Set([value, encodeURIComponent(value), formEncoded(value), jsonEscaped(value)])) {
      if (form.length > 0) this.#add(kind, value, form)
    }
  }

  redact(text: string): Redacted {
    let out = text
    for (const known of this.#known) out = out.replaceAll(known, this.#labels.get(known) ?? '')
    return out.replaceAll(jwtPattern, (token) => this.#label('jwt', token)) as Redacted
  }

  exchange(
    request: WireMessage & { readonly method: string; readonly url: string },
    answer: (WireMessage & { readonly status: number; readonly truncated: boolean }) | { readonly failure: string },
    milliseconds: number,
  ): Exchange {
    this.#learnFrom(request.url, request)
    if ('status' in answer) this.#learnFrom('', answer)
    const body = request.body
    return {
      request: {
        method: request.method,
        url: this.#parameters(request.url),
        headers: this.#headers(request.headers),
        ...(body !== undefined && { body: this.#body(body) }),
      },
      ...('status' in answer
        ? {
            response: {
              status: answer.status,
              headers: this.#headers(answer.headers),
              body: this.#body(answer.body ?? ''),
              truncated: answer.truncated,
            },
          }
        : { failure: this.redact(answer.failure) }),
      milliseconds,
    }
  }

  #add(kind: string, value: string, form: string) {
    if (this.#labels.has(form)) return
    this.#labels.set(form, this.#label(kind, value))
    this.#known = [...this.#labels.keys()].toSorted((a, b) => b.length - a.length)
  }

  #label(kind: string, value: string): string {
    const known = this.#labels.get(value)
    if (known !== undefined) return known
    const number = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, number)
    const label = `[${kind} ${number}]`
    this.#labels.set(value, label)
    return label
  }

  #learnFrom(url: string, message: WireMessage) {
    for (const [name, value] of namedValues(url)) this.#learnNamed(name, value)
    for (const [name, value] of namedValues(message.body ?? '')) this.#learnNamed(name, value)
    for (const [header, value] of message.headers) {
      const name = header.toLowerCase()
      if (name === 'location') for (const [key, inner] of namedValues(value)) this.#learnNamed(key, inner)
      if (name === 'set-cookie') this.#learnLong('cookie', /=([^;]*)/.exec(value)?.[1])
      if (name === 'cookie') for (const pair of value.split(/;\s*/)) this.#learnLong('cookie', /=(.*)/s.exec(pair)?.[1])
      if (name === 'authorization') this.#learnLong('credentials', /^\s*\S+\s+(.*)$/s.exec(value)?.[1])
    }
  }

  #learnNamed(name: string, value: string) {
    if (secretNames.has(name)) this.#learnLong(name, value)
  }

  #learnLong(kind: string, value: string | undefined) {
    if (value !== undefined && value.length >= shortestLearnt) this.learn(kind, value)
  }

  #headers(headers: WireMessage['headers']): readonly (readonly [string, Redacted])[] {
    return headers.map(([name, value]) => {
      switch (name.toLowerCase()) {
        case 'authorization':
          return [name, value.replace(/^(\s*\S+\s+).*$/s, (_, scheme: string) => `${scheme}[credentials]`) as Redacted]
        case 'cookie':
        case 'set-cookie':
          return [
            name,
            this.redact(
              value.replaceAll(/=([^;]*)/g, (pair, inner: string, at: number) =>
                name.toLowerCase() === 'set-cookie' && at > value.indexOf('=')
                  ? pair
                  : inner === ''
                    ? pair
                    : '=[cookie]',
              ),
            ),
          ]
        default:
          return [name, this.#parameters(value)]
      }
    })
  }

  #body(body: string): Redacted {
    return this.#parameters(body)
  }

  /** Replaces what stands under a secret's name even where the value is too short to be learnt. */
  #parameters(text: string): Redacted {
    const named = text
      .replaceAll(/(^|[?&#\s])([\w.-]+)=([^&#\s"'<>]*)/g, (whole, before: string, name: string, value: string) =>
        secretNames.has(name) && value !== '' && !this.#labels.has(value) && value.length < shortestLearnt
          ? `${before}${name}=[${name}]`
          : whole,
      )
      .replaceAll(/"([\w-]+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g, (whole, name: string, value: string) =>
        secretNames.has(name) && value.length < shortestLearnt && value !== '' ? `"${name}":"[${name}]"` : whole,
      )
    return this.redact(named)
  }
}

/** Every `name=value`, `"name": "value"` and `name="…" value="…"` of a message, decoded. */
function* namedValues(text: string): Generator<readonly [name: string, value: string]> {
  for (const [, name = '', value = ''] of text.matchAll(/(?:^|[?&#\s])([\w.-]+)=([^&#\s"'<>]*)/g)) {
    yield [name, value]
    yield [name, decoded(value)]
  }
  for (const [, name = '', value = ''] of text.matchAll(/"([\w-]+)"\s*:\s*"((?:[^"\\]|\\.)*)"/g)) yield [name, value]
  for (const [tag] of text.matchAll(/<input\b[^>]*>/gi)) {
    const name = /\bname\s*=\s*["']?([^"'\s>]+)/i.exec(tag)?.[1]
    const value = /\bvalue\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(tag)
    if (name !== undefined && value !== null) yield [name, value[1] ?? value[2] ?? '']
  }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '))
  } catch {
    return value
  }
}

const formEncoded = (value: string) =>
  encodeURIComponent(value)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

const jsonEscaped = (value: string) => JSON.stringify(value).slice(1, -1)
