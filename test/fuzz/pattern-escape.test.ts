import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applied } from '../../fuzz/generators/edit.ts'
import { leaves, patternEscape } from '../../fuzz/generators/pattern-escape.ts'
import { type Pair, splice } from '../../fuzz/generators/splice.ts'

const folder = 'https://rp.example/apps/one/'

describe('a folder', () => {
  test.each([
    'callback',
    '',
    'a/../b',
    'a/..;/b',
    'a;x=1/b',
    '...',
    '..more/',
    '?next=/../',
    '#/../',
    '%63allback',
    'a/%2e%2e/b',
  ])('holds %s', (rest) => {
    expect(leaves(`${folder}${rest}`, folder)).toBe(false)
  })

  test.each([
    'https://rp.example/apps/one',
    'HTTPS://RP.example:443/apps/one/callback',
    'https://rp.example/%61pps/one/callback',
    'no URI',
  ])('is not left by %s', (uri) => {
    expect(leaves(uri, folder)).toBe(false)
  })

  test.each([
    '..',
    '../',
    '..;/',
    '..;x=1/more',
    '%2e%2e/',
    '.%2E;/',
    '..\\more',
    '..%2fmore',
    '..%5Cmore',
    'a/../../b',
    'a;x=1/..;/../b',
  ])('is left by %s', (rest) => {
    expect(leaves(`${folder}${rest}`, folder)).toBe(true)
  })

  test.each([
    'https://rp.example/apps/two/callback',
    'https://rp.example/apps/one;x=1/callback',
    'http://rp.example/apps/one/callback',
    'https://rp.example:8443/apps/one/callback',
    'https://someone@rp.example/apps/one/callback',
    'https://rp.example.attacker.example/apps/one/callback',
    'https://attacker.example/https://rp.example/apps/one/callback',
    'javascript://rp.example/apps/one/%0aalert(1)',
  ])('is left for %s', (uri) => {
    expect(leaves(uri, folder)).toBe(true)
  })
})

describe('escapes from a pattern', () => {
  test('all leave the folder, and climb out of it by a parameter among other ways', () => {
    const sent = fc.sample(patternEscape([`${folder}*`]), 500).map((escape) => escape.sent)
    for (const uri of sent) expect(leaves(uri, folder)).toBe(true)
    expect(sent.some((uri) => /\/\.\.;[^/]*\//.test(uri))).toBe(true)
    expect(sent.some((uri) => /%2f|%5c|\\/i.test(uri))).toBe(true)
    expect(sent.some((uri) => URL.canParse(uri) && new URL(uri).host !== 'rp.example')).toBe(true)
  })
})

describe('what is put together of two texts', () => {
  const pair: Pair = ['a1.b1.c1', 'a2.b2.c2']

  test('has any part of the one, and all others of the other', () => {
    const spliced = new Set(fc.sample(splice, 1000).map((edits) => applied<Pair>(edits, pair)[0]))
    for (const one of ['a2.b1.c1', 'a1.b2.c1', 'a1.b1.c2', 'a1.b2.c2', 'a2.b1.c2', 'a2.b2.c1'])
      expect(spliced).toContain(one)
  })

  test('has the head of the one and the tail of the other where they have no parts', () => {
    const spliced = new Set(fc.sample(splice, 500).map((edits) => applied<Pair>(edits, ['abcd', 'ABCD'])[0]))
    for (const one of ['aBCD', 'abCD', 'abcD']) expect(spliced).toContain(one)
  })
})
