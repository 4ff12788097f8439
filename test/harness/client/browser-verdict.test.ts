import { afterAll, describe, expect, test } from 'vitest'
import { browserDestination, browserVerdict } from '../../../harness/client/browser-verdict.ts'
import { serve } from '../target/serve.ts'

const verdict = browserVerdict()
const from = 'http://127.0.0.1:8080/authorize?client_id=x#fragment'

afterAll(async () => await verdict.close())

describe('a Location', () => {
  test.each([
    ['https://rp.example/callback?code=x#y', 'https://rp.example/callback?code=x#y'],
    ['https://rp.example\\@attacker.example', 'https://rp.example/@attacker.example'],
    ['https://rp.example@attacker.example', 'https://rp.example@attacker.example/'],
    ['//attacker.example', 'http://attacker.example/'],
    ['/\\attacker.example', 'http://attacker.example/'],
    ['ht\ttps://attacker.example/x', 'https://attacker.example/x'],
    ['https:attacker.example', 'https://attacker.example/'],
    ['https://2130706433/', 'https://127.0.0.1/'],
    ['https://rp.example/\u00FF', 'https://rp.example/%FF'],
    ['elsewhere', 'http://127.0.0.1:8080/elsewhere'],
  ])('%j leads to %s', async (location, to) => {
    expect(await verdict.follow(location, from)).toBe(to)
  })

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'com.example.app:/callback',
    'https://[::1',
    'https://x:65536/',
  ])('%j leads nowhere', async (location) => expect(await verdict.follow(location, from)).toBeUndefined())
})

test('an action is resolved and not taken', async () => {
  expect(
    await verdict.actions(['javascript:alert(1)', '//attacker.example/x', 'https://rp.exa\tmple', ''], from),
  ).toEqual([
    'javascript:alert(1)',
    'http://attacker.example/x',
    'https://rp.example/',
    'http://127.0.0.1:8080/authorize?client_id=x',
  ])
})

test('nothing is asked of anybody', async () => {
  let asked = 0
  await using server = await serve(() => (_, response) => {
    asked += 1
    response.end()
  })
  expect(await verdict.follow(`${server.origin}/callback`, `${server.origin}/authorize`)).toBe(
    `${server.origin}/callback`,
  )
  expect(asked).toBe(0)
})

test('questions at once are answered one after the other, each with its own answer', async () => {
  const places = Array.from({ length: 10 }, (_, at) => `https://rp${at}.example/`)
  expect(await Promise.all(places.map(async (place) => await verdict.follow(place, from)))).toEqual(places)
})

test('whoever asks once needs no browser of its own', async () => {
  expect(await browserDestination('location', '//attacker.example', from)).toBe('http://attacker.example/')
  expect(await browserDestination('location', 'javascript:alert(1)', from)).toBe('')
  expect(await browserDestination('action', '\\\\attacker.example', from)).toBe('http://attacker.example/')
})
