import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { closingLine, readCounts } from '../../tools/closing-line.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** Runs `npm test`'s own script over one test file in a project of its own. */
function runTests(source: string, config = 'export default {}') {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'tests'))
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'vitest.config.mjs'), config)
  writeFileSync(join(folder, 'tests', 'one.test.mjs'), `import { expect, test } from 'vitest'\n${source}\n`)
  const script = join(project, 'tools', 'test.ts')
  const bin = fileURLToPath(new URL('.', import.meta.url))
  const present = Object.fromEntries(
    ['CHROMIUM_BIN', 'XMLSEC1_BIN', 'PROMETHEUS_BIN', 'PROMTOOL_BIN'].map((name) => [name, process.execPath]),
  )
  const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', script, `--root=${folder}`], {
    cwd: project,
    encoding: 'utf8',
    // Whether k6 is there is not what is tried here, and setup goes on without it.
    env: { ...process.env, ...present, K6_BIN: join(bin, 'no-k6'), NO_COLOR: '1' },
  })
  return { lastLine: stdout.trimEnd().split('\n').at(-1), status }
}

describe('a run of the tests ends', () => {
  test('with 0 where all pass', () => {
    expect(runTests(`test('a', () => {}); test('b', () => {})`)).toEqual({ lastLine: '2 passed, 0 failed', status: 0 })
  })

  test('with 1 where one fails, and names the skipped ones', () => {
    const source = `test('a', () => {}); test('b', () => expect(1).toBe(2)); test.skip('c', () => {}); test.todo('d')`
    expect(runTests(source)).toEqual({ lastLine: '1 passed, 1 failed, 2 skipped', status: 1 })
  })

  test('with a failure where an error belongs to no test', () => {
    const source = `test('a', async () => { setTimeout(() => { throw new Error('late') }, 0); await new Promise((r) => setTimeout(r, 50)) })`
    expect(runTests(source)).toEqual({ lastLine: '1 passed, 1 failed', status: 1 })
  })

  test('with a failure where a file does not load', () => {
    expect(runTests(`throw new Error('no')`)).toEqual({ lastLine: '0 passed, 1 failed', status: 1 })
  })

  test('with a failure where vitest does not get as far as to count', () => {
    expect(runTests('', 'process.exit(7)')).toEqual({ lastLine: '0 passed, 1 failed', status: 7 })
  })
})

describe('the closing line', () => {
  test('is for people and for machines', () => {
    expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed')
    expect(closingLine({ passed: 12, failed: 3, skipped: 1 })).toBe('12 passed, 3 failed, 1 skipped')
  })

  test('never speaks of a failed run as if nothing had failed', () => {
    const file = join(temporaryFolder(), 'counts.json')
    writeFileSync(file, '{"passed":5,"failed":0,"skipped":0}')
    expect(readCounts(file, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 })
    expect(readCounts(`${file}.none`, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})
