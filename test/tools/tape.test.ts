import { describe, expect, onTestFinished, test } from 'vitest'
import { turnsKept } from '../../core/tape.ts'
import { takenBy } from '../../tools/bench/taken.ts'
import { type Passage, recorder } from '../../tools/bench/tape.ts'
import { serve } from '../harness/target/serve.ts'

const asText = async (origin: string, path: string, init: RequestInit = {}) => {
  const answer = await fetch(origin + path, init)
  return `${answer.status} ${await answer.text()}`
}

const post = (body: string) => ({ method: 'POST', body })

test('what was recorded is played back to whoever asks the same, or the same place', async () => {
  let turn = 0
  const server = await serve(() => (request, response) => void response.writeHead(201).end(`${request.url} ${++turn}`))
  onTestFinished(server[Symbol.asyncDispose])
  const { origin, record, playBack, close } = await recorder()
  onTestFinished(close)
  const passages = record(Number(new URL(server.origin).port))
  for (const body of ['code=1', 'code=2', 'code=2']) await asText(origin, '/token', post(body))
  await asText(origin, '/keys?a=1')

  playBack({ passages, usual: passages.slice(1), perIteration: 2 })
  const asked = async (body: string) => await asText(origin, '/token', post(body))
  expect([await asked('code=2'), await asked('code=2'), await asked('code=2')]).toEqual([
    '201 /token 2',
    '201 /token 3',
    '201 /token 2',
  ])
  // What came once answers best for what nobody has asked.
  expect([await asked('code=3'), await asked('code=4')]).toEqual(['201 /token 1', '201 /token 1'])
  expect(await asText(origin, '/keys?a=2')).toBe('201 /keys?a=1 4')
  expect(await asText(origin, '/elsewhere')).toBe('404 ')

  expect(await asText(origin, '/0?xxx')).toBe('201 /token 2')
  const taped = { pathLength: 6, bodyLength: 6, headersLength: 0, taken: [] }
  expect(JSON.parse((await asText(origin, '/tape')).slice(4))).toEqual({
    turns: [
      [{ method: 'POST', ...taped }],
      [{ method: 'POST', ...taped }],
      [{ method: 'GET', ...taped, pathLength: 9, bodyLength: 0 }],
    ],
    perIteration: 2,
  })
})

test('whoever asks the same but for what it made by chance is answered the same, with its own state', async () => {
  let turn = 0
  const server = await serve(() => (request, response) => {
    const state = /state=[^&]*/.exec(request.url ?? '')?.[0]
    response.writeHead(303, { location: `https://rp.example/?code=${++turn}&${state}` }).end()
  })
  onTestFinished(server[Symbol.asyncDispose])
  const { origin, record, playBack, close } = await recorder()
  onTestFinished(close)
  const locationAt = async (url: string, cookie: string) =>
    (await fetch(origin + url, { redirect: 'manual', headers: { cookie } })).headers.get('location')
  const passages = record(Number(new URL(server.origin).port))
  for (const [state, cookie] of [
    ['a', 'of=alice'],
    ['b', 'of=bob'],
    ['c', 'of=bob'],
  ])
    await locationAt(`/authorize?client_id=app&state=${state}`, cookie ?? '')

  playBack({ passages, usual: passages, perIteration: 1 })
  const played = async (state: string, cookie: string) =>
    await locationAt(`/authorize?client_id=app&state=${state}`, cookie)
  expect(await played('$$', 'of=alice')).toBe('https://rp.example/?code=1&state=$$')
  expect(await played('y', 'of=bob')).toBe('https://rp.example/?code=2&state=y')
  expect(await played('z', 'of=bob')).toBe('https://rp.example/?code=3&state=z')
})

/** One request and its answer. */
const passage = (
  turn: number,
  asked: { readonly url: string; readonly body?: string },
  answer: { readonly location?: string; readonly body?: string } = {},
): Passage => ({
  turn,
  asked: { method: 'POST', authorization: '', cookie: '', body: '', ...asked },
  headersLength: 0,
  status: 200,
  headers: answer.location === undefined ? [] : ['Content-Length', '0', 'Location', answer.location],
  body: Buffer.from(answer.body ?? ''),
})

describe('what a request takes from answers', () => {
  const [code, token, other] = ['a-code-made-by-chance', 'a-token-made-by-chance', 'another-token-made-by-chance']
  const turns = [
    [passage(1, { url: '/authorize' }, { location: `https://rp.example/?code=${code}&state=short` })],
    [
      passage(2, { url: '/token', body: `code=${code}` }, { body: `{"token_type":"Bearer","token":"${token}"}` }),
      passage(2, { url: '/token' }, { body: `["","${other}"]` }),
    ],
  ]

  test.each<readonly [string, Passage, unknown]>([
    [
      'a redirect',
      passage(3, { url: '/', body: `code=${code}` }),
      [{ turnsBefore: 2, at: 0, from: 'location', behind: '=', length: code.length, into: 'body' }],
    ],
    [
      'a page',
      passage(3, { url: `/?t=${token}` }),
      [{ turnsBefore: 1, at: 0, from: 'body', behind: 'n":"', length: token.length, into: 'path' }],
    ],
    [
      'another one of a turn',
      passage(3, { url: '/', body: other }),
      [{ turnsBefore: 1, at: 1, from: 'body', behind: ',"', length: other.length, into: 'body' }],
    ],
    ['nowhere', passage(3, { url: `/?state=short&nonce=made-by-the-client-itself`, body: '' }), []],
  ])('stands in %s', (_, request, taken) => {
    expect(takenBy(request, turns)).toEqual(taken)
  })

  test('stands in the latest of them', () => {
    const [again] = takenBy(passage(4, { url: '/', body: token }), [
      ...turns,
      [passage(3, { url: '/' }, { body: `x ${token}` })],
    ])
    expect(again).toMatchObject({ turnsBefore: 1, from: 'body', behind: ' ' })
  })

  test('is what an answer was the first to tell, whoever repeats it', () => {
    const registered = [
      passage(1, { url: '/clients', body: 'client_secret_basic' }, { body: `["client_secret_basic","${code}"]` }),
    ]
    const read = [passage(2, { url: `/clients/${code}` }, { body: `client_id=${code}` })]
    const [taken, ...more] = takenBy(passage(3, { url: `/clients/${code}`, body: 'client_secret_basic' }), [
      registered,
      read,
    ])
    expect([taken, more]).toMatchObject([{ turnsBefore: 2, into: 'path' }, []])
  })

  test('is not looked for in what was long ago, or cannot be told apart', () => {
    const since = Array.from({ length: turnsKept }, (_, at) => [passage(4 + at, { url: '/' })])
    expect(takenBy(passage(99, { url: '/', body: code }), [...turns, ...since])).toEqual([])
    expect(takenBy(passage(3, { url: '/', body: code }), [[passage(1, { url: '/' }, { body: code })]])).toEqual([])
  })
})
