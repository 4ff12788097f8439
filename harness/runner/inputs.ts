import { createHash } from 'node:crypto'
import fc, { type Arbitrary, type Value } from 'fast-check'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** An input, and where it lies. */
export interface Input {
  /** `12` was drawn by that number, and `12:0:4` is what shrinking comes to from there in two steps. */
  readonly path: string
  readonly value: unknown
  readonly made: Value<unknown>
}

/** The inputs of one property. Each is found again by its path, for as long as its generator stays what it is. */
export class Inputs {
  readonly #arbitrary: Arbitrary<unknown>
  readonly #seed: string

  constructor(arbitrary: Arbitrary<unknown>, seed: string) {
    this.#arbitrary = arbitrary
    this.#seed = seed
  }

  /** The input of that number. */
  draw(number: number): Input {
    const path = `${number}`
    const chance = xoroshiro128plus(createHash('sha256').update(`${this.#seed} ${path}`).digest().readInt32BE(0))
    const made = this.#arbitrary.generate(new fc.Random(chance), biasOf(number))
    return { path, value: made.value, made }
  }

  /** Smaller inputs that might show the same as this one, the smallest first; at most so many. */
  *smaller({ path, made }: Input, atMost: number): Generator<Input> {
    let step = 0
    for (const value of this.#arbitrary.shrink(made.value, made.context)) {
      if (step === atMost) return
      yield { path: `${path}:${step}`, value: value.value, made: value }
      step += 1
    }
  }

  /** The input that lies there. Throws a `TypeError` where the path leads nowhere. */
  at(path: string): Input {
    if (!/^\d+(?::\d+)*$/.test(path)) throw new TypeError(`${path} is no path of an input`)
    const [number = 0, ...steps] = path.split(':').map(Number)
    let input: Input | undefined = this.draw(number)
    for (const step of steps) {
      input = [...this.smaller(input, step + 1)].at(step)
      if (input === undefined) throw new TypeError(`there is no input at ${path}`)
    }
    return input
  }
}

/** Small and special values are frequent at first, as often as in fast-check's own runner. */
const biasOf = (number: number) => 2 + Math.floor(Math.log10(number + 1))
