import { expect, test } from 'vitest'
import { severityOf } from '../../core/severity.ts'

test('a fault weighs by what comes of it', () => {
  expect(severityOf({ level: 'MUST' }, 'accepted').rank).toBe('high')
  expect(severityOf({ level: 'MUST NOT' }, 'redirected').rank).toBe('high')
  expect(severityOf({ level: 'STATES' }, 'crashed').rank).toBe('medium')
  expect(severityOf({ level: 'MUST' }, 'wrong-error').rank).toBe('low')
})

test('against what is only recommended it weighs less, and says so', () => {
  expect(severityOf({ level: 'SHOULD' }, 'accepted')).toEqual({
    rank: 'medium',
    because: 'what has to be refused gets through, which the document advises against',
  })
  expect(severityOf({ level: 'SHOULD NOT' }, 'wrong-error').rank).toBe('low')
})
