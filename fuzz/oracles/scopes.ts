import type { Requirement } from '../../core/spec/document.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
import { bringsToken, isCrash } from './answers.ts'

/**
 * The scope that an answer grants has nothing that is not allowed. Where it names none it grants what was asked for (RFC
 * 6749 §5.1), and where that was malformed nobody can say what it is.
 */
export function expectScopeWithin(
  expect: Expect,
  answer: HttpResponse,
  allowed: ReadonlySet<string>,
  about: Requirement,
): void {
  const { scope } = objectOf(answer) ?? {}
  const wider =
    bringsToken(answer) && typeof scope === 'string'
      ? scope.split(' ').filter((one) => one !== '' && !allowed.has(one))
      : []
  const expected = 'a refusal, or no more than is allowed'
  expect.that(
    wider.length === 0,
    { violation: 'accepted', expected, actual: `the scope ${JSON.stringify(wider.join(' '))} too` },
    about,
  )
  expect.that(!isCrash(answer), { violation: 'crashed', expected, actual: describeAnswer(answer) }, about)
}
