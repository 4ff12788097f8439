import { wellFormed } from '../wire/form.ts'

/** A text as whoever decodes it would read it; `origins` tells where in the original each character comes from. */
export interface Reading {
  readonly text: string
  /** One more than `text` has characters: the last is where the original ends. Absent where nothing was decoded. */
  readonly origins?: Uint32Array
}

/** Nobody nests escapes deeper who means to be understood. */
const deepest = 3

/**
 * The text as it is, then decoded once, twice and so on for as long as there is something to decode. Percent signs,
 * the escapes of JSON and those of HTML are all undone at once: what a text is written in is not known here.
 */
export function readingsOf(text: string): readonly Reading[] {
  const readings: Reading[] = [{ text }]
  for (let last = readings[0]; last !== undefined && readings.length <= deepest;) {
    last = decoded(last)
    if (last !== undefined) readings.push(last)
  }
  return readings
}

/** Where in the original a character of a reading begins. */
export const originOf = ({ origins }: Reading, at: number): number => origins?.[at] ?? at

/** Text as its UTF-8 octets, each read as one character: so do header values come. */
export const asOctets = (text: string): string =>
  encodeURIComponent(wellFormed(text)).replaceAll(/%(..)/g, (_, octet: string) => characterOf(octet))

/** UTF-8 octets as the text that they encode; what is not UTF-8 stays as it is. */
export const fromOctets = (octets: string): string =>
  ofPercent(octets.replaceAll(/[^]/g, (octet) => `%${octet.charCodeAt(0).toString(16).padStart(2, '0')}`))

/** A whole character in percent-encoded UTF-8, or one octet of anything else. */
const percentEncoded =
  '%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}|%[89a-f][0-9a-f]'
const escaped = String.raw`\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\[\\"'/bfnrt]`
const entity = '&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);'
const anyEscape = new RegExp(`${percentEncoded}|${escaped}|${entity}`, 'gi')

function decoded(reading: Reading): Reading | undefined {
  const { text } = reading
  // Nothing means more characters than it is written with.
  const origins = new Uint32Array(text.length + 1)
  let out = ''
  let at = 0
  let length = 0
  const copyUpTo = (end: number) => {
    out += text.slice(at, end)
    for (; at < end; at++) origins[length++] = originOf(reading, at)
  }
  for (const { 0: found, index } of text.matchAll(anyEscape)) {
    copyUpTo(index)
    const meaning = meaningOf(found)
    out += meaning
    for (let unit = 0; unit < meaning.length; unit++) origins[length++] = originOf(reading, index)
    at = index + found.length
  }
  if (at === 0) return undefined
  copyUpTo(text.length)
  origins[length] = originOf(reading, text.length)
  return { text: out, origins }
}

function meaningOf(escape: string): string {
  if (escape.startsWith('%')) return ofPercent(escape)
  if (escape.startsWith('&')) return ofEntity(escape.slice(1, -1).toLowerCase())
  const kind = escape.slice(1, 2)
  if (escape.length > 2) return characterOf(escape.slice(2))
  return control[kind] ?? kind
}

const characterOf = (hexadecimal: string) => String.fromCharCode(Number.parseInt(hexadecimal, 16))

const control: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function ofPercent(escape: string): string {
  try {
    return decodeURIComponent(escape)
  } catch {
    return escape.replaceAll(/%(..)/g, (_, octet: string) => characterOf(octet))
  }
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function ofEntity(entity: string): string {
  const number = entity.startsWith('#x') ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1))
  return named[entity] ?? (number <= 0x10_ff_ff ? String.fromCodePoint(number) : '\uFFFD')
}
