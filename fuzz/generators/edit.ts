import fc, { type Arbitrary } from 'fast-check'
import { inputKind } from '../../harness/input-kinds.ts'

/** One thing that is done to something right. A report prints what is done and never to what: it may be a secret. */
export interface Edit<Subject = string> {
  readonly apply: (subject: Subject) => Subject
}

/** Edits of one kind, with their argument: `edit('append', tail, …)` prints as `append "/"`. */
export const edit = <Argument, Subject = string>(
  does: string,
  argument: Arbitrary<Argument>,
  apply: (subject: Subject, argument: Argument) => Subject,
): Arbitrary<Edit<Subject>> =>
  argument.map((value) => ({
    apply: (subject) => apply(subject, value),
    [inputKind]: does,
    [fc.toStringMethod]: () => `${does} ${fc.stringify(value)}`,
  }))

/** The one edit that needs no argument. */
export const deed = <Subject = string>(does: string, apply: (subject: Subject) => Subject): Arbitrary<Edit<Subject>> =>
  fc.constant({ apply, [inputKind]: does, [fc.toStringMethod]: () => does })

/** One edit, or up to three one after the other; they shrink to a single one, which most faults need no more than. */
export const few = <Subject>(one: Arbitrary<Edit<Subject>>): Arbitrary<readonly Edit<Subject>[]> =>
  fc.oneof(
    { weight: 2, arbitrary: one.map((edit) => [edit]) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) },
  )

export const applied = <Subject>(edits: readonly Edit<Subject>[], subject: Subject): Subject =>
  edits.reduce((edited, { apply }) => apply(edited), subject)

/** Which of several: it is counted modulo how many there are. */
export const position: Arbitrary<number> = fc.nat({ max: 255 })

/** What is at a position of something that may be empty. */
export const at = <Item>(items: readonly Item[], which: number): Item | undefined => items[which % items.length]

/** Text with something else in the place of one character; as it is where it has none. */
export const replaceAt = (text: string, which: number, replace: (character: string) => string): string => {
  const where = text.length === 0 ? 0 : which % text.length
  return text.slice(0, where) + replace(text.charAt(where)) + text.slice(where + 1)
}

/** The same for the one at that position among the characters that a pattern (with the flag `g`) finds. */
export const replaceMatch = (text: string, pattern: RegExp, which: number, replace: (found: string) => string) => {
  const found = at([...text.matchAll(pattern)], which)
  return found === undefined
    ? text
    : text.slice(0, found.index) + replace(found[0]) + text.slice(found.index + found[0].length)
}

export const swapCase = (letter: string): string =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()

export const percentEncoded = (text: string): string =>
  [...Buffer.from(text)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('')
