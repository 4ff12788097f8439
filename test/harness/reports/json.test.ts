import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { readReport, renderJson } from '../../../harness/reports/json.ts'
import { reportJsonSchema } from '../../../harness/reports/report-schema.ts'
import { noValues } from '../../../core/histogram.ts'
import { measuredLoad } from '../../fixtures/load-result.ts'
import { hostileReport } from '../../fixtures/hostile-report.ts'
import { load, outcomes, reportOf, sampleReport } from '../../fixtures/sample-report.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../../harness/reports/report.schema.json', import.meta.url), 'utf8'),
) as object
const date = (text: string) => !Number.isNaN(Date.parse(text))
const ajv = new Ajv2020({ allErrors: true, formats: { 'date-time': date } })
const validate = ajv.compile(schema)

const notRun = reportOf([], { state: 'not-run', because: 'k6 is not installed' })
const scenarios = load.state === 'measured' ? load.scenarios : []
const regional = ['europe', 'asia'].map((region) => ({ region, scenarios }))
const fromRegions = reportOf(outcomes, measuredLoad(scenarios, { regions: regional }))
const onMutant = reportOf(outcomes, load, { mutant: 'authorization-code/accepts-any-replay', dialect: 'none' })

/** A copy that lacks these members. */
const without = (value: object, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))

test('report.schema.json is what `npx tsx tools/generate-schema.ts` writes', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())))
})

test.each([
  ['a whole run', sampleReport],
  ['a run of which nothing was measured', notRun],
  ['a run against a mutant', onMutant],
  ['a hostile target', hostileReport],
  ['a load from several regions', fromRegions],
])('the report of %s is valid', (_, report) => {
  validate(JSON.parse(renderJson(report)))
  expect(validate.errors).toBeNull()
})

/** Every member of every object, as a copy of the report without it or with one too many. */
function* damaged(report: object): Generator<readonly [path: string, report: unknown]> {
  const paths = new Map<string, readonly (string | number)[]>()
  const walk = (value: unknown, path: readonly (string | number)[]) => {
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value)) {
      const step = Array.isArray(value) ? Number(name) : name
      const shape = [...path, step].map((one) => (typeof one === 'number' ? '*' : one)).join('.')
      if (!paths.has(shape) && typeof step === 'string') paths.set(shape, [...path, step])
      walk(inner, [...path, step])
    }
  }
  walk(report, [])
  for (const [shape, path] of paths) {
    const copy = structuredClone(report)
    const owner = path
      .slice(0, -1)
      .reduce<Record<string, unknown>>(
        (value, step) => value[step] as Record<string, unknown>,
        copy as Record<string, unknown>,
      )
    owner[String(path.at(-1))] = { nothing: 'of the kind' }
    yield [shape, copy]
  }
}

test('a member of another kind is noticed wherever it stands', () => {
  const missed = [...damaged(JSON.parse(renderJson(sampleReport)) as object)]
    .filter(([, report]) => validate(report))
    .map(([shape]) => shape)
  expect(missed).toEqual([])
})

test('a member that is not in the schema is noticed', () => {
  expect(validate({ ...sampleReport, more: 1 })).toBe(false)
})

describe('reading back', () => {
  test('gives the report that was written', () => {
    expect(readReport(renderJson(sampleReport))).toEqual(JSON.parse(JSON.stringify(sampleReport)))
  })

  test('takes a report of version 1.0, whose load knew less, and adds that it knew nothing of the rest', () => {
    const known = without(load, 'regions', 'timeline', 'generator')
    const before = scenarios.map((one) => without(one, 'throttled', 'heldBack', 'distribution'))
    const old = { ...sampleReport, version: '1.0', load: { ...known, scenarios: before } }
    validate(JSON.parse(JSON.stringify(old)))
    expect(validate.errors).toBeNull()
    expect(readReport(JSON.stringify(old)).load).toEqual({
      ...known,
      scenarios: before.map((one) => ({ ...one, throttled: 0, heldBack: 0, distribution: noValues })),
      regions: [],
      timeline: [],
      generator: { processes: 1 },
    })
  })

  test('takes a later minor version, with members that are not known', () => {
    expect(readReport(JSON.stringify({ ...sampleReport, version: '1.7', more: 1 })).version).toBe('1.7')
  })

  test.each([
    [
      'another major version',
      JSON.stringify({ ...sampleReport, version: '2.0' }),
      'the report has a version that is not known here',
    ],
    ['what is not JSON', '{', 'it is no report: the file is not JSON'],
    ['another file', '{"version":"1.0"}', 'it is no report: tool is not what it should be'],
    ['null', 'null', 'it is no report: the file is not what it should be'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readReport(text)).toThrow(expect.objectContaining({ code: 'USAGE', message }))
  })
})
