import { expect, test } from 'vitest'
import type { MatrixResult } from '../../cli/matrix.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay } from './assay.ts'

test('mutants lists each with its rule and fault', async () => {
  const { exit, stdout } = await assay(['mutants', '--list', '--json'], { folder: temporaryFolder() })
  const listed = JSON.parse(stdout) as readonly {
    readonly id: string
    readonly rule: string
    readonly fault: string
  }[]

  expect(exit).toBe(0)
  expect(listed.map(({ id }) => id).toSorted()).toEqual([...catalogue.keys()].toSorted())
  for (const { id, rule, fault } of listed) {
    expect(id.startsWith(`${rule}/`)).toBe(true)
    expect(fault).not.toBe('')
  }
})

test('mutants tries those of one rule', async () => {
  const folder = temporaryFolder()
  const { exit, stdout } = await assay(['mutants', '--only', 'code-is-fresh', '--json'], { folder })
  const { kills, seconds, ...result } = JSON.parse(stdout) as MatrixResult
  const ids = [...catalogue.keys()].filter((id) => id.startsWith('code-is-fresh/'))

  expect(exit).toBe(0)
  expect(result).toEqual({
    mutants: { total: ids.length, killed: ids.length, survived: [] },
    dialects: { total: 0, noisy: [], unheard: [] },
    units: { total: expect.any(Number) as number, withoutKill: [] },
  })
  expect(seconds).toBeGreaterThan(0)
  expect([...new Set(kills.map(({ mutant }) => mutant))].toSorted()).toEqual(ids.toSorted())
})
