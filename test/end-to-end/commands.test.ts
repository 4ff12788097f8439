import { describe, expect, test } from 'vitest'
import { checks } from '../../conformance/checks.ts'
import { documents } from '../../cli/documents.ts'
import type { DocumentCoverage } from '../../cli/requirements.ts'
import { readReport } from '../../harness/reports/json.ts'
import type { Report } from '../../harness/reports/report.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, normalised, reportIn } from './assay.ts'

describe('check', () => {
  test('finds nothing on the embedded server', async () => {
    const folder = temporaryFolder()
    const { exit, stdout, stderr } = await assay(['check'], { folder })

    expect(stderr).toBe('')
    expect(exit).toBe(0)
    await expect(withoutCounts(normalised(stdout, folder))).toMatchFileSnapshot('golden/check.txt')
  })

  test('prints the report as JSON, every check in it, and nothing else', async () => {
    const folder = temporaryFolder()
    const { exit, stdout } = await assay(['check', '--json', '--out', 'reports', '--report', 'junit'], { folder })
    const report = readReport(stdout)

    expect(exit).toBe(0)
    expect(report.outcomes.map(({ unit }) => unit.id)).toEqual(checks.map(({ id }) => id).toSorted())
    expect(report.outcomes.filter(({ verdict }) => !['pass', 'inapplicable'].includes(verdict.state))).toEqual([])
    expect(report).toMatchObject({ interrupted: false, seed: 1, summary: { findings: 0 } })
  })

  test('catches a mutant, names the requirement and how to see it again', async () => {
    const folder = temporaryFolder()
    const mutant = 'code-is-single-use/accepts-any-replay'
    const { exit, stdout } = await assay(['check', '--mutant', mutant], { folder })

    expect(exit).toBe(1)
    expect(
      reportIn(folder)
        .outcomes.flatMap(findingsOf)
        .map(({ requirement }) => requirement),
    ).toContain('rfc6749/code-single-use')
    await expect(withoutCounts(normalised(stdout, folder))).toMatchFileSnapshot('golden/check-mutant.txt')
  })
})

/** How many checks there are differs from release to release. */
const withoutCounts = (text: string) =>
  text.replaceAll(/\b\d+ (units|passed|inapplicable)\b/g, 'SOME $1').replaceAll(/\band \d+ more\b/g, 'and SOME more')

describe('requirements', () => {
  test('counts the rows of every document', async () => {
    const { exit, stdout } = await assay(['requirements'], { folder: temporaryFolder() })

    expect(exit).toBe(0)
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      '',
      ...documents.map(({ id }) => id),
      'total',
      '',
    ])
  })

  test('prints counts and rows as JSON', async () => {
    const { exit, stdout } = await assay(['requirements', '--json'], { folder: temporaryFolder() })
    const { documents: covered, total } = JSON.parse(stdout) as {
      readonly documents: readonly DocumentCoverage[]
      readonly total: Pick<DocumentCoverage, 'rows' | 'proven' | 'unobservable' | 'gaps'>
    }

    expect(exit).toBe(0)
    expect(covered.map(({ id }) => id)).toEqual(documents.map(({ id }) => id))
    for (const one of covered) expect(one.proven + one.unobservable + one.gaps).toBe(one.rows)
    for (const name of ['rows', 'proven', 'unobservable', 'gaps'] as const)
      expect(total[name]).toBe(covered.reduce((sum, one) => sum + one[name], 0))
  })

  test('prints what proves each row of a document', async () => {
    const { exit, stdout } = await assay(['requirements', '--document', 'rfc7009'], { folder: temporaryFolder() })

    expect(exit).toBe(0)
    // Properties come and go more often than checks.
    await expect(stdout.replaceAll(/^.*proven by fuzz.*\n/gm, '')).toMatchFileSnapshot(
      'golden/requirements-rfc7009.txt',
    )
  })
})

describe('fuzz', () => {
  test('comes to the same with the same seed', async () => {
    const args = ['fuzz', '--mutant', 'redirect-uri-matches/compares-a-prefix', '--only', 'fuzz/redirect-uri']
    const results: unknown[] = []
    for (const folder of [temporaryFolder(), temporaryFolder()]) {
      const { exit } = await assay([...args, '--runs', '20', '--seed', '3'], { folder })
      expect(exit).toBe(1)
      results.push(essenceOf(reportIn(folder)))
    }

    expect(results[0]).toEqual(results[1])
    expect(JSON.stringify(results[0])).toContain('"path":')
  })
})

/** What of a run must not differ when it is repeated: the server has another port, and secrets of its own. */
const essenceOf = ({ outcomes }: Report) =>
  outcomes.map((outcome) => ({
    unit: outcome.unit.id,
    cases: outcome.tried?.inputs,
    state: outcome.verdict.state,
    findings: findingsOf(outcome).map(({ fingerprint, counterexample }) => ({ fingerprint, counterexample })),
  }))

describe('load', () => {
  test('tells of one scenario what it measured and what held', async () => {
    const folder = temporaryFolder()
    const args = ['load', '--scenario', 'client-credentials', '--seconds', '1', '--rate', '20']
    const { exit, stdout } = await assay(args, { folder })
    const { load } = reportIn(folder)

    expect(exit).toBe(0)
    expect(load).toMatchObject({ state: 'measured', seconds: 1, scenarios: [{ scenario: 'client-credentials' }] })
    await expect(withoutMeasures(normalised(stdout, folder))).toMatchFileSnapshot('golden/load.txt')
  })
})

const withoutMeasures = (text: string) => text.replaceAll(/\b\d+ (requests|dropped|times|verified)\b/g, 'SOME $1')
