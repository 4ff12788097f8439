import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, headersOf, objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { webClient } from '../registering.ts'
import { altered } from '../token-text.ts'

const plain = webClient('https://rp.example/callback')

/** Whoever wants to register may. Where the target file gives a token, its server is closed on purpose. */
export const registrationIsOpen = check({
  proves: [rfc7591.openRegistration],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect, target }) {
    if (target.registration?.initial_access_token !== undefined)
      throw new Inapplicable('the target file gives an initial_access_token: registration is closed on purpose')
    const answer = await tried(client, undefined)

    expect.that(answer.status !== 401 && answer.status !== 403, {
      violation: 'refused',
      expected: 'a registration without a token',
      actual: describeAnswer(answer),
    })
  },
})

/** A token that is not the right one opens nothing, and is answered as bearer tokens are. */
export const badInitialTokenIsRefused = check({
  proves: [rfc7591.tokenErrorByType],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect, target }) {
    const unasked = await tried(client, undefined)
    if (unasked.status < 300) throw new Inapplicable('the server registers clients without an initial access token')
    const right = target.registration?.initial_access_token?.reveal()
    const wrong = ['no-such-token', ...(right === undefined ? [] : [altered(right), `${right}x`, right.slice(0, -1)])]
    for (const token of wrong) {
      const answer = await tried(client, token)
      const actual = describeAnswer(answer)
      expect.that(objectOf(answer)?.['client_id'] === undefined, {
        violation: 'accepted',
        expected: 'a refusal of the token',
        actual,
      })
      if (answer.status < 300) continue
      expect.response(answer).toHaveStatus(401)
      expect.that(
        headersOf(answer, 'www-authenticate').some((value) => /(?:^|,\s*)(?:bearer|dpop)\b/i.test(value)),
        { violation: 'missing-header', expected: 'WWW-Authenticate: Bearer', actual },
      )
    }
  },
})

async function tried(client: ProtocolClient, token: string | undefined): Promise<HttpResponse> {
  const answer = await client.register(plain, { token })
  await client.unregister(answer)
  return answer
}
