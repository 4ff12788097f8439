import { detached } from './detached.ts'
import { asOctets, type Reading, originOf, readingsOf } from './reading.ts'

/** A stretch of a text and what stands for it. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly label: string
}

/** By so many first characters secrets are looked up. */
const keyLength = 8

/** What the wire sends is remembered up to so many characters; each secret counts for some more than it has. */
const rememberedAtMost = 16_000_000
const overhead = 200

/** Comparing may take so many steps for each character of a text. Only texts that are made to be slow come near. */
const stepsPerCharacter = 16
const stepsAtLeast = 10_000_000

/** Every secret of a run by its label, and where one of them stands in a text, whichever way it is written there. */
export class KnownSecrets {
  readonly #labels = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  /** The ways to write secrets, by how they begin. */
  readonly #forms = new Map<string, { readonly all: string[]; longestFirst: boolean }>()
  /** Where a secret may begin: the sum of its first characters. Most places of a text are told apart by it at once. */
  readonly #beginnings = new Uint8Array(0x1_00_00)
  readonly #short = new Set<string>()
  #room = rememberedAtMost

  labelOf(value: string): string | undefined {
    return this.#labels.get(folded(value))
  }

  /** The label of a secret from the wire, which is remembered while there is room. */
  learn(kind: string, value: string): string {
    const known = this.labelOf(value)
    if (known !== undefined) return known
    return this.#room < value.length ? `[${kind}]` : this.add(kind, value)
  }

  /** Remembers a secret, and says what stands for it. */
  add(kind: string, value: string): string {
    const label = this.labelOf(value) ?? this.#nextLabel(kind)
    for (const form of formsOf(detached(value))) {
      // What a value decodes to may be too short to be told from ordinary text.
      if (this.#labels.has(form) || form === '' || (form.length < keyLength && form !== folded(value))) continue
      this.#labels.set(form, label)
      this.#room -= form.length + overhead
      if (form.length < keyLength) this.#short.add(form)
      // A JWT is found by its looks: thousands of them begin alike.
      else if (startOfJwt(form) !== 0) this.#insert(form)
    }
    return label
  }

  /** Where known secrets stand, by their place in the original; nothing where finding that out takes too long. */
  find(reading: Reading): readonly Span[] | undefined {
    const text = folded(reading.text)
    const spans: Span[] = []
    const note = (at: number, form: string) => {
      const [start, end] = [originOf(reading, at), originOf(reading, at + form.length)]
      spans.push({ start, end, label: this.#labels.get(form) ?? '' })
      return at + form.length
    }
    let steps = Math.max(stepsAtLeast, stepsPerCharacter * text.length)
    const isHere = (form: string, at: number) => {
      const same = agreement(text, at, form)
      steps -= same
      return same === form.length || steps < 0
    }
    for (let at = 0; at + keyLength <= text.length;) {
      const form =
        this.#beginnings[beginning(text, at)] === 1
          ? this.#beginningWith(text.slice(at, at + keyLength)).find((one) => isHere(one, at))
          : undefined
      if (steps < 0) return undefined
      at = form === undefined ? at + 1 : note(at, form)
    }
    for (const form of this.#short) {
      for (let at = text.indexOf(form); at >= 0;) at = text.indexOf(form, note(at, form))
    }
    return spans
  }

  #nextLabel(kind: string): string {
    const number = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, number)
    return `[${kind} ${number}]`
  }

  #insert(form: string) {
    const key = form.slice(0, keyLength)
    const forms = this.#forms.get(key) ?? { all: [], longestFirst: true }
    forms.all.push(form)
    forms.longestFirst = forms.all.length === 1
    this.#forms.set(key, forms)
    this.#beginnings[beginning(form, 0)] = 1
  }

  #beginningWith(key: string): readonly string[] {
    const forms = this.#forms.get(key)
    if (forms === undefined) return []
    if (!forms.longestFirst) forms.all.sort((a, b) => b.length - a.length)
    forms.longestFirst = true
    return forms.all
  }
}

const beginning = (text: string, at: number) =>
  (text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 4) ^ (text.charCodeAt(at + 2) << 9)) & 0xff_ff

/** How many characters of `form` stand at this place of a text. */
function agreement(text: string, at: number, form: string): number {
  let same = keyLength
  while (same < form.length && text.charCodeAt(at + same) === form.charCodeAt(same)) same++
  return same
}

/** The ways in which a secret may stand in a reading. In running text it may have been taken with what ends a sentence. */
function formsOf(value: string): ReadonlySet<string> {
  const texts = [value.replace(/[\s;,.')\]}]{1,3}$/, ''), ...readingsOf(value).map(({ text }) => text)]
  return new Set(texts.flatMap((text) => [text, asOctets(text)]).map(folded))
}

/** In forms a plus sign means a space, elsewhere it means itself: here they are one. */
const folded = (text: string) => text.replaceAll('+', ' ')

/** Every JWT of a text, signed, encrypted or neither, whatever stands before it. */
export function* jwtsOf({ text }: Reading): Generator<{ readonly start: number; readonly end: number }> {
  for (const { 0: run, index } of text.matchAll(/(?<![\w.-])[\w.-]{12,}/g)) {
    const start = startOfJwt(run)
    if (start >= 0) yield { start: index + start, end: index + endOfJwt(run, start) }
  }
}

/** Where a JWT begins: `eyJ` is what base64url makes of `{"`. */
function startOfJwt(run: string): number {
  const segments = run.split('.')
  let at = 0
  for (const [index, segment] of segments.entries()) {
    const start = segment.indexOf('eyJ')
    if (start >= 0 && segment.length - start > 7 && index + 2 < segments.length) return at + start
    at += segment.length + 1
  }
  return -1
}

/** A full stop at the end belongs to a sentence, but for the second one: what is not signed ends with it. */
function endOfJwt(run: string, start: number): number {
  let end = run.length
  while (run[end - 1] === '.') end--
  return Math.max(end, run.indexOf('.', run.indexOf('.', start) + 1) + 1)
}
