import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { basicCredentials } from '../../core/wire/basic.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import { base64, type ProtocolClient } from '../../harness/client/protocol-client.ts'
import { property } from '../../harness/property.ts'
import { type BasicForgery, basicForgery, basicHeader, basicSpelling, leniently } from '../generators/basic.ts'
import { applied } from '../generators/edit.ts'
import { nearMiss } from '../generators/near-miss.ts'
import { expectNoToken, expectToken } from '../oracles/answers.ts'

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

/** Wrong credentials in the Authorization header authenticate nobody, and neither does what is no header any more. */
export const forgedHeaderIsDenied = property({
  proves: [rfc6749.clientAuthenticated],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',
  inputs: () => basicForgery,

  async holds(forgery, { client, expect }) {
    const right = basicCredentials(client.account.client_id, client.secret, base64)
    const header = forged(forgery, client, right)
    // HTTP knows no header with other characters, and a reader that forgives what is around the credentials may.
    if (!/^[\x21-\x7E][\x20-\x7E]*$/.test(header) || leniently(header) === leniently(right)) return

    expectNoToken(expect, await withHeader(client, header), rfc6749.clientAuthenticated)
  },
})

/** A wrong secret in the form authenticates nobody. */
export const forgedSecretIsDenied = property({
  proves: [rfc6749.clientAuthenticated],
  needs: ['client_credentials', 'client_secret_post'],
  as: 'client_secret_post',
  inputs: () => nearMiss,

  async holds(edits, { client, expect }) {
    const secret = applied(edits, client.secret)
    if (secret === client.secret) return

    expectNoToken(expect, await client.clientCredentials({ client_secret: secret }), rfc6749.clientAuthenticated)
  },
})

const forged = (forgery: BasicForgery, client: ProtocolClient, right: string) =>
  'header' in forgery
    ? applied(forgery.header, right)
    : basicHeader(client.account.client_id, applied(forgery.secret, client.secret), forgery.spelling)

const withHeader = async (client: ProtocolClient, header: string): Promise<HttpResponse> =>
  await client.clientCredentials({}, { auth: 'nothing at all', headers: [['authorization', header]] })
