import { describe, expect, test } from 'vitest'
import type { HttpResponse } from '../../../harness/client/http.ts'
import { answerLog, kindOf } from '../../../harness/runner/answers.ts'

const request = { method: 'POST', url: 'http://127.0.0.1:8080/token' }

const answer = (status: number, body: unknown, headers: HttpResponse['headers'] = []): HttpResponse => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  truncated: false,
  url: request.url,
})

const redirect = (location: string) => answer(303, '', [['location', location]])

describe('two answers are of one kind', () => {
  test.each([
    ['with other values in the same members', answer(200, { access_token: 'a' }), answer(200, { access_token: 'b' })],
    [
      'with other parameters of the same names',
      redirect('https://rp.example/cb?code=1'),
      redirect('https://rp.example/cb?code=2'),
    ],
    [
      'at places that differ by an identifier',
      redirect('/login/0123456789abcdef'),
      redirect('/login/fedcba9876543210'),
    ],
  ])('%s', (_, one, other) => expect(kindOf(one)).toBe(kindOf(other)))
})

describe('two answers differ in kind', () => {
  test.each([
    ['by status', answer(400, { error: 'x' }), answer(401, { error: 'x' })],
    ['by error', answer(400, { error: 'invalid_grant' }), answer(400, { error: 'invalid_request' })],
    ['by members', answer(200, { active: false }), answer(200, { active: false, sub: 'x' })],
    [
      'by the error of a redirect',
      redirect('https://rp.example/cb?error=a'),
      redirect('https://rp.example/cb?error=b'),
    ],
    ['by where they redirect', redirect('https://rp.example/cb'), redirect('https://rp.example/other')],
    ['by the heading of a page', answer(400, '<h1>Unknown client</h1>'), answer(400, '<h1>Unknown address</h1>')],
    ['by not being there', answer(500, ''), undefined],
  ])('%s', (_, one, other) => expect(kindOf(one)).not.toBe(kindOf(other)))
})

test('a log counts requests and kinds', () => {
  const log = answerLog()
  log.hear(request, answer(400, { error: 'invalid_grant' }), 1)
  log.hear(request, answer(400, { error: 'invalid_grant' }), 2)
  log.hear(request, answer(400, { error: 'invalid_grant' }), 2000)
  log.hear(request, undefined, 1)
  expect({ requests: log.requests, kinds: log.kinds }).toEqual({ requests: 4, kinds: 3 })
})
