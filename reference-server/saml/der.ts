/** ASN.1 in distinguished encoding (X.690), as much of it as a certificate takes. */
const encode = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const octets = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(octets.length)]), octets])
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 + octets.length, ...octets]
}

export const sequence = (...members: readonly Buffer[]) => encode(0x30, ...members)

export const set = (...members: readonly Buffer[]) => encode(0x31, ...members)

/** A positive number in as few octets as it takes: a first one of 0x80 and more would make it negative. */
export function positiveInteger(octets: Buffer): Buffer {
  const significant = octets.subarray(octets.findIndex((octet) => octet !== 0))
  return encode(0x02, (significant[0] ?? 0) < 0x80 ? significant : Buffer.concat([Buffer.from([0]), significant]))
}

export const nothing = Buffer.from([0x05, 0x00])

export const utf8String = (text: string) => encode(0x0c, Buffer.from(text))

export const bitString = (octets: Buffer) => encode(0x03, Buffer.from([0]), octets)

const digitsOf = (milliseconds: number) => new Date(milliseconds).toISOString().replaceAll(/\.\d+|[-:T]/g, '')

/** `YYYYMMDDHHMMSSZ`, which no year is too late for. */
export const generalizedTime = (milliseconds: number) => encode(0x18, Buffer.from(digitsOf(milliseconds)))

/** `YYMMDDHHMMSSZ`, which a certificate must use until 2049 (RFC 5280 §4.1.2.5). */
export const utcTime = (milliseconds: number) => encode(0x17, Buffer.from(digitsOf(milliseconds).slice(2)))

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(inBase128)]))
}

function inBase128(arc: number): readonly number[] {
  const octets = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift((rest % 128) + 128)
  return octets
}
