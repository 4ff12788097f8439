import { createHash } from 'node:crypto'
import fc, { type Arbitrary, type Value } from 'fast-check'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

/** An input, where it lies, and what it takes to make others of it. */
export interface Input {
  /**
   * `12` was drawn blindly, `12~3` is made of that by the third change of what chance had given, and `12~3:0:4` is what
   * shrinking comes to from there in two steps.
   */
  readonly path: string
  readonly value: unknown
  readonly made: Value<unknown>
  /** What chance gave while it was made. */
  readonly choices: readonly number[]
}

/** The inputs of one property. Each is found again by its path, for as long as its generator stays what it is. */
export class Inputs {
  readonly #arbitrary: Arbitrary<unknown>
  readonly #seed: string

  constructor(arbitrary: Arbitrary<unknown>, seed: string) {
    this.#arbitrary = arbitrary
    this.#seed = seed
  }

  /** The input of that number, drawn blindly. */
  draw(number: number): Input {
    return this.#make(`${number}`, () => [])
  }

  /** An input that is in part like this one. */
  change({ path, choices }: Input, number: number): Input {
    return this.#make(`${path}~${number}`, (chance) => changed(choices, chance))
  }

  /** Smaller inputs that might show the same as this one, the smallest first; at most so many. */
  *smaller({ path, made }: Input, atMost: number): Generator<Input> {
    let step = 0
    for (const value of this.#arbitrary.shrink(made.value, made.context)) {
      if (step === atMost) return
      yield { path: `${path}:${step}`, value: value.value, made: value, choices: [] }
      step += 1
    }
  }

  /** The input that lies there. Throws a `TypeError` where the path leads nowhere. */
  at(path: string): Input {
    const steps = /^(\d+)((?:~\d+)*)((?::\d+)*)$/.exec(path)
    if (steps === null) throw new TypeError(`${path} is no path of an input`)
    const [, number = '', changes = '', shrinks = ''] = steps
    const drawn = numbersIn(changes).reduce((input, change) => this.change(input, change), this.draw(Number(number)))
    return numbersIn(shrinks).reduce((input, step) => {
      const smaller = [...this.smaller(input, step + 1)].at(step)
      if (smaller === undefined) throw new TypeError(`there is no input at ${path}`)
      return smaller
    }, drawn)
  }

  #make(path: string, given: (chance: RandomGenerator) => readonly number[]): Input {
    const chance = xoroshiro128plus(createHash('sha256').update(`${this.#seed} ${path}`).digest().readInt32BE(0))
    const choices: number[] = []
    const random = new fc.Random(replaying(given(chance), chance, choices))
    const made = this.#arbitrary.generate(random, biasOf(Number.parseInt(path, 10)))
    return { path, value: made.value, made, choices }
  }
}

const numbersIn = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number)

/** Small and special values are frequent at first, as often as in fast-check's own runner. */
const biasOf = (number: number) => 2 + Math.floor(Math.log10(number + 1))

/** Gives what is given, then what chance gives, and notes all of it. */
function replaying(given: readonly number[], chance: RandomGenerator, noted: number[], start = 0): RandomGenerator {
  let at = start
  return {
    // fast-check draws from a clone of what it is given, which has to be heard of all the same.
    clone: () => replaying(given, chance, noted, at),
    next: () => {
      const choice = given[at] ?? chance.next()
      noted[at] = choice
      at += 1
      return choice
    },
    getState: () => chance.getState(),
  }
}

/** How many choices in a row are made anew, at most. */
const longestChange = 4

/** Choices like these: some in a row are made anew, or stand where others stood, or all from one place on are left to chance. */
function changed(choices: readonly number[], chance: RandomGenerator): readonly number[] {
  const upTo = (most: number) => uniformInt(chance, 0, Math.max(0, most))
  const where = upTo(choices.length - 1)
  const length = 1 + upTo(longestChange - 1)
  switch (upTo(3)) {
    case 0:
      return choices.slice(0, where)
    case 1: {
      const from = upTo(choices.length - 1)
      return choices.toSpliced(where, length, ...choices.slice(from, from + length))
    }
    default:
      return choices.map((choice, at) => (at >= where && at < where + length ? chance.next() : choice))
  }
}
