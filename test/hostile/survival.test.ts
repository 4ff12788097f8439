import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Place } from './case.ts'
import { cases } from './cases.ts'
import { type Ended, runCommand, runInProcess, type Workplace, workplaceFor } from './command.ts'
import { openedReports, type ReportReader } from './opened-report.ts'
import { type HostileServer, startHostile } from './server.ts'
import { harmDone, reportIn } from './survival.ts'

const opened: { reports?: ReportReader } = {}
beforeAll(async () => {
  opened.reports = await openedReports()
})
afterAll(async () => await opened.reports?.close())

/** What a command does to somebody whom this case hurts at this place. */
async function harmBy(
  name: string,
  place: Place,
  command: (workplace: Workplace, server: HostileServer) => Promise<Ended>,
): Promise<readonly string[]> {
  const hostile = cases.find((one) => one.name === name)
  if (hostile === undefined) throw new Error(`there is no case ${name}`)
  await using server = await startHostile(hostile, [place])
  using workplace = workplaceFor(server.origin, hostile)
  const ended = await command(workplace, server)
  const unhurt = server.hurt() === 0 ? ['nothing was hurt'] : []
  const unreported = reportIn(workplace) === undefined ? ['no report was written'] : []
  const shown = (await opened.reports?.harmOf(workplace)) ?? []
  return [...unhurt, ...unreported, ...harmDone(ended, workplace, server), ...shown]
}

const checking =
  (...units: readonly string[]) =>
  async (workplace: Workplace) =>
    await runInProcess(workplace, [
      'check',
      join(workplace.folder, 'target.yaml'),
      '--only',
      units.join(','),
      '--out',
      join(workplace.folder, '.assay'),
    ])

const credentials = 'oauth2/client-credentials'
const code = 'oauth2/authorization-code/replayed-code-is-denied'
const response = 'oauth2/token-response'
const idToken = 'oidc/id-token'
const introspection = 'oauth2/introspection-answer'
const registration = 'oauth2/registration/'
const metadata = 'oauth2/metadata/'
const saml = 'saml/response'

/** One case of each class, and the checks that come upon it. */
const representative: readonly (readonly [name: string, place: Place, ...units: readonly string[]])[] = [
  ['an endless body', 'tokens', credentials],
  ['a body of a mebibyte', 'sign-in', code],
  ['keys of 100 MB', 'keys', 'oidc/id-token/id-token-is-signed'],
  ['a bomb in a bomb', 'tokens', credentials],
  ['a trickle', 'tokens', credentials],
  ['half an answer', 'resources', introspection],
  ['endless headers', 'tokens', credentials],
  ['100,000 cookies', 'sign-in', code],
  ['as many cookies as go into an answer', 'sign-in', code],
  ['malformed HTTP', 'tokens', credentials],
  ['a flood of early hints', 'tokens', credentials],
  ['an endless chunk extension', 'tokens', credentials],
  ['markup in headers', 'tokens', response],
  ['a clock far off', 'tokens', response],
  ['come back in three thousand years', 'tokens', credentials],
  ['a redirect to itself', 'sign-in', code],
  ['a redirect to a file', 'sign-in', code],
  ['a redirect to somebody else', 'tokens', credentials],
  ['a form that is sent to somebody else', 'sign-in', code],
  ['a registration that is managed elsewhere', 'registration', registration],
  ['a form that loops', 'sign-in', code],
  ['a refresh that loops', 'sign-in', code],
  ['100,000 fields', 'sign-in', code],
  ['1,500 choices with 30,000 labels', 'sign-in', code],
  ['a page of brackets', 'sign-in', code],
  ['a page that takes over', 'sign-in', code],
  ['JSON half a million arrays deep', 'tokens', response],
  ['deep members in the place of right ones', 'resources', introspection],
  ['members of the prototype', 'tokens', response],
  ['members of the prototype', 'discovery', metadata],
  ['NUL and lone surrogates', 'resources', introspection],
  ['numbers that nobody counts to', 'tokens', response],
  ['members of other types', 'registration', registration],
  ['errors that take over', 'tokens', response],
  ['names that take over', 'discovery', metadata],
  ['an alg that is an object', 'tokens', idToken],
  ['a token that takes over', 'tokens', idToken],
  ['times that nobody lives to see', 'tokens', idToken],
  ['claims 20,000 objects deep', 'tokens', idToken],
  ['a token of control characters', 'tokens', 'oidc/userinfo'],
  ['a billion laughs', 'saml metadata', 'saml/metadata'],
  ['an entity of somebody else', 'saml metadata', 'saml/metadata'],
  ['3,000 signed assertions', 'saml sign-on', saml],
  ['markup in XML', 'saml sign-on', saml],
]

describe('a check survives', () => {
  const rows = representative.map(([name, place, ...units]) => ({ name, place, units }))

  test.each(rows)('$name at $place', { timeout: 60_000 }, async ({ name, place, units }) => {
    expect(await harmBy(name, place, checking(...units))).toEqual([])
  })
})

describe('a command in a process of its own survives', () => {
  const only = ['--only', 'oauth2/token-response,oauth2/authorization-code,oauth2/pkce/']

  test('a body of a mebibyte in every answer, several at once', { timeout: 120_000 }, async () => {
    const command = async (workplace: Workplace) =>
      await runCommand(workplace, ['check', 'target.yaml', ...only], { seconds: 110 })
    expect(await harmBy('a body of a mebibyte', 'tokens', command)).toEqual([])
  })
})
