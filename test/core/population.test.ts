import { describe, expect, test } from 'vitest'
import { populationOf } from '../../core/population.ts'

const people = Array.from({ length: 10 }, (_, at) => at)

/** What share of many iterations each member has. */
function shares(skew: number): readonly number[] {
  const whose = populationOf(people, skew)
  const counts = people.map(() => 0)
  const iterations = 20_000
  for (let iteration = 0; iteration < iterations; iteration++) {
    const member = whose(iteration)
    counts[member] = (counts[member] ?? 0) + 1
  }
  return counts.map((count) => count / iterations)
}

describe('of a population', () => {
  test('each comes in turn where none is preferred', () => {
    const whose = populationOf(people, 0)
    expect(people.map(whose)).toEqual(people)
    expect(whose(23)).toBe(3)
    expect(shares(0)).toEqual(people.map(() => 0.1))
  })

  test.each([0.5, 1, 2])('the n-th comes 1/n^%d times as often as the first', (skew) => {
    const all = people.reduce((sum, at) => sum + (at + 1) ** -skew, 0)
    for (const [at, share] of shares(skew).entries()) expect(share).toBeCloseTo((at + 1) ** -skew / all, 2)
  })

  test('neighbours in time are seldom the same one', () => {
    const whose = populationOf(people, 1)
    const row = Array.from({ length: 1000 }, (_, iteration) => whose(iteration))
    expect(row.filter((one, at) => one === row[at + 1]).length).toBeLessThan(350)
  })

  test('without members nobody can come', () => {
    expect(() => populationOf([], 0)(0)).toThrow('there is nobody whose turn it could be')
    expect(() => populationOf([], 1)(0)).toThrow('there is nobody whose turn it could be')
  })
})
