import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type LoadPlan, steady } from '../../../core/story.ts'
import { findEngine } from '../../../harness/load/engine.ts'
import { type EngineTask, runEngine } from '../../../harness/load/engine-process.ts'
import { planFor } from '../../../harness/load/plan.ts'
import { temporaryFolder } from '../../temporary-folder.ts'
import { nobody } from '../runner/units.ts'
import { fakeEngine } from './fake-engine.ts'

const plan: LoadPlan = planFor(nobody, {
  scenarios: [steady('tale', 1, 1, 1)],
  share: { index: 0, of: 1 },
  // Nobody is there.
  companion: 'http://127.0.0.1:1',
})

/** Runs what is called k6, which waits for nobody, and says how long that took. */
async function run(path: string, more: Partial<EngineTask> = {}) {
  const before = performance.now()
  const began = Date.now()
  const task: EngineTask = {
    path,
    script: '',
    plan,
    seconds: 60,
    graceMs: 60_000,
    memory: 4096,
    begins: () => began,
    ...more,
  }
  const output = await runEngine(task)
  return { output, milliseconds: performance.now() - before }
}

const fake = (...lines: readonly string[]) => fakeEngine(...lines).path

const hangs = 'setInterval(() => {}, 1000)'

const notRead = 'k6 did not get through its scripts: see whether they use syntax that it cannot read and was killed'

const notEnded = 'k6 did not end in time and was killed'

async function realEngine(): Promise<string> {
  const engine = await findEngine()
  if (engine.state === 'missing') throw new Error(engine.because)
  return engine.path
}

describe('k6 that runs', () => {
  test('is heard to its end', async () => {
    const { output } = await run(
      fake(
        `console.error('assay-ready')`,
        `console.error('assay-exception tale: it broke')`,
        `console.error('last words')`,
        'summary()',
        'process.exitCode = 3',
      ),
    )
    expect(output).toMatchObject({
      code: 3,
      summary: expect.stringMatching(/^\{"scenarios":\[/),
      exceptions: ['tale: it broke'],
      undelivered: 0,
      lastWords: 'last words',
    })
    expect(output.failure).toBeUndefined()
  })

  test('by its own name reads a script, and tells what it says of itself', async () => {
    const script = [
      `export const options = { iterations: 1 }`,
      `export function setup(): void { console.log('assay-ready') }`,
      `export default function (): void { throw new Error('of the script') }`,
      `export const handleSummary = () => ({ stdout: '\\nassay-summary {"of":"' + __ENV['ASSAY_PLAN'].length + '"}\\n' })`,
    ].join('\n')
    const { output } = await run(await realEngine(), { script })
    expect(output).toMatchObject({ code: 0, summary: `{"of":"${JSON.stringify(plan).length}"}` })
    expect(output.failure).toBeUndefined()
  })

  test('keeps no more than ten of what it says was thrown', async () => {
    const says = `for (let at = 0; at < 50; at++) console.error('assay-exception tale: ' + at + 'x'.repeat(20_000))`
    const { output } = await run(fake(says))
    expect(output.exceptions).toHaveLength(10)
    for (const exception of output.exceptions) expect(exception.length).toBeLessThanOrEqual(10_000)
  })
})

describe('k6 scripts cannot hang us:', () => {
  test('where k6 reads its syntax without end', { timeout: 60_000 }, async () => {
    const script = [
      'async function* numbers(source: AsyncIterable<number>): AsyncGenerator<number> {',
      '  for await (const one of source) yield one',
      '}',
      'export default async function (): Promise<void> {',
      '  for await (const one of numbers(numbers([1] as unknown as AsyncIterable<number>))) console.log(one)',
      '}',
    ].join('\n')
    const { output, milliseconds } = await run(await realEngine(), { script, startMs: 2000 })
    expect(output).toMatchObject({ code: null, summary: undefined, failure: notRead })
    expect(milliseconds).toBeLessThan(30_000)
  })

  test('where k6 never says that it is ready', async () => {
    const { output } = await run(fake(hangs), { startMs: 400 })
    expect(output).toMatchObject({ code: null, failure: notRead })
  })

  test('where k6 is ready and then does not end', async () => {
    const { output } = await run(fake(`console.error('assay-ready')`, hangs), {
      startMs: 9000,
      seconds: 1,
      graceMs: 300,
    })
    expect(output).toMatchObject({ code: null, failure: notEnded })
  })

  test('where those for whom it waits never come', async () => {
    const waiting = { startMs: 4000, seconds: 0, graceMs: 300, begins: () => undefined }
    const { output, milliseconds } = await run(fake(`console.error('assay-ready')`, hangs), waiting)
    expect(output).toMatchObject({ code: null, failure: notEnded })
    expect(milliseconds).toBeGreaterThanOrEqual(4300)
  })

  test.each([
    ['lines', `'line\\n'.repeat(13000)`],
    ['one line', `'x'.repeat(65536)`],
    ['lines that mean something', `'assay-exception tale: x\\nassay-summary x\\n'.repeat(1500)`],
  ])('where k6 prints without end, %s', async (_, text) => {
    const floods = [
      `const flood = (stream) => { while (stream.write(${text})); stream.once('drain', () => flood(stream)) }`,
      `console.error('assay-ready')`,
      'flood(process.stdout)',
      'flood(process.stderr)',
    ]
    const before = process.memoryUsage().rss
    const { output } = await run(fake(...floods), { seconds: 0, graceMs: 1500 })
    expect(output).toMatchObject({ code: null, failure: notEnded })
    expect(output.lastWords.length).toBeLessThanOrEqual(10_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
  })

  test.runIf(process.platform === 'linux')('where k6 holds too much memory', async () => {
    const grows = [
      `console.error('assay-ready')`,
      'const held = []',
      'setInterval(() => held.push(Buffer.alloc(20_000_000, 1)), 20)',
    ]
    const { output } = await run(fake(...grows), { memory: 300 })
    expect(output).toMatchObject({ code: null, failure: 'k6 held more than 300 MiB and was killed' })
  })

  test('where k6 is a script that runs it, and both are killed', async () => {
    const folder = temporaryFolder()
    const [file, inner] = [join(folder, 'pid'), join(folder, 'inner.cjs')]
    const deaf = `process.on('SIGINT', () => {}); ${hangs}`
    const notes = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid))`
    writeFileSync(inner, `${notes}; ${deaf}`)
    const wraps = [
      `const { spawn } = await import('node:child_process')`,
      `spawn(process.execPath, [${JSON.stringify(inner)}], { stdio: 'inherit' })`,
      deaf,
    ]
    const stop = new AbortController()
    const running = run(fake(...wraps), { signal: stop.signal, graceMs: 300 })
    await expect.poll(() => existsSync(file), { timeout: 10_000 }).toBe(true)
    stop.abort()
    expect((await running).output).toMatchObject({ code: null, summary: undefined })
    await expect.poll(() => isThere(Number(readFileSync(file, 'utf8')))).toBe(false)
  })

  test('where k6 is not there', async () => {
    const { output } = await run('/nowhere/k6')
    expect(output).toMatchObject({ code: null, failure: expect.stringMatching(/^k6 could not be started: .*ENOENT/) })
  })
})

/** Whether a process lives, and is not only still to be asked how it ended. */
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('k6 that is told to stop', () => {
  const listens = [`process.on('SIGINT', () => { summary(); process.exit(105) })`, hangs]

  test('says what it has measured until then', async () => {
    const stop = new AbortController()
    const engine = fakeEngine(...listens, 'say("ready")')
    const running = run(engine.path, { signal: stop.signal })
    await expect.poll(engine.hasSaid, { timeout: 10_000 }).toBe(true)
    stop.abort()
    const { output } = await running
    expect(output).toMatchObject({ code: 105, summary: expect.any(String) })
    expect(output.failure).toBeUndefined()
  })

  test('before it is there is told at once', async () => {
    const { output, milliseconds } = await run(fake(hangs), { signal: AbortSignal.abort(), graceMs: 5000 })
    expect([output.code, output.summary]).toEqual([null, undefined])
    expect(milliseconds).toBeLessThan(20_000)
  })

  test('and does not listen is killed', async () => {
    const stop = new AbortController()
    const engine = fakeEngine(`process.on('SIGINT', () => {})`, hangs, 'say("ready")')
    const running = run(engine.path, { signal: stop.signal, graceMs: 300 })
    await expect.poll(engine.hasSaid, { timeout: 10_000 }).toBe(true)
    stop.abort()
    expect((await running).output).toMatchObject({ code: null, summary: undefined })
  })
})

test('no two runs leave anything behind in this process', async () => {
  const listeners = () => [process.listenerCount('exit'), process.listenerCount('SIGINT')]
  await run(fake('summary()'))
  const before = listeners()
  const stop = new AbortController()
  await Promise.all(Array.from({ length: 3 }, async () => await run(fake('summary()'), { signal: stop.signal })))
  expect(listeners()).toEqual(before)
  onTestFinished(() => stop.abort())
})
