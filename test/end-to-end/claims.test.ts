import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findingsOf } from '../../harness/reports/standing.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, reportIn } from './assay.ts'
import { startRight } from './right-server.ts'
import { targetFor, writeTarget } from './target-file.ts'

/** A server that OAuth 2.0 has nothing against: PKCE is for whoever wants it. */
const startLenient = async () => await startRight({ swap: { challengeIsPresent() {} } })

describe('what only a draft asks for', () => {
  const unit = 'oauth2/oauth21/code-without-challenge-and-nonce-buys-nothing'
  const requirement = 'oauth2.1/challenge-of-other-clients'

  test('is no matter of a server that does not claim the draft', async () => {
    await using server = await startLenient()
    const folder = temporaryFolder()
    writeTarget(folder, targetFor(server.issuer))
    const { exit } = await assay(['check', 'target.yaml', '--only', requirement], { folder })

    expect(exit).toBe(0)
    const { target, outcomes } = reportIn(folder)
    expect(target.claims).toBeUndefined()
    expect(outcomes).toMatchObject([
      {
        unit: { id: unit },
        verdict: {
          state: 'inapplicable',
          because: 'the target does not claim oauth2.1; hold it to that with --claims oauth2.1',
        },
      },
    ])
  })

  test.each([
    ['its file', ['claims: [oauth2.1]'], []],
    ['the command', [], ['--claims', 'oauth2.1']],
  ])('is found on one for which %s claims it, in every report, and seen again', async (_, lines, options) => {
    await using server = await startLenient()
    const folder = temporaryFolder()
    writeTarget(folder, targetFor(server.issuer, ...lines))
    const { exit, stdout } = await assay(['check', 'target.yaml', '--only', requirement, ...options], { folder })

    expect(exit).toBe(1)
    expect(stdout).toContain('The OAuth 2.1 Authorization Framework (draft) §4.1.2.1')
    const report = reportIn(folder)
    expect(report.target.claims).toEqual(['oauth2.1'])
    const found = report.outcomes.flatMap(findingsOf)
    expect(found.map((one) => one.requirement)).toEqual([requirement, 'oauth2.1/code-needs-challenge'])
    const read = (name: string) => readFileSync(join(folder, '.assay', name), 'utf8')
    expect(read('report.html')).toContain(`id="requirement/${requirement}"`)
    expect(read('report.html')).toContain('https://datatracker.ietf.org/doc/draft-ietf-oauth-v2-1/')
    expect(read('report.sarif')).toContain(`"ruleId": "${requirement}"`)
    expect(read('junit.xml')).toContain('The OAuth 2.1 Authorization Framework (draft) §4.1.2.1 MUST')

    // Whoever asks after a finding need not repeat what the server was held to.
    writeTarget(folder, targetFor(server.issuer))
    const again = await assay(['replay', found[0]?.fingerprint ?? 'none'], { folder })
    expect(again.stdout).toContain('still broken')
    expect(again.exit).toBe(1)
  })

  test('is named as a document, with its rows', async () => {
    const { exit, stdout } = await assay(['requirements', '--document', 'oauth2.1'], { folder: temporaryFolder() })

    expect(exit).toBe(0)
    expect(stdout).toContain(unit)
    expect((await assay(['check', '--list', '--only', 'oauth2.1'], { folder: temporaryFolder() })).stdout).toContain(
      unit,
    )
  })
})

test('a server that claims the draft need not do what the draft has dropped', async () => {
  await using server = await startRight({ swap: { redirectUriIsRepeated() {} } })
  const folder = temporaryFolder()
  const requirement = 'rfc6749/code-redirect-uri-required'
  const check = ['check', 'target.yaml', '--only', requirement]
  writeTarget(folder, targetFor(server.issuer))
  expect((await assay(check, { folder })).exit).toBe(1)
  const [finding] = reportIn(folder).outcomes.flatMap(findingsOf)
  expect(finding?.requirement).toBe(requirement)

  writeTarget(folder, targetFor(server.issuer, 'claims: [oauth2.1]'))
  expect((await assay(['replay', finding?.fingerprint ?? 'none'], { folder })).stdout).toContain('still broken')
  expect((await assay(check, { folder })).exit).toBe(0)
  expect(reportIn(folder).outcomes).toMatchObject([
    { verdict: { state: 'inapplicable', because: 'the target claims oauth2.1, which does not ask for it' } },
  ])
})

test('a claim to what has no table is a mistake, and says what can be claimed', async () => {
  const folder = temporaryFolder()
  const named = await assay(['check', '--claims', 'oauth2.2'], { folder })
  expect(named.exit).toBe(3)
  expect(named.stderr).toContain('write some of oauth2.1, with commas between')

  writeTarget(folder, targetFor('http://127.0.0.1:1', 'claims: [oauth2.2]'))
  const written = await assay(['check', 'target.yaml'], { folder })
  expect(written.exit).toBe(3)
  expect(written.stderr).toContain('claims')
})
