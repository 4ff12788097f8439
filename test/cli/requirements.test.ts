import { expect, test } from 'vitest'
import { coverageOf } from '../../cli/requirements.ts'
import { about, document, rfc } from '../../core/spec/document.ts'
import type { Unit } from '../../core/unit.ts'
import type { NonEmpty } from '../../core/verdict.ts'
import type { Requirement } from '../../core/spec/document.ts'
import { execute } from '../../cli/program.ts'
import { say, screen } from './screen.ts'

const small = document('small', 'A Small Document', rfc(1), {
  once: ['1', 'MUST', 'does it once'],
  twice: ['1.1', 'SHOULD', 'does it twice'],
  inside: ['2', 'MUST', 'thinks of it', { unobservable: 'nobody sees it' }],
  seen: ['2.1', 'MAY', 'shows it', { unobservable: 'it was thought so' }],
  open: ['3', 'STATES', 'does what nobody looks at'],
})
const other = document('other', 'Another Document', rfc(2), { all: ['1', 'MUST', 'does it all'] })

const unit = (id: string, ...proves: NonEmpty<Requirement>): Unit => ({
  id,
  kind: 'check',
  title: id,
  proves,
  needs: [],
})

const coverage = coverageOf(
  [small[about], other[about]],
  [unit('a', small.once), unit('b', small.twice, small.once), unit('c', small.seen)],
)

test('a row is proven, or nobody can see it, or it is a gap', () => {
  expect(coverage).toMatchObject([
    { id: 'small', title: 'A Small Document', rows: 5, proven: 3, unobservable: 1, gaps: 1 },
    { id: 'other', rows: 1, proven: 0, unobservable: 0, gaps: 1 },
  ])
})

test('a row names all that prove it', () => {
  expect(coverage[0]?.requirements.map(({ id, provenBy }) => [id, provenBy])).toEqual([
    ['small/once', ['a', 'b']],
    ['small/twice', ['b']],
    ['small/inside', []],
    ['small/seen', ['c']],
    ['small/open', []],
  ])
})

test('a document that has no table is told', async () => {
  const { exit, stderr } = await say(['requirements', '--document', 'rfc6748'])
  expect(stderr).toBe('error: there is no table for rfc6748\n  did you mean rfc6749?\n')
  expect(exit).toBe(3)
})

test('rows fit on a terminal, and are whole in a pipe', async () => {
  const args = ['requirements', '--document', 'oidc-core']
  const lengths = async (...where: Parameters<typeof screen>) => {
    const out = screen(...where)
    await execute(args, { out, error: screen(), environment: { NO_COLOR: '1' } })
    return out
      .text()
      .split('\n')
      .map((line) => line.length)
  }
  expect(Math.max(...(await lengths()))).toBeGreaterThan(80)
  expect(Math.max(...(await lengths(60, true)))).toBeLessThanOrEqual(60)
})
