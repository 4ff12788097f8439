import { expect, test } from 'vitest'
import { Redactor } from '../../../core/redact.ts'
import { bare, sizeOf } from '../../../core/redaction/keeping.ts'

const exchangeWith = (body: string, headers: readonly (readonly [string, string])[] = []) =>
  new Redactor().exchange(
    { method: 'POST', url: 'https://issuer.example/token', headers: [], body: 'grant_type=x' },
    { status: 200, headers, body, truncated: false },
    1,
  )

test('a body that somebody could read is kept whole', () => {
  const { request, response } = exchangeWith('x'.repeat(16_384), [['a', 'b']])

  expect(response).toEqual({ status: 200, headers: [['a', 'b']], body: 'x'.repeat(16_384), truncated: false })
  expect(request).not.toHaveProperty('leftOut')
})

test('of a longer one as much is kept, and the rest is counted', () => {
  const { response } = exchangeWith('x'.repeat(1_000_000))

  expect(response?.body).toBe('x'.repeat(16_384))
  expect(response?.leftOut).toBe(1_000_000 - 16_384)
})

test('headers are kept whole or not at all', () => {
  const { response } = exchangeWith('', [
    ['a', 'x'.repeat(10_000)],
    ['b', 'y'.repeat(10_000)],
    ['c', 'z'],
  ])

  expect(response?.headers.map(([name]) => name)).toEqual(['a'])
  expect(response?.leftOut).toBe(10_003)
})

test('a secret that stands where a body is cut leaves no half behind', () => {
  const secret = 'hunter2hunter2hunter2'
  const { response } = exchangeWith(`${'x'.repeat(16_380)}${secret} {"access_token":"${secret}"}`)

  expect(response?.body).not.toContain(secret.slice(0, 4))
})

test('a secret is known from what is not kept', () => {
  const redactor = new Redactor()
  const body = `{"padding":"${'x'.repeat(20_000)}","access_token":"a-token-of-the-end"}`
  redactor.exchange(
    { method: 'GET', url: 'https://a.example/', headers: [] },
    { status: 200, headers: [], body, truncated: false },
    1,
  )

  expect(redactor.redact('it was a-token-of-the-end')).toBe('it was [access_token 1]')
})

test('a bare exchange says what was asked and what became of it', () => {
  const exchange = exchangeWith('x'.repeat(20_000), [['a', 'b']])

  expect(bare(exchange)).toEqual({
    request: { method: 'POST', url: 'https://issuer.example/token', headers: [], body: '', leftOut: 12 },
    response: { status: 200, headers: [], body: '', truncated: false, leftOut: 20_002 },
    milliseconds: 1,
  })
  expect(sizeOf(bare(exchange))).toBe('https://issuer.example/token'.length)
})
