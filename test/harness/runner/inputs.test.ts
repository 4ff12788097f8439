import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Input, Inputs } from '../../../harness/runner/inputs.ts'

const words = fc.record({ letters: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }), number: fc.nat(1000) })

const inputsOf = (seed = 'a seed') => new Inputs(words, seed)

const from = (start: number, count: number) => Array.from({ length: count }, (_, at) => start + at)

/** Smaller and smaller ones: the second of each step, where there is one. */
function* descent(inputs: Inputs, input: Input): Generator<Input> {
  for (let last: Input | undefined = input; last !== undefined;) {
    const [, next]: readonly Input[] = [...inputs.smaller(last, 2)]
    if (next !== undefined) yield next
    last = next
  }
}

describe('inputs', () => {
  test('are the same for the same seed, and others for another', () => {
    const values = (inputs: Inputs) => from(0, 20).map((number) => inputs.draw(number).value)
    expect(values(inputsOf())).toEqual(values(inputsOf()))
    expect(values(inputsOf('another'))).not.toEqual(values(inputsOf()))
    expect(new Set(values(inputsOf()).map((value) => JSON.stringify(value))).size).toBeGreaterThan(15)
  })

  test('are found again by their path, whatever was done to them', () => {
    const inputs = inputsOf()
    const all = from(0, 10).flatMap((number) => [inputs.draw(number), ...descent(inputs, inputs.draw(number))])
    expect(all.length).toBeGreaterThan(20)
    for (const { path, value } of all) expect(inputsOf().at(path).value).toEqual(value)
  })

  test('grow smaller as those of fast-check do', () => {
    const inputs = inputsOf()
    const start = from(0, 100)
      .map((number) => inputs.draw(number))
      .find(({ value }) => JSON.stringify(value).length > 40)
    if (start === undefined) throw new TypeError('all inputs are small')
    const smallest = [...descent(inputs, start)].at(-1) ?? start
    expect(JSON.stringify(smallest.value).length).toBeLessThan(JSON.stringify(start.value).length)
    expect([...inputs.smaller(start, 3)].length).toBeLessThanOrEqual(3)
  })

  test('of commands can be run more than once, each time anew', () => {
    const commands = fc.commands([fc.constant({ check: () => true, run: () => {} })], { maxCommands: 5 })
    const inputs = new Inputs(commands, 'a seed')
    const drawn = inputs.draw(3)
    expect(inputs.at('3').path).toBe(drawn.path)
    expect([...(inputs.at('3').value as Iterable<unknown>)].length).toBe([...(drawn.value as Iterable<unknown>)].length)
  })

  test.each(['', 'x', '1~0', '1:', '1:x', '1:999999', '-1'])('lie at no path like %j', (path) => {
    expect(() => inputsOf().at(path)).toThrow(TypeError)
  })
})
