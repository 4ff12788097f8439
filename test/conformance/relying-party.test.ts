import * as openid from 'openid-client'
import { expect, test } from 'vitest'
import { completes } from '../../conformance/relying-party.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { Untestable } from '../../harness/error.ts'
import { expectFor } from '../../harness/expect.ts'
import type { Breach } from '../../harness/breach.ts'

/** What becomes of a step that ends so, and what was noted of the server meanwhile. */
async function after(error: Error) {
  const breaches: Breach[] = []
  const verbs = expectFor([rfc6749.tokenResponse], (breach) => breaches.push(breach))
  try {
    await completes(verbs, rfc6749.tokenResponse, async () => {
      throw error
    })
    return { breaches }
  } catch (thrown) {
    return { thrown, breaches }
  }
}

test('an answer that openid-client comes to grief on is nobody’s fault, and cannot be judged', async () => {
  const cause = new RangeError('Maximum call stack size exceeded')
  const { thrown, breaches } = await after(new openid.ClientError('something went wrong', { cause }))
  expect(thrown).toBeInstanceOf(Untestable)
  expect(thrown).toHaveProperty('message', expect.stringContaining('Maximum call stack size exceeded'))
  expect(breaches).toEqual([])
})

test('a mistake of ours stays one', async () => {
  const mistake = new TypeError('"config" must be an instance of Configuration')
  expect(await after(mistake)).toEqual({ thrown: mistake, breaches: [] })
})
