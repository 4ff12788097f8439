import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { Redactor } from '../../../core/redact.ts'
import { curlOf } from '../../../harness/reports/curl.ts'

const answer = { status: 200, headers: [], body: '', truncated: false, url: '' }

const exchangeOf = (url: string, headers: readonly (readonly [string, string])[], body?: string) =>
  new Redactor().exchange(
    { method: body === undefined ? 'GET' : 'POST', url, headers, ...(body !== undefined && { body }) },
    answer,
    1,
  )

/** The words that a shell makes of a command. */
const wordsOf = (command: string): readonly string[] =>
  spawnSync('bash', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
    .stdout.split('\0')
    .slice(0, -1)

describe('a request as a command', () => {
  test('says what was sent, and leaves to curl what curl does itself', () => {
    const exchange = exchangeOf(
      'http://127.0.0.1:8080/token',
      [
        ['Host', 'x'],
        ['accept', 'application/json'],
      ],
      'a=1&b=2',
    )
    expect(curlOf([exchange])).toBe(
      "curl --include --path-as-is --globoff --request POST --header 'accept: application/json' --data-raw 'a=1&b=2' http://127.0.0.1:8080/token",
    )
  })

  test('is none where not all of the request was kept, or nothing was sent', () => {
    const [whole, long] = ['a=1', `a=${'1'.repeat(100_000)}`].map((body) => exchangeOf('http://127.0.0.1/x', [], body))
    expect(long?.request.leftOut).toBeGreaterThan(0)
    expect(curlOf([long, whole].flatMap((one) => one ?? []))).toBe(curlOf(whole === undefined ? [] : [whole]))
    expect(curlOf([whole, long].flatMap((one) => one ?? []))).toBeUndefined()
    expect(curlOf([])).toBeUndefined()
  })

  test.each([
    `it's`,
    '$(touch /tmp/x) `id` "quoted" \\ !',
    'two\nlines',
    '\u202Eright to left',
    '\u001b[31m',
    '@file',
    '',
  ])('keeps %j from the shell', (text) => {
    const words = wordsOf(curlOf([exchangeOf('http://127.0.0.1/x', [['x-text', text]])]) ?? '')
    expect(words).toContain(`x-text: ${text}`)
    expect(curlOf([exchangeOf('http://127.0.0.1/x', [['x-text', text]])])).toMatch(/^[\x20-\x7E]+$/)
  })
})
