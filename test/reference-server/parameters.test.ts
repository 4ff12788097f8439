import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readParams } from '../../reference-server/parameters.ts'
import { randomText } from '../../reference-server/random-text.ts'

/** Texts of the characters that mean something in a form, and of some that do not. */
const forms = fc.array(fc.constantFrom('&', '=', '+', '%', '%2', '%26', '%C3%A9', '%FF', 'a', 'é', '\0', ' ', '#'), {
  maxLength: 20,
})

test('a form is read as URLSearchParams reads it', () => {
  fc.assert(
    fc.property(forms, (parts) => {
      const text = parts.join('')
      expect(readParams(text)).toEqual([...new URLSearchParams(text)])
    }),
    { numRuns: 5000 },
  )
})

test('random texts have 256 bits, and none comes twice', () => {
  const texts = Array.from({ length: 1000 }, randomText)
  expect(new Set(texts).size).toBe(1000)
  for (const text of texts) expect(text).toMatch(/^[\w-]{43}$/)
})
