import type { Arbitrary } from 'fast-check'
import fc from 'fast-check'
import { type Edit, edit, few, position } from './edit.ts'

/** A text, and another of its kind that pieces are taken from. */
export type Pair = readonly [text: string, other: string]

/** The parts of a text that is put together of several, and what stands between them. */
const partsOf = (text: string): readonly string[] => text.split(/([.:|~])/)

const onlyPart = (which: number, [text, other]: Pair, takesIt: (isChosen: boolean) => boolean): Pair => {
  const [parts, others] = [partsOf(text), partsOf(other)]
  const chosen = 2 * (which % Math.ceil(parts.length / 2))
  return [parts.map((part, at) => (takesIt(at === chosen) ? (others[at] ?? part) : part)).join(''), other]
}

const anySplice: Arbitrary<Edit<Pair>> = fc.oneof(
  edit<number, Pair>('take of the other text part', position, (pair, which) => onlyPart(which, pair, (is) => is)),
  edit<number, Pair>('take of the other text all but part', position, (pair, which) =>
    onlyPart(which, pair, (is) => !is),
  ),
  edit<number, Pair>('take of the other text what stands behind', position, ([text, other], where) => {
    const at = where % (text.length + 1)
    return [text.slice(0, at) + other.slice(at), other]
  }),
)

/** What is put together of two texts: parts of them where they have some, or the head of one and the tail of the other. */
export const splice: Arbitrary<readonly Edit<Pair>[]> = few(anySplice)
