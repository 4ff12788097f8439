import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { newCookies } from '../../../harness/client/cookies.ts'
import type { HttpResponse } from '../../../harness/client/http.ts'

const answerWith = (url: string, ...cookies: readonly string[]): HttpResponse => ({
  status: 200,
  headers: cookies.map((cookie) => ['set-cookie', cookie] as const),
  body: '',
  truncated: false,
  url,
})

test('a cookie that is in use outlives those that sign-ins leave behind', async () => {
  const origin = 'http://127.0.0.1:8080'
  const cookies = newCookies()
  await cookies.keep(answerWith(`${origin}/`, 'session=kept; path=/'))
  for (let interaction = 0; interaction < 300; interaction++) {
    const url = `${origin}/interaction/${interaction}`
    await cookies.keep(answerWith(url, `interaction=${interaction}; path=/interaction/${interaction}`))
    // Use is told in milliseconds.
    if (interaction % 60 === 0) await delay(2)
    expect(await cookies.headerFor(url)).toContain('session=kept')
  }
  expect(await cookies.headerFor(`${origin}/interaction/0`)).toBe('session=kept')
})
