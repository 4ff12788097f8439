import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { targetFileJsonSchema } from '../../../harness/target/schema.ts'

const committed = JSON.parse(
  readFileSync(new URL('../../../harness/target/target.schema.json', import.meta.url), 'utf8'),
) as Record<string, unknown>

test('target.schema.json is what `npx tsx tools/generate-schema.ts` writes', () => {
  expect(committed).toEqual(targetFileJsonSchema())
})

test('the schema is JSON Schema 2020-12 and judges files as they are written, references and all', () => {
  expect(committed).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:assay:target-file',
    title: 'Assay target file',
  })
  const validate = new Ajv2020({ strict: true }).compile(committed)
  const accepts = (text: string) => validate(parse(text))

  expect(
    accepts('issuer: ${ISSUER}\nregistration: dynamic\nclients:\n  - client_id: a\n    private_key: ${KEY}\n'),
  ).toBe(true)
  expect(accepts('issuer: https://issuer.example\nregistration: { initial_access_token: "${TOKEN}" }\n')).toBe(true)
  expect(accepts('registration: dynamic\n')).toBe(false)
  expect(accepts('issuer: https://issuer.example\nregistration: static\n')).toBe(false)
  expect(accepts('issuer: https://issuer.example\nload: { vus: 3 }\n')).toBe(false)
})

test('every member says what it is', () => {
  const silent: string[] = []
  const walk = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return
    const { properties } = value as {
      readonly properties?: Readonly<Record<string, { readonly description?: string }>>
    }
    for (const [name, member] of Object.entries(properties ?? {}))
      if (member.description === undefined) silent.push(`${path}/${name}`)
    for (const [name, inner] of Object.entries(value)) walk(inner, `${path}/${name}`)
  }
  walk(committed, '')

  expect(Object.keys(committed['properties'] as object)).toContain('issuer')
  expect(silent).toEqual([])
})
