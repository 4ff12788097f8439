import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import type { Log, Run } from 'sarif'
import { expect, test } from 'vitest'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { renderSarif } from '../../../harness/reports/sarif.ts'
import { hostileReport } from '../../fixtures/hostile-report.ts'
import { reportOf, sampleReport } from '../../fixtures/sample-report.ts'

/** The schema is of draft 4, of which it uses nothing that later drafts read otherwise but the name of its id. */
const {
  id,
  $schema: _,
  ...schema
} = JSON.parse(readFileSync(new URL('../../fixtures/sarif-schema-2.1.0.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, unknown>
>

const validate = new Ajv({
  strict: false,
  allErrors: true,
  formats: {
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) => URL.canParse(text, 'https://base.example'),
    'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text),
  },
}).compile({ ...schema, $id: String(id) })

function runOf(text: string): Run {
  const [run] = (JSON.parse(text) as Log).runs
  if (run === undefined) throw new Error('the log has no run')
  return run
}

test.each([
  ['a whole run', sampleReport],
  ['a run without units', reportOf([])],
  ['a hostile target', hostileReport],
])('the log of %s is valid by the schema of OASIS', (_, report) => {
  validate(JSON.parse(renderSarif(report)))
  expect(validate.errors).toBeNull()
})

test('the schema notices what is wrong', () => {
  expect(validate({ version: '2.1.0', runs: [{ results: [{}] }] })).toBe(false)
})

test('a rule is a requirement, a result a finding', () => {
  const { tool, results = [] } = runOf(renderSarif(sampleReport))
  const rules = tool.driver.rules ?? []
  expect(rules).toHaveLength(sampleReport.requirements.length)
  expect(results).toHaveLength(sampleReport.summary.findings)
  for (const { ruleId, ruleIndex = -1 } of results) expect(rules[ruleIndex]?.id).toBe(ruleId)
  expect(rules.find(({ id: rule }) => rule === rfc6749.codeSingleUse.id)).toEqual({
    id: 'rfc6749/code-single-use',
    name: 'rfc6749/code-single-use',
    shortDescription: { text: `the server ${rfc6749.codeSingleUse.text}` },
    fullDescription: { text: `RFC 6749 §4.1.2, MUST: the server ${rfc6749.codeSingleUse.text}` },
    defaultConfiguration: { level: 'error' },
    helpUri: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
    properties: { document: 'rfc6749', section: '4.1.2', level: 'MUST' },
  })
})

test('a result has its fingerprint, its unit and the exchange that shows it', () => {
  const [result] = runOf(renderSarif(sampleReport)).results ?? []
  expect(result).toMatchObject({
    ruleId: 'rfc6749/code-single-use',
    level: 'error',
    partialFingerprints: { 'assayFinding/v1': '826f78773a71' },
    locations: [{ logicalLocations: [{ fullyQualifiedName: 'oauth2/authorization-code/replayed-code-is-denied' }] }],
    webRequest: { method: 'POST', headers: { authorization: 'Basic [credentials 1]' } },
    webResponse: { statusCode: 200 },
  })
})

test('the level of a result is that of its requirement', () => {
  const { results = [] } = runOf(renderSarif(sampleReport))
  expect(results.find(({ ruleId }) => ruleId === rfc6749.noRefreshForClientCredentials.id)?.level).toBe('warning')
})

test('what could not be judged is told, and is no result', () => {
  const [invocation] = runOf(renderSarif(sampleReport)).invocations ?? []
  expect(invocation?.executionSuccessful).toBe(false)
  expect(invocation?.toolExecutionNotifications?.map(({ level }) => level)).toEqual([
    'warning',
    'warning',
    'error',
    'warning',
  ])
})

test('text of a target is neither link nor placeholder in a message', () => {
  const messages = (runOf(renderSarif(hostileReport)).results ?? []).map(({ message }) => message.text ?? '')
  expect(messages.join('\n')).toContain('{{0}}')
  expect(messages.join('\n')).toContain(String.raw`\[link\](javascript:`)
  for (const message of messages)
    expect(message).not.toMatch(/(?<!\\)\[|(?<!\{)\{(?!\{)|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
})
