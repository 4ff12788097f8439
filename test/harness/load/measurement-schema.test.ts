import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import type { Capacity } from '../../../harness/load/capacity.ts'
import type { Calibration } from '../../../harness/load/comparison/calibrate.ts'
import type { Comparison } from '../../../harness/load/comparison/compare.ts'
import { measurementJsonSchemas } from '../../../harness/load/measurement-schema.ts'

const written = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../harness/load/${name}.schema.json`, import.meta.url), 'utf8')) as Readonly<
    Record<string, unknown>
  >

const capacity: Capacity = {
  story: 'tale',
  promise: { p95: 100, p99: 200 },
  steps: [
    { rate: 50, achieved: 50, latency: { p50: 1, p95: 2 }, kept: 3, blocks: 3, isGenerator: false },
    { rate: 90, achieved: 0, latency: { p50: Number.NaN }, kept: 0, blocks: 3, because: 'p95', isGenerator: true },
  ],
  kept: 50,
  endedBecause: 'the generator could not do more',
}

const comparison: Comparison = {
  story: 'tale',
  rate: 50,
  blockSeconds: 2,
  pairs: [{ values: { p50: [1, 1.5] } }, { values: {}, invalid: 'k6 was busy' }],
  standings: [
    { metric: 'p50', verdict: 'inconclusive', ratio: Number.NaN, low: 1, high: 2, medians: [1, 1.5], pairs: 1 },
  ],
  broken: [{ side: 'second', invariant: 'codes are told apart', times: 1 }],
  warnings: ['12 iterations threw'],
}

const calibration: Calibration = {
  machine: '2 x made up',
  story: 'tale',
  rate: 50,
  blockSeconds: 2,
  pairs: 40,
  margin: 0.1,
  metrics: { p50: { falseAlarms: 0, smallest: 0.2 }, p99: { falseAlarms: 0.02 } },
}

const documents: Readonly<Record<string, object>> = {
  capacity: { schema_version: 1, assay: '0.1.0', issuer: 'https://as.example', hold_seconds: 9, ...capacity },
  comparison: {
    schema_version: 1,
    assay: '0.1.0',
    machine: '2 x made up',
    first: 'a.yaml',
    second: 'b.yaml',
    margin: 0.1,
    seed: 1,
    ...comparison,
  },
  calibration: { schema_version: 1, calibrations: [calibration] },
}

describe.each(Object.entries(documents))('what a measurement writes of %s', (name, document) => {
  const validate = new Ajv2020({ allErrors: true }).compile(written(name))

  test('is valid by the schema beside the code', () => {
    validate(JSON.parse(JSON.stringify(document)))
    expect(validate.errors).toBeNull()
  })

  test.each([
    ['lacks its version', { ...document, schema_version: undefined }],
    ['has another version', { ...document, schema_version: 2 }],
    ['has a member that nobody knows', { ...document, more: 1 }],
  ])('is not where it %s', (_, wrong) => {
    expect(validate(JSON.parse(JSON.stringify(wrong)))).toBe(false)
  })
})

test('the schemas are what `npm run schemas` writes', () => {
  const schemas = measurementJsonSchemas()
  expect(Object.keys(schemas)).toEqual(Object.keys(documents))
  for (const [name, schema] of Object.entries(schemas))
    expect(written(name)).toEqual(JSON.parse(JSON.stringify(schema)))
})
