import { describe, expect, test } from 'vitest'
import { exceptionPattern, metricOf } from '../../core/load-metrics.ts'
import { stories } from '../../scenarios/stories.ts'

describe('metrics', () => {
  const names = Object.entries(stories).flatMap(([story, { invariants }]) =>
    ['failed', ...Object.keys(invariants)].map((what) => metricOf(story, what)),
  )

  test('have names that k6 takes', () => {
    // As k6 checks them: letters, digits and underscores, 128 at most, and no digit first.
    for (const name of names) expect(name).toMatch(/^[a-zA-Z_]\w{0,127}$/)
  })

  test('are told apart', () => {
    expect(new Set(names).size).toBe(names.length)
  })

  test('are named after what they measure', () => {
    expect(metricOf('client-credentials', 'no answer may be stored')).toBe(
      'assay_client_credentials_no_answer_may_be_stored',
    )
  })
})

test('the line of an iteration that threw is told from others, and says what was thrown', () => {
  expect(exceptionPattern.exec('assay-exception refresh: TypeError: x')?.[1]).toBe('refresh: TypeError: x')
  expect(exceptionPattern.exec('an exception')).toBeNull()
})
