import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { execute } from '../../cli/program.ts'
import type { Report } from '../../harness/reports/report.ts'
import { screen } from '../cli/screen.ts'
import {
  after,
  type Answer,
  endlessBody,
  endlessHeaders,
  hangs,
  hangsUp,
  html,
  metadata,
  metadataOf,
  redirect,
  startOdd,
  tokenResponse,
  trickle,
} from '../fixtures/odd-servers.ts'
import { loginForm } from '../harness/client/pages.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, reportIn } from './assay.ts'
import { type Finished, first, oneAfterTheOther, runOn, second, verdicts } from './finished.ts'
import { startRight } from './right-server.ts'
import { targetFor, writeTarget } from './target-file.ts'

/** For servers that do not answer; the others are given all the time that they need. */
const impatient = ['limits:', '  timeout_ms: 1500']

/** The same in this process, which does not have to begin. */
async function runHere(targetFile: string, command: string, ...more: readonly string[]): Promise<Finished> {
  const folder = temporaryFolder()
  writeTarget(folder, targetFile)
  const [out, error] = [screen(), screen()]
  // What the server answers is counted from the first unit on.
  const args = [command, join(folder, 'target.yaml'), '--out', join(folder, '.assay'), '--no-preflight', ...more]
  const exit = await execute(args, { out, error, environment: process.env })
  return { exit, stdout: out.text(), stderr: error.text(), report: reportIn(folder) }
}

/** Runs checks on a server that answers like this. */
async function checkOdd(answers: Readonly<Record<string, Answer>>): Promise<Finished> {
  await using server = await startOdd(answers)
  const finished = await runHere(targetFor(server.origin), 'check')
  return { ...finished, stderr: finished.stderr.replaceAll(server.origin, 'ORIGIN') }
}

/** What a run says of the units that could not judge, and how many units say it. */
const notJudged = ({ outcomes }: Report): Readonly<Record<string, number>> => {
  const reasons = outcomes.flatMap(({ verdict }) => (verdict.state === 'untestable' ? [verdict.because] : []))
  return Object.fromEntries([...new Set(reasons)].map((one) => [one, reasons.filter((other) => other === one).length]))
}

describe('a run that cannot begin says why and what to do, and leaves a report that says so', () => {
  const problemOf = ({ exit, stdout, stderr, report }: Finished) => {
    expect([stdout, report.outcomes]).toEqual(['', []])
    return { exit, stderr, code: report.problem?.code }
  }

  test('nobody is there', async () => {
    const finished = await runOn(targetFor('http://127.0.0.1:1'), ['check', 'target.yaml'])
    expect(problemOf(finished)).toEqual({
      exit: 2,
      code: 'TARGET_UNREACHABLE',
      stderr: `error: http://127.0.0.1:1 cannot be reached: GET /.well-known/openid-configuration: the connection was refused\n  check that the server runs and that the issuer in the target file is right\n`,
    })
    expect(finished.report.target).toMatchObject({ issuer: 'http://127.0.0.1:1', file: 'target.yaml' })
  })

  test('the metadata names another issuer', async () => {
    const other = 'https://other.example'
    const finished = await checkOdd(metadata((origin) => ({ ...metadataOf(origin), issuer: other })))
    expect(problemOf(finished)).toEqual({
      exit: 2,
      code: 'ISSUER_MISMATCH',
      stderr: `error: the metadata of ORIGIN names the issuer ${other}\n  if that is the right server, write \`issuer: ${other}\` into the target file\n`,
    })
  })

  test('the metadata is a page', async () => {
    const finished = await checkOdd({ '/.well-known/openid-configuration': html('<h1>Welcome</h1>') })
    expect(problemOf(finished)).toEqual({
      exit: 2,
      code: 'METADATA_INVALID',
      stderr: `error: no metadata was found for ORIGIN (ORIGIN/.well-known/openid-configuration: no JSON object; ORIGIN/.well-known/oauth-authorization-server: status 404)\n  check the issuer, or say with metadata_url where its metadata is; a server that speaks SAML alone is tested with oauth: false\n`,
    })
  })

  test('the metadata has no end', async () => {
    const { exit, stderr, report } = await checkOdd({ '/.well-known/openid-configuration': endlessBody })
    expect(stderr).toContain('/.well-known/openid-configuration: more than 1 MiB')
    expect(exit).toBe(2)
    expect(report.problem?.code).toBe('METADATA_INVALID')
  })

  test('the target file has mistakes', async () => {
    const text = 'issuer: http://127.0.0.1:1\nclients:\n  - client_id: app\n    redirect_uri: https://rp.example/\n'
    const finished = await runOn(text, ['check', 'target.yaml', '--json'])
    const hint = 'correct these lines; an editor marks such mistakes where the first line of the file names its $schema'

    expect(finished.exit).toBe(3)
    expect(finished.stderr).toContain(
      'target.yaml:4:5: clients[0] has no member redirect_uri; did you mean redirect_uris?',
    )
    expect(JSON.parse(finished.stdout)).toEqual({
      error: { code: 'TARGET_FILE_INVALID', message: expect.stringContaining('target.yaml:4:5: ') as string, hint },
    })
    expect(finished.report).toMatchObject({ problem: { hint }, target: { issuer: '', file: 'target.yaml' } })
  })

  test('the target file is not there, or its secrets are not set', async () => {
    const folder = temporaryFolder()
    const missing = await assay(['check', 'target.yaml'], { folder })
    expect(missing.stderr).toBe('error: there is no file target.yaml\n  write one with `assay init <issuer>`\n')
    writeTarget(folder, targetFor('http://127.0.0.1:1').replace('correct-horse', '${ASSAY_NOT_SET}'))
    const unset = await assay(['check', 'target.yaml'], { folder })
    expect(unset.stderr).toBe(
      'error: target.yaml:10:15: ASSAY_NOT_SET is not set or empty; export it\n  export ASSAY_NOT_SET before you run assay\n',
    )
    expect([missing.exit, unset.exit]).toEqual([3, 3])
  })

  test('the reports have no place', async () => {
    const folder = temporaryFolder()
    writeTarget(folder, '')
    const { exit, stderr } = await assay(['check', '--only', 'oauth2/metadata', '--out', 'target.yaml/reports'], {
      folder,
    })
    expect(stderr).toBe(
      'error: the reports cannot be written into target.yaml/reports (ENOTDIR)\n  name a folder that you may write to with --out\n',
    )
    expect(exit).toBe(3)
  })
})

describe('a run that cannot judge says so of each unit, and ends with 2', () => {
  test('without clients', async () => {
    await using server = await startOdd({})
    const { exit, stdout, report } = await runHere(
      `issuer: ${server.origin}\n`,
      'check',
      '--only',
      'oauth2/client-credentials',
    )

    expect(exit).toBe(2)
    expect(notJudged(report)).toEqual({
      'the target file names no clients; list some under clients, or write `registration: dynamic`': 1,
    })
    expect(stdout).toContain('untestable: the target file names no clients; list some under clients')
  })

  const whereNoAnswer = 'see whether the target runs, or give it longer with timeout_ms under limits'
  const noCode = 'no code could be had: '
  const code = 'oauth2/authorization-code/replayed-code-is-denied'
  const token = 'oauth2/client-credentials/no-refresh-token-comes-along'

  test('with a wrong client secret', async () => {
    await using server = await startRight()
    const folder = temporaryFolder()
    writeTarget(folder, targetFor(server.issuer).replace('client_secret: ', 'client_secret: not-'))
    const [out, error] = [screen(), screen()]
    const args = ['check', join(folder, 'target.yaml'), '--out', join(folder, '.assay')]
    const exit = await execute(args, { out, error, environment: process.env })

    expect(error.text()).toMatch(
      /^error: the server refuses the client \S+: its client_id, client_secret or .*\n  correct the target file; .*--no-preflight\n$/,
    )
    expect(exit).toBe(3)
    expect(reportIn(folder)).toMatchObject({ outcomes: [], problem: { code: 'CLIENT_REFUSED' } })
  })

  test('with a wrong password', async () => {
    await using server = await startRight({ password: 'another' })
    const { exit, report } = await runHere(targetFor(server.issuer), 'check', '--only', code)

    expect(notJudged(report)).toEqual({
      [`${noCode}the target refused the password of alice; correct it under users in the target file`]: 1,
    })
    expect(exit).toBe(2)
  })

  test.each<readonly [string, string, Readonly<Record<string, Answer>>, string]>([
    [
      'a sign-in that goes in a circle',
      code,
      { '/authorize': redirect('/again'), '/again': redirect('/authorize') },
      `${noCode}the target redirects 20 times in a row; see where its redirects lead in a circle`,
    ],
    [
      'a sign-in that always begins anew',
      code,
      { '/authorize': html(loginForm()), '/login': redirect('/authorize') },
      `${noCode}the target refused the password of alice; correct it under users in the target file`,
    ],
    [
      'a sign-in that has always one more page',
      code,
      {
        '/authorize': (response, origin, request) =>
          html(`<form action="/authorize"><button name="page" value="${request.url?.length}">Continue</button></form>`)(
            response,
            origin,
            request,
          ),
      },
      `${noCode}the sign-in did not end after 12 pages; name its fields under login in the target file`,
    ],
    [
      'a server that hangs',
      code,
      { '/authorize': hangs },
      `GET /authorize: no answer within 1500 ms; ${whereNoAnswer}`,
    ],
    [
      'an answer that trickles',
      token,
      { '/token': trickle },
      `POST /token: no answer within 1500 ms; ${whereNoAnswer}`,
    ],
    [
      'an answer without an end',
      token,
      { '/token': endlessBody },
      'no token could be had: the token endpoint answered 200 with more than 1 MiB',
    ],
    [
      'headers without an end',
      token,
      { '/token': endlessHeaders },
      `POST /token: the headers are larger than 64 KiB; ${whereNoAnswer}`,
    ],
    [
      'a server that hangs up',
      token,
      { '/token': hangsUp },
      `POST /token: the connection was closed; ${whereNoAnswer}`,
    ],
  ])('%s', async (_, only, answers, because) => {
    await using server = await startOdd(answers)
    const more = because.includes('no answer within') ? impatient : []
    const { exit, stderr, report } = await runHere(targetFor(server.origin, ...more), 'check', '--only', only)

    expect(notJudged(report)).toEqual({ [because]: 1 })
    expect(report).toMatchObject({ interrupted: false, summary: { findings: 0, broken: 0 } })
    expect(stderr).toBe('')
    expect(exit).toBe(2)
  })
})

test('what was found before a server died is reported', async () => {
  await using server = await startOdd({ '/token': after(1, tokenResponse({ refresh_token: 'none is due' }), hangsUp) })
  const { exit, report } = await runHere(targetFor(server.origin), 'check', ...oneAfterTheOther)

  expect(verdicts(report)).toEqual([
    [first, 'fail'],
    [second, 'untestable'],
  ])
  expect(exit).toBe(1)
})

test('a server that died under load is not accused of what it no longer answered', async () => {
  await using server = await startOdd({ '/token': after(10, tokenResponse(), hangsUp) })
  const more = ['--scenario', 'client-credentials', '--seconds', '2', '--rate', '20']
  const { exit, stdout, report } = await runHere(targetFor(server.origin), 'load', ...more)

  expect(report.summary).toMatchObject({ pass: 2, fail: 0, untestable: 0, findings: 0 })
  if (report.load?.state !== 'measured') throw new Error('nothing was measured')
  const [scenario] = report.load.scenarios
  expect(scenario?.failures).toBe((scenario?.iterations ?? 0) - 10)
  expect(stdout).toContain('client-credentials completed 10 of ')
  expect(stdout).toContain('Nothing was found, but not all could be judged')
  expect(exit).toBe(2)
})

describe('a host that is not loopback', () => {
  /** The issuer is here, but what it publishes leads to an address that nobody has (RFC 5737). */
  const elsewhere = metadata((origin) => ({ ...metadataOf(origin), token_endpoint: 'http://192.0.2.1/token' }))

  test.each([
    ['fuzz', 'fuzz'],
    ['load', 'load'],
    ['run', 'fuzz'],
  ])('is not touched by %s without leave', async (command, what) => {
    await using server = await startOdd(elsewhere)
    const { exit, stderr, report } = await runHere(targetFor(server.origin), command)

    expect(stderr).toBe(
      `error: the target file does not allow to ${what} 192.0.2.1\n` +
        '  if you own that host or have permission, write this line into target.yaml: authorized_hosts: [192.0.2.1]\n',
    )
    expect(exit).toBe(3)
    expect(report.problem?.code).toBe('HOST_NOT_AUTHORIZED')
    expect(server.asked.filter((what) => !what.startsWith('GET /.well-known/'))).toEqual([])
  })

  test('may be checked', async () => {
    await using server = await startOdd(elsewhere)
    const { exit, report } = await runHere(
      targetFor(server.origin),
      'check',
      '--only',
      'oidc/metadata/issuer-is-the-one-asked-for',
    )

    expect(verdicts(report)).toEqual([['oidc/metadata/issuer-is-the-one-asked-for', 'pass']])
    expect(exit).toBe(0)
  })
})
