import { array, assert, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shapeOf, shapeReader, valuesIn } from '../../core/shape.ts'

const [one, other] = ['a-value-of-some-length', 'another-value-of-some-length']
const textOf = (first: string, second: string) => `{"first":"${first}","fixed":"x","second":"${second}"}\n`

/** What a text of another shape is read as. */
const read = (text: string, values: readonly string[] = [one, other], like = textOf(one, other)) => {
  const shape = shapeOf(like, values, '\\')
  return shape === undefined ? 'no shape' : valuesIn(shape, text)
}

describe('a shape', () => {
  test('tells the values of a text that differs in them only', () => {
    expect(read(textOf(one, other))).toEqual([one, other])
    expect(read(textOf('b', ''))).toEqual(['b', ''])
    expect(read(textOf(other, one))).toEqual([other, one])
  })

  test('tells of a text without values whether it is the same', () => {
    expect(read('the same', [], 'the same')).toEqual([])
    expect(read('the same!', [], 'the same')).toBeUndefined()
    expect(read('the sam', [], 'the same')).toBeUndefined()
  })

  test.each([
    ['nothing', ''],
    ['a part', textOf(one, other).slice(0, -1)],
    ['more', `${textOf(one, other)} `],
    ['the beginning', '{"first":"'],
    ['a value without an end', '{"first":"abc'],
    ['other words', textOf(one, other).replace('fixed', 'mixed')],
    ['an escape', textOf('b\\u0041', other)],
    ['an escaped quote', textOf('b\\"c', other)],
    ['a quote', textOf('b"c', other)],
    ['a quote in the last value', textOf(one, 'b"c')],
  ])('is not that of %s', (_, text) => {
    expect(read(text)).toBeUndefined()
  })

  test.each<readonly [string, string, readonly string[]]>([
    ['a value that is not there', textOf(one, other), ['a-third-value']],
    ['a value without quotes', `{"first":${one}}`, [one]],
    ['a value that stands there twice', textOf(one, one), [one]],
    ['a value within another', textOf(one, `${one}-and-more`), [one]],
    ['values in another order', textOf(one, other), [other, one]],
  ])('cannot be told by %s', (_, text, values) => {
    expect(shapeOf(text, values, '\\')).toBeUndefined()
  })
})

describe('a reader of texts that are alike', () => {
  /** Reads the first value, and counts how often it had to take a text apart. */
  function counting() {
    const slow: string[] = []
    const reader = shapeReader((text) => {
      slow.push(text)
      const [first = ''] = JSON.parse(text) as string[]
      return { result: first, like: { values: [first], escape: '\\', made: ([value = '']) => value } }
    })
    return { slow, reader }
  }

  test('takes apart the first of each kind', () => {
    const { slow, reader } = counting()
    expect(['["a"]', '["b"]', '["c",1]', '["d",1]', '["e"]'].map(reader)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(slow).toEqual(['["a"]', '["c",1]'])
  })

  test('takes apart whatever is like nothing that came before, and keeps few of them', () => {
    const { slow, reader } = counting()
    const texts = Array.from({ length: 100 }, (_, at) => `["a",${at}]`)
    expect(texts.map(reader)).toEqual(texts.map(() => 'a'))
    expect(slow).toHaveLength(100)
    // The 64th is the last that was looked at, and the four that were kept end with it.
    for (const [at, isKnown] of [
      [63, true],
      [31, true],
      [15, true],
      [7, true],
      [3, false],
      [99, false],
    ] as const) {
      slow.length = 0
      reader(`["b",${at}]`)
      expect([at, slow.length === 0]).toEqual([at, isKnown])
    }
  })

  test('reads what it would have read without them', () => {
    const { reader } = counting()
    assert(
      property(array(string({ unit: 'binary' }), { minLength: 1, maxLength: 3 }), (values) => {
        expect(reader(JSON.stringify(values))).toBe(values[0])
      }),
      { numRuns: 1000 },
    )
  })
})
