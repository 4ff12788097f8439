import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeForm,
  encodeComponent,
  encodeForm,
  redirectParam,
  redirectParams,
  withQuery,
} from '../../../core/wire/form.ts'

/** Any text, lone surrogates included. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\uD800', '\uDC00', 'a', ' ', '+', '~', "'", '%') }),
)
const pairs = fc.array(fc.tuple(texts, texts))

describe('encoding', () => {
  test('is that of the URL standard, for every text', () => {
    fc.assert(
      fc.property(texts, texts, (name, value) => {
        expect(encodeForm({ [name]: value })).toBe(new URLSearchParams([[name, value]]).toString())
      }),
    )
  })

  test('keeps the order of the members, repeats a list and leaves out what is undefined', () => {
    expect(encodeForm({ b: '1', a: ['2', '3'], c: undefined, d: [], e: '' })).toBe('b=1&a=2&a=3&e=')
  })

  test('is undone by decoding', () => {
    fc.assert(
      fc.property(fc.dictionary(texts, fc.string({ unit: 'grapheme' })), (params) => {
        const wellFormed = Object.entries(params).map(([name, value]) => [
          new URLSearchParams({ a: name }).get('a'),
          value,
        ])
        // A pair without a name and a value is an empty stretch, which the URL standard leaves out as well.
        expect(decodeForm(encodeForm(params))).toEqual(wellFormed)
      }),
    )
  })
})

describe('decoding', () => {
  test('is that of the URL standard wherever the escapes are well-formed', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const text = new URLSearchParams(all).toString()
        expect(decodeForm(text)).toEqual([...new URLSearchParams(text)])
      }),
    )
  })

  test.each([
    ['', []],
    ['&&', []],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=a', [['', 'a']]],
    ['a=b=c', [['a', 'b=c']]],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['a+b=c+d', [['a b', 'c d']]],
    ['a=%2B', [['a', '+']]],
    ['a=%C3%A9', [['a', 'é']]],
  ])('%j', (text, expected) => {
    expect(decodeForm(text)).toEqual(expected)
    expect(expected).toEqual([...new URLSearchParams(text)])
  })

  test.each(['%', '%2', '%zz', '%E9', '%C3', 'a%'])('%j stays as it came', (text) => {
    expect(decodeForm(`a=${text}`)).toEqual([['a', text]])
    expect(decodeForm(`${text}=a`)).toEqual([[text, 'a']])
  })

  test('throws for no text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeForm(text).every((pair) => pair.length === 2)).toBe(true)
      }),
    )
  })
})

describe('a query', () => {
  test.each([
    ['https://rp.example/cb', { a: 'b c' }, 'https://rp.example/cb?a=b+c'],
    ['https://rp.example/cb?keep=this', { a: '&' }, 'https://rp.example/cb?keep=this&a=%26'],
    ['https://rp.example/cb', {}, 'https://rp.example/cb'],
    ['https://rp.example/cb', { a: undefined }, 'https://rp.example/cb'],
  ])('is added to %s', (uri, params, expected) => {
    expect(withQuery(uri, params)).toBe(expected)
  })

  test('is what a URL parser finds there', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), texts, texts, (uri, name, value) => {
        const before = [...new URL(uri).searchParams]
        const added = [...new URLSearchParams([[name, value]])]
        expect([...new URL(withQuery(uri, { [name]: value })).searchParams]).toEqual([...before, ...added])
      }),
    )
  })
})

describe('the parameters of a redirect', () => {
  test.each([
    [
      'https://rp.example/cb?code=1&state=a%20b',
      [
        ['code', '1'],
        ['state', 'a b'],
      ],
      [],
    ],
    ['https://rp.example/cb#id_token=1', [], [['id_token', '1']]],
    ['https://rp.example/cb?a=1#b=2#c', [['a', '1']], [['b', '2#c']]],
    ['https://rp.example/cb?a=1?b', [['a', '1?b']], []],
    ['https://rp.example/cb#a?b=1', [], [['a?b', '1']]],
    ['com.example.app:/cb?code=1', [['code', '1']], []],
    ['', [], []],
  ])('%s', (location, query, fragment) => {
    expect(redirectParams(location)).toEqual({ query, fragment })
  })
})

describe('one parameter of a redirect', () => {
  test('is what a URL parser finds, whatever else there is', () => {
    const params = fc.uniqueArray(
      fc.tuple(fc.constantFrom('code', 'state', 'scope', 'a?b', 'x&y', 'xcode'), fc.string()),
      {
        selector: ([name]) => name,
      },
    )
    fc.assert(
      fc.property(params, fc.constantFrom('', '?', '#', '#code=1', '#?code=1&state=2'), (pairs, end) => {
        const location = `https://rp.example/cb?${new URLSearchParams(pairs).toString()}${end === '?' ? '' : end}`
        for (const name of ['code', 'state', 'none'])
          expect(redirectParam(location, name) ?? null).toBe(new URL(location).searchParams.get(name))
      }),
    )
  })

  test.each([
    ['https://rp.example/cb', undefined],
    ['https://rp.example/cb#code=1', undefined],
    ['https://rp.example/cb?a=1?code=2', undefined],
    ['https://rp.example/cb?c%6Fde=1', '1'],
    ['https://rp.example/cb?code=1&x=2#code=3', '1'],
    ['com.example.app:/cb?x=1&code=a+b%2B', 'a b+'],
  ])('of %s', (location, code) => {
    expect(redirectParam(location, 'code')).toBe(code)
  })
})

test('a component is encoded like a value of a form', () => {
  expect(encodeComponent("a b+c&d=é~!'()*-._\uD800")).toBe('a+b%2Bc%26d%3D%C3%A9%7E%21%27%28%29*-._%EF%BF%BD')
})
