import { expect, test } from 'vitest'
import { isOutOfSight, watchedRules } from '../../cli/matrix-sight.ts'
import { createServer } from '../../reference-server/server.ts'

test('a server whose rules are watched does as the right one, and it is known which it was asked for', async () => {
  const { swap, asked } = watchedRules()
  const options = { origin: 'http://127.0.0.1:1' }
  const [watched, right] = await Promise.all([createServer({ ...options, swap }), createServer(options)])
  const url = `${options.origin}/authorize`

  expect(asked).not.toContain('authorizingClientIsKnown')
  const answers = await Promise.all(
    [watched, right].map(async (one) => await (await one.fetch(new Request(url))).text()),
  )
  expect(answers[0]).toBe(answers[1])
  expect(asked).toContain('authorizingClientIsKnown')
  expect(asked).not.toContain('codeIsKnown')
})

test('a dialect is out of sight where all that it does otherwise is done by rules that nobody comes to', () => {
  const swap = { redirectStatus: () => 302 }
  expect(isOutOfSight({ swap }, new Set(['codeIsKnown']))).toBe(true)
  expect(isOutOfSight({ swap }, new Set(['redirectStatus']))).toBe(false)
  expect(isOutOfSight({ swap, config: {} }, new Set())).toBe(false)
  expect(isOutOfSight({ swap, claims: [] }, new Set())).toBe(false)
  expect(isOutOfSight({ swap, transport: {} }, new Set())).toBe(false)
})
