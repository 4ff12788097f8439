import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { documents } from '../../cli/documents.ts'
import { invariantUnits } from '../../cli/invariants.ts'
import { allUnits, checks, properties } from '../../cli/units.ts'
import { kebabCase } from '../../core/spec/document.ts'
import type { Unit } from '../../core/unit.ts'
import { whyMissing } from '../../harness/target/capabilities.ts'
import { dialects } from '../../reference-server/dialects/catalogue.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'
import type { Rule } from '../../reference-server/rule.ts'
import { rulebook } from '../../reference-server/rulebook.ts'
import { allDocuments, allRequirements } from '../core/spec/documents.ts'

const mutants = [...catalogue.values()]
const known = new Map(allRequirements.map((requirement) => [requirement.id, requirement]))
const proven = new Set(allUnits.flatMap(({ proves }) => proves.map(({ id }) => id)))
const repeated = (values: readonly string[]) => values.filter((value, at) => values.indexOf(value) !== at)

/** What the modules of a folder export, by the path of the module below the folder and the name of the export. */
async function exportsIn(folder: string) {
  const root = new URL(`../../${folder}/`, import.meta.url)
  const files = readdirSync(fileURLToPath(root), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'))
  const modules = await Promise.all(
    files.map(
      async (file) => [file, (await import(new URL(file, root).href)) as Readonly<Record<string, unknown>>] as const,
    ),
  )
  return modules.flatMap(([file, module]) =>
    Object.entries(module).map(([name, value]) => ({ place: file.replace(/\.ts$/, ''), name, value })),
  )
}

const has = (value: unknown, ...members: readonly string[]) =>
  typeof value === 'object' && value !== null && members.every((member) => member in value)

/** The ids that units in these folders ought to have: where they stand and what they are called. */
const idsIn = async (folder: string, prefix: string, member: string) =>
  (await exportsIn(folder))
    .filter(({ value }) => has(value, 'proves', member))
    .map(({ place, name }) => `${prefix}${place}/${kebabCase(name)}`)

describe('every unit', () => {
  test('is in the list, under the id of its place', async () => {
    expect(checks.map(({ id }) => id).toSorted()).toEqual((await idsIn('conformance', '', 'run')).toSorted())
    expect(properties.map(({ id }) => id).toSorted()).toEqual(
      (await idsIn('fuzz/properties', 'fuzz/', 'holds')).toSorted(),
    )
  })

  test('has an id that no other has', () => {
    expect(repeated(allUnits.map(({ id }) => id))).toEqual([])
    for (const { id } of allUnits) expect(id).toMatch(/^[a-z0-9]+(?:[-/][a-z0-9]+)+$/)
  })

  test('has a title that is a sentence', () => {
    const isSentence = ({ title }: Unit) => /^[a-zA-Z0-9]+(?: [a-zA-Z0-9'’-]+)+$/.test(title)
    expect(allUnits.filter((unit) => !isSentence(unit)).map(({ title }) => title)).toEqual([])
    for (const kind of [checks, properties, invariantUnits] as const)
      expect(repeated(kind.map(({ id, title }) => `${id.replace(/\/[^/]+$/, '')}: ${title}`))).toEqual([])
  })

  test('proves something, each requirement once, and each is a row of a table', () => {
    for (const { id, proves } of allUnits) {
      expect(proves.length, id).toBeGreaterThan(0)
      expect(repeated(proves.map((requirement) => requirement.id)), id).toEqual([])
      for (const requirement of proves) expect(known.get(requirement.id), `${id}: ${requirement.id}`).toBe(requirement)
    }
  })

  test('needs what a target may offer or its file may name', () => {
    for (const { id, needs } of allUnits) {
      expect(repeated(needs), id).toEqual([])
      for (const need of needs)
        if (need !== 'second client' && need !== 'second user')
          expect(whyMissing(need), `${id}: ${need}`).toMatch(/^the /)
    }
  })
})

describe('every requirement', () => {
  test('stands in a document that is reported', () => {
    expect(documents.map(({ id }) => id).toSorted()).toEqual(allDocuments.map(({ id }) => id).toSorted())
  })

  test('is proven by a unit, or says why nobody outside can see whether it is met', () => {
    const gaps = allRequirements.filter(({ id, unobservable }) => !proven.has(id) && unobservable === undefined)
    expect(gaps.map(({ id }) => id)).toEqual([])
  })

  test('that says so is proven by none', () => {
    expect(allRequirements.filter(({ id, unobservable }) => proven.has(id) && unobservable !== undefined)).toEqual([])
  })
})

describe('every rule', () => {
  const isRule = (value: unknown): value is Rule => has(value, 'enforces', 'apply')

  test('is in the rulebook, under a name of its own', async () => {
    const rules = (await exportsIn('reference-server/rules')).filter(({ value }) => isRule(value))
    expect(repeated(rules.map(({ name }) => name))).toEqual([])
    expect([...rulebook.keys()].toSorted()).toEqual(rules.map(({ name }) => name).toSorted())
  })

  test('enforces rows of the tables', () => {
    for (const [name, { enforces }] of rulebook) {
      expect(repeated(enforces.map(({ id }) => id)), name).toEqual([])
      for (const requirement of enforces)
        expect(known.get(requirement.id), `${name}: ${requirement.id}`).toBe(requirement)
    }
  })

  test('has a mutant, but where no answer could show that it is wrong', () => {
    const unseen = {
      'refresh-token-is-live': 'no answer says how long a refresh token lives',
    }
    const mutated = new Set(mutants.map(({ rule }) => rule))
    const without = [...rulebook.keys()].map(kebabCase).filter((name) => !mutated.has(name))
    expect(without.toSorted()).toEqual(Object.keys(unseen))
  })
})

describe('every mutant', () => {
  test('is in the catalogue, under an id that no other has', async () => {
    const isMutants = (value: unknown): value is readonly { readonly id: string }[] =>
      Array.isArray(value) && value.every((one) => has(one, 'id', 'rule', 'fault', 'breaks', 'swap'))
    const ids = (await exportsIn('reference-server/mutants'))
      .filter(({ place }) => place !== 'catalogue')
      .flatMap(({ value }) => (isMutants(value) ? value.map(({ id }) => id) : []))
    expect(repeated(ids)).toEqual([])
    expect([...catalogue.keys()].toSorted()).toEqual(ids.toSorted())
  })

  test('is named after its rule and what the faulty server does', () => {
    const rules = new Set([...rulebook.keys()].map(kebabCase))
    for (const { id, rule } of mutants) {
      expect(rules, id).toContain(rule)
      expect(id).toMatch(new RegExp(`^${rule}/[a-z0-9]+(?:-[a-z0-9]+)*$`))
    }
  })

  test('says in one sentence how its fault would come about', () => {
    const isSentence = (text: string) => /^[^\s.].{10,170}[^\s.!]$/.test(text)
    expect(mutants.filter(({ fault }) => !isSentence(fault)).map(({ fault }) => fault)).toEqual([])
  })

  test('puts one other thing in the place of its rule, and of no other', () => {
    for (const { id, rule, swap } of mutants) {
      const [[name, apply] = ['', undefined], ...others] = Object.entries(swap)
      expect([kebabCase(name), others], id).toEqual([rule, []])
      expect(apply, id).toBeTypeOf('function')
      expect(apply, id).not.toBe(rulebook.get(name)?.apply)
    }
  })

  test('breaks what its rule enforces, and what a unit could find', () => {
    for (const { id, rule, breaks } of mutants) {
      const enforced = [...rulebook].find(([name]) => kebabCase(name) === rule)?.[1].enforces ?? []
      for (const requirement of breaks) {
        expect(enforced, `${id}: ${requirement.id}`).toContain(requirement)
        expect(proven, `${id}: ${requirement.id}`).toContain(requirement.id)
      }
    }
  })
})

describe('every dialect', () => {
  test('has an id that no other has', () => {
    const ids = dialects.map(({ id }) => id)
    expect(repeated(ids)).toEqual([])
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  })

  test('names the sentence that allows it', () => {
    const cites =
      /^(?:RFC \d{4}|OAuth 2\.1|OpenID Connect (?:Core|Discovery|Registration)|SAML (?:Core|Bindings|Profiles|Metadata)|(?:Namespaces in )?XML 1\.0) (?:§\d|Appendix [A-Z]).{10,170}[^\s.]$/
    expect(dialects.filter(({ lawful }) => !cites.test(lawful)).map(({ lawful }) => lawful)).toEqual([])
  })

  test('differs from the server in something', () => {
    for (const { id, swap = {}, config = {}, transport = {}, store, claims } of dialects) {
      const differs =
        Object.keys({ ...swap, ...config, ...transport }).length > 0 || [store, claims].some((one) => one !== undefined)
      expect(differs, id).toBe(true)
      for (const name of Object.keys(swap)) expect(rulebook.has(name), `${id}: ${name}`).toBe(true)
    }
  })
})
