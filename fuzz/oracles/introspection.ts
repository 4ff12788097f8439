import type { Requirement } from '../../core/spec/document.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import type { Expect } from '../../harness/expect.ts'

/** What is of no use is not called active. */
export function expectNotActive(expect: Expect, answer: HttpResponse, about: Requirement): void {
  const isActive = objectOf(answer)?.['active'] === true
  expect.that(!isActive, { violation: 'accepted', expected: 'active false', actual: 'active true' }, about)
}

/** Of what is not active nothing more is told. */
export function expectNothingTold(expect: Expect, answer: HttpResponse): void {
  const { active, ...more } = objectOf(answer) ?? {}
  expect.that(
    active !== false || Object.keys(more).length === 0,
    { violation: 'leaked', expected: 'active and nothing else', actual: `also ${Object.keys(more).join(', ')}` },
    rfc7662.inactiveSaysNothing,
  )
}
