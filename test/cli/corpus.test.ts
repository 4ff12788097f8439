import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { asText, type CorpusEntry, keepFound, knownFrom, readCorpus } from '../../cli/corpus.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { sampleReport } from '../fixtures/sample-report.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const entry: CorpusEntry = {
  unit: 'fuzz/pkce/right-verifier-redeems',
  requirement: 'rfc7636/verifier-syntax',
  of: 'verifier-is-well-formed/knows-short-ones',
  input: '"x"',
  seed: 1,
  path: '3:1:0',
}

let path: string
beforeEach(() => {
  path = join(temporaryFolder(), 'found.json')
})

describe('a corpus', () => {
  test('is empty where there is no file yet', async () => {
    expect(await readCorpus(path)).toEqual([])
  })

  test('gains what a run has found, once, and keeps what it held', async () => {
    writeFileSync(path, asText([entry]))
    await keepFound(path, sampleReport)
    const kept = await readCorpus(path)
    const found = sampleReport.outcomes.flatMap(findingsOf).filter(({ counterexample }) => counterexample !== undefined)
    expect(found.length).toBeGreaterThan(0)
    expect(kept[0]).toEqual(entry)
    expect(kept.length).toBe(
      1 +
        new Set(
          found.map(({ unit, requirement, counterexample }) =>
            JSON.stringify([unit, requirement, counterexample?.path]),
          ),
        ).size,
    )
    const before = readFileSync(path, 'utf8')
    await keepFound(path, sampleReport)
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  test.each(['', '{}', '[{"unit":1}]', 'no JSON'])('that is %j is not written over', async (content) => {
    writeFileSync(path, content)
    await expect(keepFound(path, sampleReport)).rejects.toThrow(/holds no corpus/)
    expect(readFileSync(path, 'utf8')).toBe(content)
  })

  test('gives each property its own inputs, each once', () => {
    const known = knownFrom([entry, { ...entry, requirement: 'another' }, { ...entry, unit: 'another' }])
    const unit = { id: entry.unit, kind: 'property', title: '', proves: [] as never, needs: [] } as const
    expect(known(unit)).toEqual([{ seed: 1, path: '3:1:0' }])
    expect(known({ ...unit, id: 'a third' })).toEqual([])
  })
})
