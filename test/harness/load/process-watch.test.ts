import { spawn } from 'node:child_process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { memoryFor, processorSecondsOf, watchProcess } from '../../../harness/load/process-watch.ts'

/** A Node that does this, once it has said that it is there. */
async function started(script: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', `console.log('here'); ${script}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  if (child.pid === undefined) throw new Error('no process was started')
  return child.pid
}

const works = 'for (const end = Date.now() + 60000; Date.now() < end;);'
const sleeps = 'setTimeout(() => {}, 60000)'

const sleep = async (milliseconds: number) => await new Promise((resolve) => setTimeout(resolve, milliseconds))

const nothing = { memory: 1e6, onExcess: () => undefined, hasBegun: () => true }

describe.runIf(process.platform === 'linux')('a process', () => {
  test('that holds more than it may is told of once', async () => {
    let told = 0
    const watch = watchProcess(await started(sleeps), { ...nothing, memory: 1, onExcess: () => (told += 1) })
    await sleep(900)
    watch.end()
    expect(told).toBe(1)
  })

  test('that holds less is not told of', async () => {
    let told = 0
    const watch = watchProcess(await started(sleeps), { ...nothing, onExcess: () => (told += 1) })
    await sleep(500)
    watch.end()
    expect(told).toBe(0)
  })

  test('that works has used time of a processor, and one that sleeps hardly any', async () => {
    const [busy, idle] = [watchProcess(await started(works), nothing), watchProcess(await started(sleeps), nothing)]
    await sleep(2500)
    const { processorSeconds = 0, busiest = 0, course } = busy.end()
    expect(processorSeconds).toBeGreaterThan(0.2)
    expect(processorSeconds).toBeLessThan(4)
    expect(busiest).toBeGreaterThan(0)
    expect(busiest).toBeLessThanOrEqual(1.1)
    expect(course.map(([, used]) => used)).toEqual(course.map(([, used]) => used).toSorted((a, b) => a - b))
    expect(idle.end().processorSeconds ?? 0).toBeLessThan(processorSeconds / 2)
  })

  test('is not held to what it used before its work began', async () => {
    const watch = watchProcess(await started(works), { ...nothing, hasBegun: () => false })
    await sleep(800)
    const { course, ...used } = watch.end()
    expect(used).toEqual({})
    expect(course.length).toBeGreaterThan(0)
  })
})

describe('nothing is known', () => {
  test('of a process that was not started', () => {
    expect(watchProcess(undefined, nothing).end()).toEqual({ course: [] })
  })

  test('of one that is gone', () => {
    expect(processorSecondsOf(2 ** 30)).toBe(0)
  })
})

test('what k6 may hold grows with its virtual users and its requests', () => {
  expect(memoryFor(0, 0)).toBeGreaterThan(0)
  expect(memoryFor(100, 0)).toBeGreaterThan(memoryFor(10, 0))
  expect(memoryFor(10, 10_000_000)).toBeGreaterThan(memoryFor(10, 0))
})
