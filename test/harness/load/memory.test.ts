import { expect, test } from 'vitest'
import { watchMemory } from '../../../harness/load/memory.ts'

test.runIf(process.platform === 'linux')('a process that holds more than it may is told of once', async () => {
  const told: string[] = []
  await new Promise<void>((resolve) => {
    watchMemory(process.pid, 1, () => {
      told.push('more')
      resolve()
    })
  })
  expect(told).toEqual(['more'])
})
