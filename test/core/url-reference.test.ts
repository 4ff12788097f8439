import { array, assert, constantFrom, option, property, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { originOf, resolvedWithin } from '../../core/url-reference.ts'

const page = 'https://idp.example/realm/login?interaction=1'

test.each([
  ['login', 'https://idp.example/realm/login'],
  ['login?a=b', 'https://idp.example/realm/login?a=b'],
  ['/login', 'https://idp.example/login'],
  ['./login', 'https://idp.example/realm/login'],
  ['../login', 'https://idp.example/login'],
  ['../../../login?to=/../x', 'https://idp.example/login?to=/../x'],
  ['/a/./b/../c', 'https://idp.example/a/c'],
  ['/a/..', 'https://idp.example/'],
  ['?step=2', 'https://idp.example/realm/login?step=2'],
  ['', page],
  ['#form', `${page}#form`],
  ['//idp.example/x', 'https://idp.example/x'],
  ['https://idp.example/x', 'https://idp.example/x'],
  ['HTTPS://IDP.example', 'HTTPS://IDP.example'],
  ['a:b', undefined],
  ['//idp.example.evil.example/x', undefined],
  ['https://idp.example:8443/x', undefined],
  ['http://idp.example/x', undefined],
  ['https://idp.example@evil.example/x', undefined],
  ['https://evil.example\\@idp.example/x', undefined],
  ['javascript:alert(1)', undefined],
])('on a page of a server %j leads to %j', (reference, url) => {
  expect(resolvedWithin('https://idp.example/authorize', reference, page)).toBe(url)
})

test('a server whose address has no path has one at its root', () => {
  expect(resolvedWithin('https://idp.example', 'login', 'https://idp.example')).toBe('https://idp.example/login')
  expect(resolvedWithin('https://idp.example', '../a', 'https://idp.example?b/c')).toBe('https://idp.example/a')
})

test('what is asked of another server is held to that one', () => {
  expect(resolvedWithin('http://one.example/', '/a', 'http://one.example/')).toBe('http://one.example/a')
  expect(resolvedWithin('http://one.example.evil/', '/a', 'http://one.example.evil/')).toBe('http://one.example.evil/a')
  expect(resolvedWithin('ftp://one.example/', '/a', 'ftp://one.example/')).toBeUndefined()
  expect(resolvedWithin('http://one.example/', 'a', 'http://one.example.evil/')).toBeUndefined()
  expect(resolvedWithin('http://one.example/', 'a', 'ftp://one.example/')).toBeUndefined()
  expect(resolvedWithin('http://one.example/', 'a', 'http://ONE.example/b')).toBe('http://ONE.example/a')
})

test('references lead where a browser takes them', () => {
  const segments = array(constantFrom('a', 'bc', '..', '.', 'd.e', '', '...'), { maxLength: 5 })
  const query = option(constantFrom('x=1', 'x=/../y?z', 'to=https://idp.example/'), { nil: undefined })
  const written = tuple(constantFrom('', '/'), segments, query).map(
    ([slash, path, rest]) => slash + path.join('/') + (rest === undefined ? '' : `?${rest}`),
  )
  const base = tuple(array(constantFrom('a', 'b.c'), { maxLength: 3 }), query).map(
    ([path, rest]) => `https://idp.example/${path.join('/')}${rest === undefined ? '' : `?${rest}`}`,
  )
  assert(
    property(written, base, (reference, from) => {
      const url = URL.canParse(reference, from) ? new URL(reference, from) : undefined
      expect(resolvedWithin('https://idp.example/', reference, from)).toBe(
        url?.origin === 'https://idp.example' ? url.href : undefined,
      )
    }),
    { numRuns: 2000 },
  )
})

describe('the origin of a URL', () => {
  test.each([
    ['https://IDP.example:443/a', 'https://idp.example:443'],
    ['http://[::1]:80?a', 'http://[::1]:80'],
    ['https://a.example', 'https://a.example'],
    ['https://a@b.example/', undefined],
    ['https://a.example\\b', undefined],
    ['//a.example/', undefined],
    ['urn:a', undefined],
  ])('of %j is %j', (url, origin) => {
    expect(originOf(url)).toBe(origin)
  })
})
