import { expect, onTestFinished, test } from 'vitest'
import { recorder } from '../../tools/bench/tape.ts'
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
  expect(JSON.parse((await asText(origin, '/tape')).slice(4))).toEqual({
    turns: [[['POST', 6, 6, 0]], [['POST', 6, 6, 0]], [['GET', 9, 0, 0]]],
    perIteration: 2,
  })
})
