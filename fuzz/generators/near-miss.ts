import fc, { type Arbitrary } from 'fast-check'
import { addition, unreserved, whiteSpace } from './characters.ts'
import { deed, type Edit, edit, few, percentEncoded, position, replaceAt, replaceMatch, swapCase } from './edit.ts'

const character = fc.constantFrom(...unreserved)

const some = fc.integer({ min: 1, max: 16 })

const space = fc.constantFrom('', ...whiteSpace)

/** What may be done to a text of which every character counts: a code, a token, a verifier, a secret. */
const anyMiss: Arbitrary<Edit> = fc.oneof(
  edit('append', addition, (text, more) => `${text}${more}`),
  edit('put in front', addition, (text, more) => `${more}${text}`),
  edit('put white space before and behind', fc.tuple(space, space), (text, [head, tail]) => `${head}${text}${tail}`),
  edit('cut from the end', some, (text, count) => text.slice(0, -count)),
  edit('cut from the beginning', some, (text, count) => text.slice(count)),
  edit('swap the case of letter', position, (text, which) => replaceMatch(text, /[a-z]/gi, which, swapCase)),
  deed('write in capitals', (text) => text.toUpperCase()),
  deed('write in small letters', (text) => text.toLowerCase()),
  edit('replace', fc.tuple(position, character), (text, [which, by]) => replaceAt(text, which, () => by)),
  edit('insert', fc.tuple(position, addition), (text, [which, more]) => replaceAt(text, which, (one) => more + one)),
  edit('leave out', position, (text, which) => replaceAt(text, which, () => '')),
  edit('double', position, (text, which) => replaceAt(text, which, (one) => one + one)),
  edit('percent-encode', position, (text, which) => replaceAt(text, which, percentEncoded)),
  deed('percent-encode all of it', percentEncoded),
  deed('write in base64', (text) => Buffer.from(text).toString('base64')),
  deed('reverse', (text) => [...text].toReversed().join('')),
  deed('write twice', (text) => `${text}${text}`),
  edit('replace all by', character, (text, by) => by.repeat(text.length)),
)

/** A few ways in which a text may come near to being right, without being it. */
export const nearMiss: Arbitrary<readonly Edit[]> = few(anyMiss)

/** Mostly what comes near to the right thing, and now and then one of these in its place. */
export const nearMissOr = <Thing extends string>(
  ...things: readonly [Thing, ...Thing[]]
): Arbitrary<{ readonly edits: readonly Edit[] } | { readonly instead: Thing }> =>
  fc.oneof(
    { weight: 20, arbitrary: nearMiss.map((edits) => ({ edits })) },
    { weight: 1, arbitrary: fc.constantFrom(...things).map((instead) => ({ instead })) },
  )

/**
 * Whether two texts are the same, or base64url for the same octets segment by segment: RFC 4648 §3.5 lets a decoder take
 * more than one spelling of the last character, so a server that decodes its own codes and tokens may know both.
 */
export function isOtherSpelling(one: string, other: string): boolean {
  if (one === other) return true
  const [segments, others] = [one.split('.'), other.split('.')]
  return (
    segments.length === others.length && segments.every((segment, which) => sameOctets(segment, others[which] ?? ''))
  )
}

const sameOctets = (one: string, other: string) =>
  [one, other].every((text) => /^[\w+/-]*={0,2}$/.test(text)) &&
  Buffer.from(one, 'base64url').equals(Buffer.from(other, 'base64url'))
