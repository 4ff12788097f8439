import { randomFillSync } from 'node:crypto'

/** 256 bits. */
const octets = 32

/** To ask the system for 32 octets takes as long as to ask for 4096: they are drawn for many texts at once, each used once. */
const drawn = Buffer.alloc(128 * octets)
let used = drawn.length

/** 256 bits from the system's source, as 43 characters of base64url. */
export function randomText(): string {
  if (used === drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  return drawn.toString('base64url', used, (used += octets))
}
