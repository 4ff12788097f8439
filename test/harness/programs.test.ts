import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HarnessError } from '../../harness/error.ts'
import { findProgram, locateProgram } from '../../harness/programs.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** A machine with these programs; `bin/` is on PATH. */
function machine(...programs: readonly string[]) {
  const root = temporaryFolder()
  for (const program of programs) {
    mkdirSync(dirname(join(root, program)), { recursive: true })
    writeFileSync(join(root, program), '')
    chmodSync(join(root, program), 0o755)
  }
  return { root, environment: { PATH: join(root, 'bin'), XDG_CACHE_HOME: root, PLAYWRIGHT_BROWSERS_PATH: root } }
}

const errorOf = (act: () => unknown) => {
  try {
    return act()
  } catch (error) {
    return error
  }
}

describe('a program is found', () => {
  test('where its variable names it, before PATH', () => {
    const { root, environment } = machine('bin/promtool', 'mine/promtool')
    const path = join(root, 'mine', 'promtool')
    expect(findProgram('promtool', { ...environment, PROMTOOL_BIN: path })).toBe(path)
    expect(findProgram('promtool', environment)).toBe(join(root, 'bin', 'promtool'))
  })

  test('under the best of its names', () => {
    const { root, environment } = machine('bin/google-chrome', 'bin/chromium')
    expect(findProgram('chromium', environment)).toBe(join(root, 'bin', 'chromium'))
  })

  test.runIf(process.platform === 'linux')('where Playwright has put it, the newest build', () => {
    const { root, environment } = machine('chromium-999/chrome-linux/chrome', 'chromium-1200/chrome-linux64/chrome')
    expect(findProgram('chromium', environment)).toBe(join(root, 'chromium-1200', 'chrome-linux64', 'chrome'))
  })
})

describe('a program is missing', () => {
  test('with a code of its own and a hint that says what to do', () => {
    const { environment } = machine()
    expect(errorOf(() => findProgram('prometheus', environment))).toMatchObject({
      code: 'PROGRAM_MISSING',
      message: 'prometheus was not found',
      hint: expect.stringContaining('run `npm run setup`, or name its path in PROMETHEUS_BIN'),
    })
    expect(errorOf(() => findProgram('chromium', environment))).toMatchObject({ code: 'BROWSER_MISSING' })
  })

  test('where its variable names nothing, though PATH has it', () => {
    const { environment } = machine('bin/xmlsec1')
    const error = errorOf(() => findProgram('xmlsec1', { ...environment, XMLSEC1_BIN: '/nowhere/xmlsec1' }))
    expect(error).toBeInstanceOf(HarnessError)
    expect(error).toMatchObject({ message: 'XMLSEC1_BIN names /nowhere/xmlsec1, which is not executable' })
  })

  test('where a folder or a plain file bears its name', () => {
    const { root, environment } = machine('bin/xmlsec1/inside')
    writeFileSync(join(root, 'bin', 'promtool'), '')
    expect(locateProgram('xmlsec1', environment)).toBeUndefined()
    expect(locateProgram('promtool', environment)).toBeUndefined()
  })
})
