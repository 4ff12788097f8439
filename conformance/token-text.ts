import { rfc6749 } from '../core/spec/rfc6749.ts'
import type { Expect } from '../harness/expect.ts'

/** The token with one character changed, in a place where no encoding has bits to spare. */
export function altered(token: string): string {
  const at = Math.max(0, token.length - 8)
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}

/** The same claims, with alg none and without a signature. */
export const unsecured = (token: string) =>
  `${Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')}.${token.split('.')[1] ?? ''}.`

/** Scope values, apart from one another. */
export const scopesOf = (scope: unknown): ReadonlySet<string> =>
  new Set(typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : [])

export const sameScopes = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
  a.size === b.size && [...a].every((one) => b.has(one))

/**
 * At most so many bits an attacker must guess, judged by some values of a kind: positions at which they differ, times
 * the bits of the smallest alphabet that holds all their characters. An upper bound: random text and text that only
 * looks random are the same to it.
 */
export function guessBits(values: readonly string[]): number {
  const [first = ''] = values
  const length = Math.min(...values.map((value) => value.length))
  const varying = Array.from({ length }, (_, at) => at).filter((at) => values.some((value) => value[at] !== first[at]))
  const used = values.flatMap((value) => varying.map((at) => value[at])).join('')
  const size = alphabets.find(([pattern]) => pattern.test(used))?.[1] ?? 94
  return varying.length * Math.log2(size)
}

/** Sees that values of a kind leave an attacker 128 bits to guess, and rather 160 (RFC 6749 §10.10). */
export function expectUnguessable(expect: Expect, kind: string, values: readonly string[]) {
  const bits = Math.floor(guessBits(values))
  for (const [least, about] of [
    [128, rfc6749.tokensUnguessable],
    [160, rfc6749.tokensHardToGuess],
  ] as const) {
    const breach = { expected: `${kind} of ${least} unpredictable bits`, actual: `${kind} of at most ${bits}` }
    expect.that(bits >= least, { violation: 'malformed', ...breach }, about)
  }
}

const alphabets: readonly (readonly [RegExp, number])[] = [
  [/^[0-9]*$/, 10],
  [/^(?:[0-9a-f]*|[0-9A-F]*)$/, 16],
  [/^(?:[0-9a-z]*|[0-9A-Z]*)$/, 36],
  [/^[0-9A-Za-z]*$/, 62],
  [/^[0-9A-Za-z_-]*$/, 64],
]
