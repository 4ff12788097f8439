import { randomBytes } from 'node:crypto'
import fc, { type Arbitrary } from 'fast-check'
import { unreservedText } from './characters.ts'

/** RFC 7636 §4.1. */
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
