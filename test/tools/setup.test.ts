import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'

const setup = fileURLToPath(new URL('../../tools/setup.ts', import.meta.url))
const everything = ['k6', 'chromium', 'xmlsec1', 'prometheus', 'promtool']

/** Runs the command on a machine that has only the programs named; each says that it is k6 v2, and fails to install. */
function setUp(
  programs: readonly string[],
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const root = temporaryFolder()
  mkdirSync(join(root, 'bin'))
  for (const name of programs) {
    const lines = [
      '#!/bin/sh',
      'echo "k6 v2.2.0"',
      `echo "$*" >> "${root}/${name}-calls"`,
      'case "$*" in *install*) exit 1; esac',
      '',
    ]
    writeFileSync(join(root, 'bin', name), lines.join('\n'))
    chmodSync(join(root, 'bin', name), 0o755)
  }
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', setup, ...args], {
    encoding: 'utf8',
    env: { PATH: join(root, 'bin'), HOME: root, ...environment },
  })
  const calls = (name: string) => {
    const file = join(root, `${name}-calls`)
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }
  return { calls, lines: stdout.split('\n').filter((line) => line !== ''), stderr, status }
}

const asRoot = process.getuid?.() === 0

describe('setup', () => {
  test('says nothing where nothing is missing', () => {
    expect(setUp(everything, [])).toMatchObject({ lines: [], stderr: '', status: 0 })
  })

  test('wants only k6 for npm start, and goes on without it', () => {
    const { lines, status } = setUp([], ['--for', 'start'], { K6_BIN: '/nowhere/k6' })
    expect(lines).toEqual([
      expect.stringMatching(/^k6 is missing, so load tests cannot run: K6_BIN names \/nowhere\/k6/),
    ])
    expect(status).toBe(0)
  })

  test('would build k6 in a dry run, and does not', () => {
    const { calls, lines } = setUp(['go'], ['--for', 'start', '--dry-run'])
    expect(lines).toEqual(['would build or download k6'])
    expect(calls('go')).toEqual([])
  })

  test('would install all that is missing in one call to apt', () => {
    const { calls, lines } = setUp(['k6', 'chromium', 'apt-get'], ['--dry-run'])
    expect(calls('apt-get')).toEqual([])
    const command = 'apt-get install -y --no-install-recommends xmlsec1 prometheus'
    if (asRoot) expect(lines).toEqual([`would install xmlsec1, prometheus, promtool: ${command}`])
    else
      expect(lines).toEqual(
        ['xmlsec1', 'prometheus', 'promtool'].map((name) =>
          expect.stringMatching(new RegExp(`^${name} is missing; .*\`sudo ${command}\``)),
        ),
      )
  })

  test('prints what to run where it cannot install', () => {
    const { lines, status } = setUp(['k6', 'chromium', 'prometheus', 'promtool', 'brew'], [])
    expect(lines).toEqual([
      'xmlsec1 is missing; it is needed to have a second opinion on every XML signature in the tests: run `brew install libxmlsec1`, or name its path in XMLSEC1_BIN',
    ])
    expect(status).toBe(0)
  })

  test('tells that a path named in the environment is not a program', () => {
    const { lines } = setUp(everything, [], { XMLSEC1_BIN: '/nowhere/xmlsec1' })
    expect(lines).toEqual([expect.stringContaining('xmlsec1 is missing')])
  })

  test.runIf(asRoot)('tries apt again with new lists, and goes on where it fails all the same', () => {
    const { calls, lines, status } = setUp([...everything.filter((name) => name !== 'xmlsec1'), 'apt-get'], [])
    const install = expect.stringMatching(/^-qq .* install -y --no-install-recommends xmlsec1$/)
    expect(calls('apt-get')).toEqual([install, expect.stringMatching(/^-qq .* update$/), install])
    expect(lines[0]).toBe('installing xmlsec1: apt-get install -y --no-install-recommends xmlsec1')
    expect(lines[1]).toBe('apt-get did not succeed: ended with 1')
    expect(lines[2]).toMatch(/^xmlsec1 is missing; .*run `apt-get install/)
    expect(status).toBe(0)
  })
})
