import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startEmbedded, variationOf } from '../../cli/embedded.ts'
import { checks, properties, select } from '../../cli/units.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { filledOnce } from '../../tools/known-bugs/cached.ts'
import { knownBugs } from '../../tools/known-bugs/catalogue.ts'
import { freePort, startChild } from '../../tools/known-bugs/child.ts'
import type { KnownBug } from '../../tools/known-bugs/known-bug.ts'
import { failureText, resultText } from '../../tools/known-bugs/report.ts'
import { tryPair } from '../../tools/known-bugs/run.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const named = knownBugs.map((bug) => [`${bug.package} ${bug.id} ${bug.wrong}`, bug] as const)

describe('the known bugs', () => {
  test('are each there once', () => {
    expect(new Set(named.map(([name]) => name)).size).toBe(named.length)
  })

  test.each(named)(
    '%s is of two versions, and says in a clause what the wrong one does',
    (_, { wrong, right, bug }) => {
      expect(wrong).not.toBe(right)
      expect(bug).toMatch(/^[a-z].*[^.]$/)
    },
  )

  test.each(named)('%s has units that look for what shows it', (_, { only, shows }) => {
    const proven = new Set(select([...checks, ...properties], only).flatMap(({ proves }) => proves.map(({ id }) => id)))
    expect(shows.map(({ id }) => id).filter((id) => !proven.has(id))).toEqual([])
  })
})

const replays = 'code-is-single-use/accepts-any-replay'

/** Versions are mutants of the reference server, and `right` is the one that has none. */
const embedded = (wrong: string, right: string, more: Partial<KnownBug> = {}): KnownBug => ({
  id: 'CVE-1970-0001',
  package: 'assay',
  registry: 'npm',
  wrong,
  right,
  bug: 'takes a code again',
  shows: [rfc6749.codeSingleUse],
  only: ['oauth2/authorization-code/replayed-code-is-denied'],
  prepare: async () => {},
  start: async (version) => await startEmbedded(variationOf({ mutant: version === 'right' ? undefined : version })),
  ...more,
})

const options = { cache: '', seed: 1, runs: 5 }

describe('a pair', () => {
  test('is as owed where the bug is found in the wrong version and nothing of it in the right one', async () => {
    const result = await tryPair(embedded(replays, 'right'), options)

    expect(result.judgement).toBe('as owed')
    expect(resultText(result)).toBe(
      `ok  assay (CVE-1970-0001)  ${replays}: found (rfc6749/code-single-use)  right: silent  0 inputs, 0 requests`,
    )
  })

  test('is missed where nothing is found in either', async () => {
    expect((await tryPair(embedded('right', 'right'), options)).judgement).toBe('missed')
  })

  test('is a false alarm where it is found in the right version, and says by what', async () => {
    const result = await tryPair(embedded('right', replays), options)

    expect(result.judgement).toBe('false alarm')
    expect(resultText(result)).toContain(
      'rfc6749/code-single-use by oauth2/authorization-code/replayed-code-is-denied: ',
    )
  })

  test('may have other findings in the right version, which are told and held against nobody', async () => {
    const only = ['oauth2/authorization-code/replayed-code-is-denied', 'oauth2/pkce/wrong-verifier-is-denied'] as const
    const bug = embedded(replays, 'verifier-matches-challenge/takes-any-verifier', { only })
    const { judgement, right } = await tryPair(bug, options)

    expect(judgement).toBe('as owed')
    expect(right.besides.map(({ requirement }) => requirement)).toContain('rfc7636/verifier-matches')
  })

  test('counts the inputs of properties', async () => {
    const bug = embedded('right', 'right', {
      only: ['fuzz/authorization-code/forged-code-is-denied'],
      shows: [rfc6749.codeValid],
    })
    const { wrong } = await tryPair(bug, options)

    expect(wrong.inputs).toBe(options.runs)
    expect(wrong.requests).toBeGreaterThan(wrong.inputs)
  })

  test('is not judged where the right version was not looked at', async () => {
    const nobody = embedded(replays, 'right', {
      start: async (version) => {
        const server = await embedded(replays, 'right').start(version, '')
        const { users: _left, ...settings } = server.settings
        return version === 'right' ? { ...server, settings } : server
      },
    })
    const result = await tryPair(nobody, options)

    expect(result.judgement).toBe('not judged')
    expect(resultText(result)).toContain('right: oauth2/authorization-code/replayed-code-is-denied could not judge: ')
  })

  test('is stopped, whatever becomes of its run', async () => {
    const stopped: string[] = []
    const bug = embedded(replays, 'right', {
      start: async (version) => ({
        settings: { issuer: `http://127.0.0.1:${await freePort()}` },
        close: async () => void stopped.push(version),
      }),
    })
    const error: unknown = await tryPair(bug, options).catch((thrown: unknown) => thrown)

    expect(stopped).toEqual([replays])
    expect(failureText(bug, error)).toMatch(/^FAILED {2}assay \(CVE-1970-0001\): .*cannot be reached/)
  })
})

describe('a folder of a version', () => {
  test('is filled once', async () => {
    const place = join(temporaryFolder(), 'package@1.0.0')
    for (const text of ['first', 'second'])
      await filledOnce(place, async (unfinished) => await writeFile(join(unfinished, 'file'), text))

    expect(await readFile(join(place, 'file'), 'utf8')).toBe('first')
  })

  test('is filled anew after it could not be', async () => {
    const place = join(temporaryFolder(), 'package@1.0.0')
    const failing = filledOnce(place, async () => await Promise.reject(new Error('the registry is away')))
    await expect(failing).rejects.toThrow('the registry is away')
    await filledOnce(place, async (unfinished) => await writeFile(join(unfinished, 'file'), 'second'))

    expect(await readFile(join(place, 'file'), 'utf8')).toBe('second')
  })
})

describe('a fixture', () => {
  const script = async (text: string) =>
    await startChild(process.execPath, ['--eval', text], { ready: /^ready$/, timeoutMs: 10_000 })

  test('is up once it says so, and down once it is closed', async () => {
    const port = await freePort()
    const listening = `require('node:http').createServer((_, answer) => answer.end('here')).listen(${port}, '127.0.0.1', `
    const { close } = await script(`${listening}() => console.log('ready'))`)
    const there = await (await fetch(`http://127.0.0.1:${port}`)).text()
    await close()
    await close()

    expect(there).toBe('here')
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow('fetch failed')
  })

  test('that ends before it is ready tells its last words', async () => {
    await expect(script('console.error("no such module"); process.exit(1)')).rejects.toThrow(
      /did not start:\nno such module/,
    )
  })
})
