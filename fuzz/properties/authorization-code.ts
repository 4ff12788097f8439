import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { property } from '../../harness/property.ts'
import { applied } from '../generators/edit.ts'
import { isOtherSpelling, nearMiss } from '../generators/near-miss.ts'
import { expectNoToken } from '../oracles/answers.ts'

/**
 * What is made of a code is not a code. That the right one still works is not asked for: a server may take a wrong guess
 * for an attack and drop it.
 */
export const forgedCodeIsDenied = property({
  proves: [rfc6749.codeValid],
  needs: ['authorization_code'],
  inputs: () => nearMiss,

  async holds(edits, { client, expect }) {
    const code = await client.authorize()
    const forged = applied(edits, code.value)
    if (isOtherSpelling(forged, code.value)) return

    expectNoToken(expect, await client.redeem(code, { code: forged }), rfc6749.codeValid)
  },
})
