import { describe, expect, test } from 'vitest'
import { allUnits, checks, properties, select } from '../../cli/units.ts'
import { failureOf } from './screen.ts'

const idsOf = (...patterns: readonly string[]) => select(allUnits, patterns).map(({ id }) => id)

describe('units are named', () => {
  test('not at all, and all are meant', () => {
    expect(select(checks, [])).toBe(checks)
  })

  test('by id', () => {
    expect(idsOf('oauth2/pkce/s256-works')).toEqual(['oauth2/pkce/s256-works'])
  })

  test.each(['oauth2/pkce', 'oauth2/pkce/', 'oauth2', 'fuzz', 'scenarios/refresh'])('by folder: %s', (folder) => {
    const inside = allUnits.filter(({ id }) => id.startsWith(`${folder.replace(/\/$/, '')}/`)).map(({ id }) => id)
    expect(inside.length).toBeGreaterThan(1)
    expect(idsOf(folder)).toEqual(inside)
  })

  test('by a part of a name never', () => {
    expect(() => idsOf('oauth2/pk')).toThrow('no unit here')
    expect(() => idsOf('s256-works')).toThrow('no unit here')
  })

  test('by what they prove: a requirement, or any of a document', () => {
    const provers = (of: (requirement: { readonly id: string; readonly document: string }) => boolean) =>
      allUnits.filter(({ proves }) => proves.some(of)).map(({ id }) => id)
    expect(idsOf('rfc7636/verifier-matches')).toEqual(provers(({ id }) => id === 'rfc7636/verifier-matches'))
    expect(idsOf('rfc7636')).toEqual(provers(({ document }) => document === 'rfc7636'))
    expect(idsOf('rfc7636').length).toBeGreaterThan(idsOf('rfc7636/verifier-matches').length)
  })

  test('by several names, each unit once and in the order of all', () => {
    const both = idsOf('oauth2/pkce', 'rfc7636', 'fuzz/pkce')
    expect(new Set(both).size).toBe(both.length)
    const wanted = new Set(both)
    expect(both).toEqual(allUnits.map(({ id }) => id).filter((id) => wanted.has(id)))
  })
})

describe('a name of nothing is told', () => {
  test.each([
    ['oauth2/pkcee', 'oauth2/pkce'],
    ['oauth2/pkce/s265-works', 'oauth2/pkce/s256-works'],
    ['rfc7637/verifier-matches', 'rfc7636/verifier-matches'],
  ])('%s', (pattern, meant) => {
    expect(failureOf(() => select(checks, ['oauth2/pkce', pattern]))).toBe(
      `USAGE: no unit here has the id ${pattern}, lies in it or proves it; did you mean ${meant}?`,
    )
  })

  test('with where to look, where nothing is like it', () => {
    expect(failureOf(() => select(checks, ['something-quite-different']))).toMatch(
      /; `assay requirements` lists the requirements, `assay check --list` the checks$/,
    )
  })

  test('although it is the name of another kind of unit', () => {
    expect(properties.some(({ id }) => id.startsWith('fuzz/pkce/'))).toBe(true)
    expect(() => select(checks, ['fuzz/pkce'])).toThrow('no unit here has the id fuzz/pkce')
  })
})
