import { expect, test } from 'vitest'
import { variationOf } from '../../cli/embedded.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, normalised, reportIn } from './assay.ts'
import { startRight } from './right-server.ts'
import { targetFor, writeTarget } from './target-file.ts'

const fingerprintIn = (folder: string): string => {
  const [finding] = reportIn(folder).outcomes.flatMap(findingsOf)
  if (finding === undefined) throw new Error('nothing was found')
  return finding.fingerprint
}

test('a finding is still broken, then fixed, and cannot be told where the server is gone', async () => {
  const folder = temporaryFolder()
  const { swap = {} } = variationOf({ mutant: 'code-is-single-use/accepts-any-replay' })
  const wrong = await startRight({ swap })
  writeTarget(folder, targetFor(wrong.issuer))
  const only = 'oauth2/authorization-code/replayed-code-is-denied'
  const found = await assay(['check', 'target.yaml', '--only', only], { folder })
  expect(found.exit).toBe(1)
  const args = ['replay', fingerprintIn(folder).slice(0, 6)]

  const broken = await assay(args, { folder })
  await wrong.close()
  const right = await startRight({ port: wrong.port })
  const fixed = await assay(args, { folder })
  await right.close()
  const gone = await assay([...args, '--json'], { folder })

  await expect(normalised(broken.stdout, folder)).toMatchFileSnapshot('golden/replay-still-broken.txt')
  await expect(normalised(fixed.stdout, folder)).toMatchFileSnapshot('golden/replay-fixed.txt')
  expect(JSON.parse(gone.stdout)).toEqual({
    fingerprint: fingerprintIn(folder),
    unit: only,
    requirement: 'rfc6749/code-single-use',
    answer: 'cannot tell',
    because: expect.stringContaining(`${wrong.issuer} cannot be reached`) as string,
  })
  expect([broken.exit, fixed.exit, gone.exit]).toEqual([1, 0, 2])
})

test('of a property, the input that was found is tried again', async () => {
  const folder = temporaryFolder()
  const args = [
    'fuzz',
    '--mutant',
    'redirect-uri-matches/compares-a-prefix',
    '--only',
    'fuzz/redirect-uri',
    '--runs',
    '20',
  ]
  expect((await assay(args, { folder })).exit).toBe(1)
  const fingerprint = fingerprintIn(folder)

  const broken = await assay(['replay', fingerprint], { folder })
  expect(broken.stdout).toMatch(/^still broken\n/)
  const fixed = await assay(['replay', fingerprint, '--dialect', 'another-case'], { folder })
  expect(fixed.stdout).toMatch(/^fixed\n/)
  expect([broken.exit, fixed.exit]).toEqual([1, 0])
})

test('a fingerprint that the report does not have is named, with those that it has', async () => {
  const folder = temporaryFolder()
  const none = await assay(['replay', 'abc'], { folder })
  expect(none.stderr).toBe(
    'error: there is no report .assay/report.json\n  run the tests first, or name a report.json with --report\n',
  )
  const only = 'oauth2/authorization-code/replayed-code-is-denied'
  await assay(['check', '--mutant', 'code-is-single-use/accepts-any-replay', '--only', only], { folder })
  const unknown = await assay(['replay', 'zzz'], { folder })
  expect(unknown.stderr).toMatch(/^error: the report has no finding zzz\n {2}it has [0-9a-f]{12}(?:, [0-9a-f]{12})*\n$/)
  expect(unknown.stderr).toContain(fingerprintIn(folder))
  expect([none.exit, unknown.exit]).toEqual([3, 3])
})
