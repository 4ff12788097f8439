import { describe, expect, test } from 'vitest'
import { about, document, kebabCase, rfc } from '../../../core/spec/document.ts'
import { allDocuments, allRequirements, documentsByFile } from './documents.ts'

const repeated = (values: readonly string[]) => values.filter((value, at) => values.indexOf(value) !== at)

describe('a table', () => {
  const table = document('rfc1', 'A document', rfc(1), {
    secondRow: ['2.1', 'MUST', 'does one thing'],
    firstRow: ['1', 'STATES', 'does another', { unobservable: 'nobody sees it' }],
  })

  test('makes a requirement of each row, in the order of the rows', () => {
    expect(table.secondRow).toEqual({
      id: 'rfc1/second-row',
      document: 'rfc1',
      section: '2.1',
      level: 'MUST',
      text: 'does one thing',
    })
    expect(table.firstRow.unobservable).toBe('nobody sees it')
    expect(table[about]).toEqual({
      id: 'rfc1',
      title: 'A document',
      url: 'https://www.rfc-editor.org/rfc/rfc1',
      requirements: [table.secondRow, table.firstRow],
    })
  })

  test('lists its rows and nothing else', () => {
    expect(Object.keys(table)).toEqual(['secondRow', 'firstRow'])
  })
})

test.each([
  ['codeSingleUse', 'code-single-use'],
  ['s256Supported', 's256-supported'],
  ['idTokenNotUnsecured', 'id-token-not-unsecured'],
  ['noRedirect307', 'no-redirect307'],
  ['noCORSAtAuthorization', 'no-cors-at-authorization'],
  ['jwksURI', 'jwks-uri'],
  ['plain', 'plain'],
  ['', ''],
])('%s is %s', (name, expected) => {
  expect(kebabCase(name)).toBe(expected)
})

describe('the documents', () => {
  test('one in each file, and it has the name of the file, but for its stops', () => {
    const nameOf = ({ id }: { readonly id: string }) => `${id.replaceAll('.', '')}.ts`
    const ids = [...documentsByFile].map(([file, documents]) => [file, documents.map(nameOf)])
    expect(ids).toEqual(ids.map(([file]) => [file, [file]]))
    expect(ids.length).toBeGreaterThan(9)
  })

  test('each has a title, rows, and an address at which it is published', () => {
    for (const { id, title, url, requirements } of allDocuments) {
      expect(title, id).toMatch(/^[A-Z].*[^.]$/)
      expect(new URL(url).protocol, id).toBe('https:')
      expect(requirements.length, id).toBeGreaterThan(0)
      if (/^rfc\d/.test(id)) expect(url).toBe(rfc(Number(id.slice(3))))
    }
  })
})

describe('the requirements', () => {
  test('no two have the same id', () => {
    expect(repeated(allRequirements.map(({ id }) => id))).toEqual([])
  })

  test('no two of a document say the same', () => {
    expect(repeated(allRequirements.map(({ document: of, text }) => `${of}: ${text.toLowerCase()}`))).toEqual([])
  })

  test('the id says which document, and is a name in kebab case', () => {
    const wrong = allRequirements.filter(
      ({ id, document: of }) => !id.startsWith(`${of}/`) || !/^[a-z0-9.-]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id),
    )
    expect(wrong).toEqual([])
  })

  test('the section is a number of the document', () => {
    const wrong = allRequirements.filter(({ section }) => !/^(?:[1-9]\d*|[A-Z])(?:\.[1-9]\d*)*$/.test(section))
    expect(wrong.map(({ id, section }) => `${id}: ${section}`)).toEqual([])
  })

  test('the level is a keyword of RFC 2119, or STATES', () => {
    const levels = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY', 'STATES']
    expect(allRequirements.filter(({ level }) => !levels.includes(level))).toEqual([])
  })

  test('the text is a clause that follows "the server": it begins with a verb and has no full stop', () => {
    const clause = /^(?:never )?[a-z]+s,?(?: .*[^.\s])?$/
    const wrong = allRequirements.filter(({ text }) => !clause.test(text) || text !== text.trim())
    expect(wrong.map(({ id, text }) => `${id}: ${text}`)).toEqual([])
  })

  test('the text says it once: the keyword is in the level', () => {
    const shouting = /\b(?:MUST|SHALL|SHOULD|MAY|REQUIRED|RECOMMENDED|OPTIONAL)\b/
    expect(allRequirements.filter(({ text }) => shouting.test(text)).map(({ id }) => id)).toEqual([])
  })

  test('a row that nobody outside can observe says why, and each text can be read at one glance', () => {
    for (const { id, text, unobservable } of allRequirements) {
      expect(text.length, id).toBeLessThanOrEqual(160)
      if (unobservable !== undefined) expect(unobservable, id).toMatch(/^[a-z"'].{9,158}[^.\s]$/)
    }
  })
})
