import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { basicCredentials } from '../../core/wire/basic.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import { base64, type ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import {
  type BasicForgery,
  basicForgery,
  basicHeader,
  basicSpelling,
  headerOfPair,
  leniently,
} from '../generators/basic.ts'
import { applied } from '../generators/edit.ts'
import { nearMissOr } from '../generators/near-miss.ts'
import { expectNoToken, expectToken, isCrash } from '../oracles/answers.ts'

/** Right credentials work in every spelling that HTTP and form encoding have for them. */
export const rightCredentialsWorkInEverySpelling = property({
  proves: [rfc6749.basicSupported, rfc6749.basicFormEncoded],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',
  inputs: () => basicSpelling,

  async holds(spelling, { client, expect }) {
    const header = basicHeader(client.account.client_id, client.secret, spelling)

    const answer = await withHeader(client, header)
    for (const about of [rfc6749.basicSupported, rfc6749.basicFormEncoded]) expectToken(expect, answer, about)
  },
})

/** Where the metadata list another way of using a password alone, HTTP Basic is there beside it all the same. */
export const passwordWorksByBasicToo = property({
  proves: [rfc6749.basicSupported],
  needs: ['client_credentials', 'client_secret_post'],
  as: 'client_secret_post',
  async arrange({ target }) {
    // A client that is registered for the one method need not be let in by the other where both are listed.
    if (target.capabilities.has('client_secret_basic')) throw new Inapplicable('the metadata lists client_secret_basic')
  },
  inputs: () => basicSpelling,

  async holds(spelling, { client, expect }) {
    const header = basicHeader(client.account.client_id, client.secret, spelling)

    expectToken(expect, await withHeader(client, header), rfc6749.basicSupported)
  },
})

/** Wrong credentials in the Authorization header authenticate nobody, and neither does what is no header any more. */
export const forgedHeaderIsDenied = property({
  proves: [rfc6749.clientAuthenticated],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',
  inputs: () => basicForgery,

  async holds(forgery, { client, expect }) {
    if ('nothing' in forgery) {
      const named = forgery.nothing === 'at all' ? {} : { client_id: client.account.client_id }
      const answer = await client.clientCredentials(named, { auth: 'nothing at all' })
      return expectNoToken(expect, answer, rfc6749.clientAuthenticated)
    }
    const right = basicCredentials(client.account.client_id, client.secret, base64)
    const header = forged(forgery, client, right)
    // HTTP knows no header with other characters.
    if (!/^[\x21-\x7E][\t\x20-\x7E]*$/.test(header)) return
    const answer = await withHeader(client, header)

    // A reader that forgives what is around the right credentials may.
    const isForgivable = 'around' in forgery || leniently(header) === leniently(right)
    if (!isForgivable) return expectNoToken(expect, answer, rfc6749.clientAuthenticated)
    const breach = { violation: 'crashed', expected: 'a token or a refusal', actual: describeAnswer(answer) } as const
    expect.that(!isCrash(answer), breach, rfc6749.clientAuthenticated)
  },
})

/** A wrong secret in the form authenticates nobody. */
export const forgedSecretIsDenied = property({
  proves: [rfc6749.clientAuthenticated],
  needs: ['client_credentials', 'client_secret_post'],
  as: 'client_secret_post',
  inputs: () => nearMissOr('the secret of another client'),

  async holds(input, { client, other, expect }) {
    const secret = 'edits' in input ? applied(input.edits, client.secret) : other.account.client_secret?.reveal()
    if (secret === undefined || secret === client.secret) return

    expectNoToken(expect, await client.clientCredentials({ client_secret: secret }), rfc6749.clientAuthenticated)
  },
})

function forged(forgery: Exclude<BasicForgery, { readonly nothing: string }>, client: ProtocolClient, right: string) {
  if ('header' in forgery) return applied(forgery.header, right)
  if ('around' in forgery) return applied(forgery.around, right)
  const id = client.account.client_id
  return 'pair' in forgery
    ? headerOfPair(id, client.secret, forgery.pair)
    : basicHeader(id, applied(forgery.secret, client.secret), forgery.spelling)
}

const withHeader = async (client: ProtocolClient, header: string): Promise<HttpResponse> =>
  await client.clientCredentials({}, { auth: 'nothing at all', headers: [['authorization', header]] })
