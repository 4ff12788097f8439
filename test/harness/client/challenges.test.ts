import { describe, expect, test } from 'vitest'
import { challengesOf } from '../../../harness/client/challenges.ts'

const read = (...values: readonly string[]) =>
  challengesOf({ headers: values.map((value) => ['WWW-Authenticate', value] as const) })

describe('challenges are read', () => {
  test.each<[string, readonly string[], ReturnType<typeof challengesOf>]>([
    ['of a scheme alone', ['Bearer'], [{ scheme: 'bearer', params: [] }]],
    [
      'with parameters',
      ['Bearer realm="a", error=b'],
      [
        {
          scheme: 'bearer',
          params: [
            ['realm', 'a'],
            ['error', 'b'],
          ],
        },
      ],
    ],
    [
      'without their escapes',
      [String.raw`Bearer a="x\"y\\z"`],
      [{ scheme: 'bearer', params: [['a', String.raw`x"y\z`]] }],
    ],
    [
      'with commas and equals signs in quotes',
      ['Bearer a="b, c=d"'],
      [{ scheme: 'bearer', params: [['a', 'b, c=d']] }],
    ],
    [
      'with parameters that stand twice',
      ['Bearer A=1, a=2'],
      [
        {
          scheme: 'bearer',
          params: [
            ['a', '1'],
            ['a', '2'],
          ],
        },
      ],
    ],
    [
      'several of one header',
      ['Basic realm="x", Bearer, DPoP algs="ES256"'],
      [
        { scheme: 'basic', params: [['realm', 'x']] },
        { scheme: 'bearer', params: [] },
        { scheme: 'dpop', params: [['algs', 'ES256']] },
      ],
    ],
    [
      'of several headers',
      ['Basic realm="x"', 'Bearer realm="y"'],
      [
        { scheme: 'basic', params: [['realm', 'x']] },
        { scheme: 'bearer', params: [['realm', 'y']] },
      ],
    ],
    ['with space around equals signs', ['Bearer a = "b"'], [{ scheme: 'bearer', params: [['a', 'b']] }]],
    ['up to what is none', ['Bearer a="b'], [{ scheme: 'bearer', params: [['a', '']] }]],
    ['of nothing', [], []],
    ['of an empty header', [''], []],
  ])('%s', (_, values, challenges) => {
    expect(read(...values)).toEqual(challenges)
  })

  test('in time that grows with their length', () => {
    for (const text of ['a'.repeat(60_000), 'a="'.repeat(20_000), ' ,'.repeat(30_000), '\\"'.repeat(30_000)])
      expect(read(`Bearer ${text}`).length).toBeGreaterThan(0)
  })
})
