import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { basicCredentials } from '../../core/wire/basic.ts'
import { encodeForm } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { base64, type ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { asRegistered } from '../registered-client.ts'

const unknownToken = 'no-server-ever-issued-this-token'

/** Whoever may not know of a token is told that it is inactive; to say that it is forbidden would tell that it is not. */
export const hiddenTokenIsInactive = check({
  proves: [rfc7662.hiddenTokenInactive],
  needs: ['authorization_code', 'introspection', 'second client'],

  async run({ client, other, expect }) {
    if (other.account.token_endpoint_auth_method === 'none')
      throw new Untestable('the second client of the target file is a public one')
    if ((await other.introspect(unknownToken)).status !== 200)
      throw new Inapplicable('the second client may not introspect at all')
    const { accessToken } = await client.grant()
    const answer = await other.introspect(accessToken)
    const { active } = objectOf(answer) ?? {}

    // Who may know of which token is for the server to say.
    expect.that(answer.status === 200 && typeof active === 'boolean', {
      violation: 'wrong-error',
      expected: 'active false, or active true where the client may know',
      actual: describeAnswer(answer),
    })
  },
})

/** A client that has just registered itself was authorized by nobody to learn about the tokens of others. */
export const selfRegisteredClientLearnsNothing = check({
  proves: [rfc7662.callersSelected],
  needs: ['authorization_code', 'introspection', 'registration', 'client_secret_basic'],

  async run({ client, expect, target }) {
    if (target.registration?.initial_access_token !== undefined)
      throw new Inapplicable('whoever issued the initial_access_token chose who registers, and for what')
    const { accessToken } = await client.grant()
    const answer = await asRegistered(
      client,
      { method: 'client_secret_basic' },
      async (registered) => await registered.introspect(accessToken),
    )
    if (answer === undefined) throw new Untestable('the server registers no client for client_secret_basic')

    expect.that(objectOf(answer)?.['active'] !== true, {
      violation: 'leaked',
      expected: 'a refusal, or active false',
      actual: `${describeAnswer(answer)} that describes the token of another client`,
    })
  },
})

/** Who fails to authenticate is told so by 401, whatever the token. */
export const wrongCredentialsAreRefused = check({
  proves: [rfc7662.badCredentialsRefused],
  needs: ['introspection', 'client_secret_basic'],
  as: 'client_secret_basic',

  async run({ client, expect }) {
    if ((await client.introspect(unknownToken)).status !== 200)
      throw new Inapplicable('the client may not introspect, or not by client_secret_basic')
    const wrong = basicCredentials(client.account.client_id, 'wrong', base64)

    expect.response(await introspectAs(client, unknownToken, wrong)).toHaveStatus(401)
  },
})

/** Who shows a token of no use for it is told so by 401 as well. */
export const wrongBearerIsRefused = check({
  proves: [rfc7662.badBearerRefused],
  needs: ['authorization_code', 'introspection'],

  async run({ client, expect }) {
    const methods = client.target.metadata['introspection_endpoint_auth_methods_supported']
    if (!Array.isArray(methods) || !methods.some((one) => /^bearer$/i.test(String(one))))
      throw new Inapplicable('the metadata does not let bearer tokens introspect')
    const { accessToken } = await client.grant()

    expect.response(await introspectAs(client, accessToken, `Bearer ${unknownToken}`)).toHaveStatus(401)
    const answer = await introspectAs(client, accessToken, `Bearer ${accessToken}`)
    // The person may have granted more than anybody asked for.
    if (answer.status !== 200) return expect.response(answer).toHaveStatus(401)
    expect.that(objectOf(answer)?.['active'] !== true, {
      violation: 'accepted',
      expected: 'a refusal of a token that is not meant for introspection',
      actual: 'a description of itself',
    })
  },
})

/** Introspection by whoever this Authorization header stands for. */
const introspectAs = async (client: ProtocolClient, token: string, authorization: string): Promise<HttpResponse> =>
  await client.send({
    method: 'POST',
    url: client.endpoint('introspection_endpoint'),
    headers: [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['accept', 'application/json'],
      ['authorization', authorization],
    ],
    body: encodeForm({ token }),
  })
