/**
 * A text that comes again and again, in which only some values differ, each of them in double quotes: what stands before,
 * between and behind them. k6 compares two texts in less time than its interpreter takes to read a word of them.
 */
export interface Shape {
  readonly before: string
  /** What stands behind each value, from its quote on. */
  readonly behind: readonly string[]
  /** What a value is not written by as it is: one that has this in it is read in the long way. */
  readonly escape: string
}

/** Whether a value is one that differs from text to text: it is as long as what is made by chance. */
export const isTellable = (value: unknown): boolean => typeof value === 'string' && value.length >= 16

/**
 * The shape of a text whose values these are, in the order in which they stand there. Nothing where one of them is not to
 * be found, stands there twice, or not in quotes.
 */
export function shapeOf(text: string, values: readonly string[], escape: string): Shape | undefined {
  const behind: string[] = []
  let before: string | undefined
  let from = 0
  for (const value of values) {
    const at = text.indexOf(`"${value}"`, from)
    if (at < 0 || text.indexOf(value) !== at + 1 || text.lastIndexOf(value) !== at + 1) return undefined
    if (before === undefined) before = text.slice(0, at + 1)
    else behind.push(text.slice(from, at + 1))
    from = at + 1 + value.length
  }
  // What stands behind the last value, which is all where there is none.
  if (before === undefined) return { before: text, behind, escape }
  behind.push(text.slice(from))
  return { before, behind, escape }
}

/** The values of another text of this shape, in their order; nothing where it is of another one. */
export function valuesIn({ before, behind, escape }: Shape, text: string): readonly string[] | undefined {
  let at = before.length
  if (text.slice(0, at) !== before) return undefined
  const values: string[] = []
  for (let slot = 0; slot < behind.length; slot++) {
    const literal = behind[slot] ?? ''
    const end = text.indexOf('"', at)
    if (end < 0) return undefined
    const value = text.slice(at, end)
    at = end + literal.length
    if (text.slice(end, at) !== literal || value.includes(escape)) return undefined
    values.push(value)
  }
  return at === text.length ? values : undefined
}

/** So many kinds of text are known at once. */
const knownAtMost = 4

/** Reads texts of which most are like others: `read` takes apart those that are not, and says how to read what is like them. */
export function shapeReader<T>(read: (text: string) => Reading<T>): (text: string) => T {
  const known: Known<T>[] = []
  let unlike = 0
  return (text) => {
    for (let at = 0; at < known.length; at++) {
      const one = known[at]
      const values = one === undefined ? undefined : valuesIn(one.shape, text)
      if (one !== undefined && values !== undefined) return one.made(values)
    }
    const { result, like } = read(text)
    unlike += 1
    // Of texts that are never alike the first, the second, the fourth and so on are looked at in vain, and no more.
    if (like === undefined || !isPowerOfTwo(unlike)) return result
    const shape = shapeOf(text, like.values, like.escape)
    if (shape === undefined) return result
    if (known.length === knownAtMost) known.shift()
    known.push({ shape, made: like.made })
    return result
  }
}

export interface Reading<T> {
  readonly result: T
  /** How texts are read that differ from this one in these values only; nothing where that cannot be said. */
  readonly like?: {
    /** In the order in which they stand in the text. */
    readonly values: readonly string[]
    readonly escape: string
    readonly made: (values: readonly string[]) => T
  }
}

interface Known<T> {
  readonly shape: Shape
  readonly made: (values: readonly string[]) => T
}

const isPowerOfTwo = (count: number) => (count & (count - 1)) === 0
