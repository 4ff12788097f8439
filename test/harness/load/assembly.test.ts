import { expect, test } from 'vitest'
import { arrivals, assemblyOf } from '../../../harness/load/assembly.ts'

test('whoever comes waits for the last, and then all begin at one time', async () => {
  const assembly = assemblyOf(3)
  const told: number[] = []
  const early = [1, 2].map(async () => told.push(await assembly.arrive()))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(told).toEqual([])
  expect(assembly.begins).toBeUndefined()

  const before = Date.now()
  const begins = await assembly.arrive()
  await Promise.all(early)
  expect(told).toEqual([begins, begins])
  expect(assembly.begins).toBe(begins)
  expect(await assembly.arrived).toBe(begins)
  // The answers take a moment to get to everybody.
  expect(begins).toBeGreaterThan(before)
})

test('whoever is alone begins at once', async () => {
  const assembly = assemblyOf(1)
  const begins = await assembly.arrive()
  expect(begins).toBeLessThanOrEqual(Date.now())
  expect(assembly.begins).toBe(begins)
})

test('whoever comes late is told when the others began', async () => {
  const assembly = assemblyOf(2)
  const begins = await Promise.all([assembly.arrive(), assembly.arrive()])
  expect(await assembly.arrive()).toBe(begins[0])
})

test('whoever asks again is not another one', async () => {
  const assembly = assemblyOf(2)
  const arrive = arrivals(assembly)
  const first = [arrive('one'), arrive('one')]
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(assembly.begins).toBeUndefined()
  expect(await arrive('other')).toBe(assembly.begins)
  expect(await Promise.all(first)).toEqual([assembly.begins, assembly.begins])
})
