import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { encodeForm, withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'

const formType = ['content-type', 'application/x-www-form-urlencoded'] as const

/** A token is asked for by POST: what comes by GET stays in logs and histories. */
export const getRequestBringsNoToken = check({
  proves: [rfc6749.tokenPostOnly],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',

  async run({ client, expect }) {
    const { headers } = await client.authentication()
    const url = withQuery(client.endpoint('token_endpoint'), { grant_type: 'client_credentials' })

    expectNoToken(expect, await client.send({ method: 'GET', url, headers }))
  },
})

/** Nor by any other method that has a body. */
export const putRequestBringsNoToken = check({
  proves: [rfc6749.tokenPostOnly],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',

  async run({ client, expect }) {
    const { headers } = await client.authentication()
    const url = client.endpoint('token_endpoint')
    const body = encodeForm({ grant_type: 'client_credentials' })

    expectNoToken(expect, await client.send({ method: 'PUT', url, headers: [formType, ...headers], body }))
  },
})

/** What parameters are called, and what they say, has its case. */
export const parametersHaveTheirCase = check({
  proves: [rfc6749.paramsCaseSensitive],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    client.tokensOf(await client.clientCredentials())

    for (const other of [
      { grant_type: 'CLIENT_CREDENTIALS' },
      { grant_type: undefined, Grant_Type: 'client_credentials' },
    ]) {
      expect.response(await client.clientCredentials(other)).toBeRefused()
    }
  },
})

/** A client that cannot authenticate says at least who it is, lest it take the code of another for its own. */
export const unnamedClientGetsNoToken = check({
  proves: [rfc6749.publicClientNamed],
  needs: ['authorization_code', 'public_client'],
  as: 'none',

  async run({ client, expect }) {
    const code = await client.authorize()

    expect.response(await client.redeem(code, {}, { auth: 'nothing at all' })).toBeRefused()
  },
})

/** Who shows credentials is authenticated by them, whatever else is right about the request. */
export const codeNeedsRightCredentials = check({
  proves: [rfc6749.codeClientAuthenticated],
  needs: ['authorization_code', 'client_secret_post'],
  as: 'client_secret_post',

  async run({ client, expect }) {
    for (const client_secret of [`${client.secret}x`, 'wrong']) {
      expect.response(await client.redeem(await client.authorize(), { client_secret })).toBeRefused()
    }
  },
})

/** What else is answered to such a request is for HTTP to say: that it is not allowed, or what this place is for. */
const expectNoToken = (expect: Expect, answer: HttpResponse) =>
  expect.that(objectOf(answer)?.['access_token'] === undefined, {
    violation: 'accepted',
    expected: 'no token',
    actual: describeAnswer(answer),
  })
