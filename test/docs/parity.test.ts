import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { documents } from '../../cli/documents.ts'
import { allUnits } from '../../cli/units.ts'
import { type ParityRow, parityOf } from './parity-page.ts'

const folder = fileURLToPath(new URL('../../docs/parity', import.meta.url))
const read = (file: string) => parityOf(readFileSync(`${folder}/${file}`, 'utf8'))

const units = new Set(allUnits.map(({ id }) => id))
const requirements = new Set(documents.flatMap(({ requirements: rows }) => rows.map(({ id }) => id)))
const documentIds = new Set(documents.map(({ id }) => id))

/** What is wrong with a row of a page whose ids look like this; nothing where it is in order. */
const mistakesIn =
  (ids: RegExp) =>
  ({ test: id, looksAt, ours, state, names, waitsFor }: ParityRow): readonly string[] => [
    ...(ids.test(id) ? [] : [`${id} is no test`]),
    ...(looksAt === '' ? [`${id} does not say what it looks at`] : []),
    ...(ours.length < 5 ? [`${id} has neither a unit nor a reason`] : []),
    ...names
      .filter((name) => !units.has(name) && !requirements.has(name))
      .map((name) => `${id} names ${name}, which is neither unit nor requirement`),
    ...(state === 'covered' && !units.has(names[0] ?? '') ? [`${id} is covered by what is no unit`] : []),
    ...waitsFor.filter((document) => documentIds.has(document)).map((document) => `${id} waits for ${document}`),
  ]

/** How many tests of an analyser give a verdict, or how many classes a list has, as they count themselves. */
const verdicts: Readonly<Record<string, number>> = { 'negative-tests.md': 347, 'oauch.md': 150 }

/** What the ids of a page look like, where they are not `Class.Test`. */
const ownIds: Readonly<Record<string, RegExp>> = { 'negative-tests.md': /^[A-Z][1-9]\d?$/ }
const testId = /^[A-Za-z]+\.[A-Za-z]+$/

test('every page is held to the number of tests that there are', () => {
  expect(readdirSync(folder).toSorted()).toEqual(Object.keys(verdicts).toSorted())
})

describe.each(Object.entries(verdicts))('docs/parity/%s', (file, number) => {
  const { rows, figures } = read(file)

  test('puts every test beside units that there are, or gives a reason', () => {
    expect(rows.flatMap(mistakesIn(ownIds[file] ?? testId))).toEqual([])
  })

  test('has each test once', () => {
    const ids = rows.map(({ test: id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    expect(ids).toHaveLength(number)
  })

  test('begins with figures that are right', () => {
    const count = (state: ParityRow['state']) => rows.filter((row) => row.state === state).length
    expect(Object.fromEntries(figures)).toEqual({
      covered: count('covered'),
      'waiting for a surface': count('waiting'),
      'not covered, for a reason': count('reason'),
      together: number,
    })
  })
})

describe('what the pages are judged by', () => {
  const page = (...rows: readonly string[]) =>
    parityOf(
      ['| their tests | number |', '| --- | --- |', '| covered | 1 |', '', '## A', ''].join('\n') +
        ['| their test | it looks at | ours |', '| --- | --- | --- |', ...rows, '', 'Text.'].join('\n'),
    )
  const unit = 'oauth2/pkce/s256-works'

  test('tells what is covered from what waits and what has a reason', () => {
    const { rows, figures } = page(
      `| \`A.One\` | one | \`${unit}\`; stricter |`,
      '| `A.Two` | two | waits for RFC 9449 (DPoP) |',
      `| \`A.Three\` | three | Not so strictly, by \`${unit}\` |`,
    )
    expect(rows.map(({ state }) => state)).toEqual(['covered', 'waiting', 'reason'])
    expect(rows.map(({ names }) => names)).toEqual([[unit], [], [unit]])
    expect(rows[1]?.waitsFor).toEqual(['rfc9449'])
    expect([...figures]).toEqual([['covered', 1]])
  })

  test.each([
    ['| `A.One` | one | `oauth2/pkce/unknown` |', 'A.One names oauth2/pkce/unknown'],
    ['| `A.One` | one | `rfc7636/s256-supported` |', 'A.One is covered by what is no unit'],
    ['| `A.One` | one | `redirect_uri` is looked at |', 'A.One is covered by what is no unit'],
    ['| `A.One` | one |  |', 'A.One has neither a unit nor a reason'],
    ['| `A.One` |  | `oauth2/pkce/s256-works` |', 'A.One does not say what it looks at'],
    ['| `A.One` | one | waits for RFC 7636 (PKCE) |', 'A.One waits for rfc7636'],
    ['| `A1` | one | `oauth2/pkce/s256-works` |', 'A1 is no test'],
  ])('sees what is wrong with %s', (row, mistake) => {
    expect(page(row).rows.flatMap(mistakesIn(testId)).join('\n')).toContain(mistake)
  })
})
