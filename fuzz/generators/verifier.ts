import { randomBytes } from 'node:crypto'
import fc, { type Arbitrary } from 'fast-check'
import { awkward, unreserved, unreservedText } from './characters.ts'
import { deed, type Edit, edit, few } from './edit.ts'
import { nearMiss } from './near-miss.ts'

/** RFC 7636 §4.1 for verifiers and §4.2 for challenges. */
export const verifierLength = { min: 43, max: 128 } as const

const length = fc.oneof(fc.constantFrom(verifierLength.min, verifierLength.max), fc.integer(verifierLength))

/** How to make a verifier: a few characters over and over. */
export interface VerifierRecipe {
  readonly pattern: string
  readonly length: number
}

/** Every character and every length that RFC 7636 §4.1 allows. */
export const verifierRecipe: Arbitrary<VerifierRecipe> = fc.record({
  pattern: unreservedText({ minLength: 1, maxLength: 8 }),
  length,
})

export const verifierOf = ({ pattern, length }: VerifierRecipe): string => pattern.repeat(length).slice(0, length)

/** How long a verifier is that nobody is told: mostly 32 octets in base64url, as RFC 7636 recommends. */
export const secretVerifierLength: Arbitrary<number> = fc.oneof(fc.constant(verifierLength.min), length)

export const secretVerifier = (length: number): string => randomBytes(length).toString('base64url').slice(0, length)

/** Whether a text may be a verifier, or a challenge: the two have one syntax. */
export const isVerifier = (text: string): boolean => /^[A-Za-z0-9._~-]{43,128}$/.test(text)

const padding = edit('append padding', fc.constantFrom('=', '==', '==='), (text, more) => `${text}${more}`)

/** Of a length that the syntax allows, so that nothing but the comparison keeps it out. */
const otherLength = fc.oneof(
  edit('append', unreservedText({ minLength: 1, maxLength: 20 }), (text, more) => `${text}${more}`),
  edit('cut down to', fc.integer({ min: verifierLength.min, max: 100 }), (text, kept) => text.slice(0, kept)),
)

const lastCharacter = edit(
  'replace the last character by',
  fc.constantFrom(...unreserved),
  (text, by) => text.slice(0, -1) + by,
)

/** What is done to the right verifier, or to the right challenge, that somebody may take for the same. */
export const verifierEdits: Arbitrary<readonly Edit[]> = fc.oneof(
  { weight: 4, arbitrary: nearMiss },
  { weight: 1, arbitrary: few(padding) },
  { weight: 1, arbitrary: few(otherLength) },
  { weight: 1, arbitrary: lastCharacter.map((one) => [one]) },
  {
    weight: 1,
    arbitrary: deed('write in the other alphabet of base64', (text) =>
      text.replaceAll('-', '+').replaceAll('_', '/'),
    ).map((one) => [one]),
  },
)

const spoiling: Arbitrary<(text: string) => string> = fc.oneof(
  fc.constantFrom(...awkward).map((more) => (text: string) => `${text}${more}`),
  fc.constantFrom(...awkward).map((more) => (text: string) => `${more}${text}`),
  fc
    .constantFrom('+', '/', '=', ' ', '\0', 'é', '\u{1F511}', '\u212A')
    .map((other) => (text: string) => `${text.slice(0, 20)}${other}${text.slice(21)}`),
)

/** What is no verifier, and no challenge: too short, too long, or in characters that neither has. */
export const malformedVerifier: Arbitrary<string> = fc.oneof(
  fc
    .oneof(fc.constantFrom(42, 129), fc.integer({ min: 1, max: 42 }), fc.integer({ min: 129, max: 1024 }))
    .chain((length) =>
      unreservedText({ minLength: 1, maxLength: 8 }).map((pattern) => verifierOf({ pattern, length })),
    ),
  fc
    .tuple(verifierRecipe, spoiling)
    .map(([recipe, spoil]) => spoil(verifierOf(recipe)))
    .filter((text) => !isVerifier(text)),
)
