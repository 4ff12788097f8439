import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { encodeForm, withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { headersOf, type HttpResponse } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'

const needs = ['authorization_code', 'userinfo', 'openid'] as const

/** The scheme of the header has no case, and what stands between it and the token is one space or more. */
export const everySpellingOfTheHeaderIsRead = check({
  proves: [rfc6750.headerSyntax],
  needs,

  async run({ client, expect }) {
    const accessToken = await tokenThatOpens(client)

    for (const lead of ['bearer ', 'BEARER ', 'Bearer  ']) {
      const answer = await client.userinfo(undefined, { headers: [['authorization', `${lead}${accessToken}`]] })
      expect.that(answer.status === 200, {
        violation: 'refused',
        expected: `status 200 for ${JSON.stringify(lead)} before the token`,
        actual: describeAnswer(answer),
      })
    }
  },
})

/** A token counts in a form: in no other body, and in none of a request that has none. */
export const tokenInAnotherBodyIsIgnored = check({
  proves: [rfc6750.formConditions],
  needs,

  async run({ client, expect }) {
    const accessToken = await tokenThatOpens(client)
    const form = encodeForm({ access_token: accessToken })
    const bodies = [
      ['application/json', JSON.stringify({ access_token: accessToken })],
      ['text/plain', form],
      ['multipart/form-data; boundary=x', multipart(accessToken)],
    ] as const

    for (const [type, body] of bodies) {
      const answer = await posted(client, body, type)
      expect.that(answer.status !== 200, {
        violation: 'accepted',
        expected: `a refusal of a token in ${type}`,
        actual: describeAnswer(answer),
      })
    }
  },
})

/** A token that comes in two ways is refused where each of them would do. */
export const tokenInTwoWaysIsRefused = check({
  proves: [rfc6750.invalidRequest],
  needs,

  async run({ client, expect }) {
    const accessToken = await tokenThatOpens(client)
    const form = encodeForm({ access_token: accessToken })
    const inForm = await posted(client, form)
    if (inForm.status !== 200) throw new Inapplicable('the server takes no token from a form')

    const header = [['authorization', `Bearer ${accessToken}`]] as const
    for (const answer of [await posted(client, form, formType, header), await posted(client, `${form}&${form}`)]) {
      expect.response(answer).toHaveStatus(400)
      expect
        .response(answer)
        .toHaveHeader('www-authenticate', /\berror\s*=\s*"?invalid_request\b/i, 'error="invalid_request"')
    }
  },
})

/** What is answered to a token in the URI is for nobody else: no shared cache may keep it under that URI. */
export const answerToATokenInTheUriIsPrivate = check({
  proves: [rfc6750.queryAnswerPrivate],
  needs,

  async run({ client, expect }) {
    const accessToken = await tokenThatOpens(client)
    const url = withQuery(client.endpoint('userinfo_endpoint'), { access_token: accessToken })
    const answer = await client.send({ method: 'GET', url })
    if (answer.status >= 300) throw new Inapplicable('the server takes no token from the URI')

    const caching = headersOf(answer, 'cache-control').join(', ')
    // Who may not store it at all may not share it.
    expect.that(/(?:^|[\s,])(?:private|no-store)(?:$|[\s,])/i.test(caching), {
      violation: caching === '' ? 'missing-header' : 'wrong-header',
      expected: 'cache-control: private',
      actual: caching === '' ? 'no cache-control' : `cache-control: ${caching}`,
    })
  },
})

/** A token that userinfo takes from the header, so that whatever is refused is refused for how it comes. */
async function tokenThatOpens(client: ProtocolClient): Promise<string> {
  const { accessToken } = await client.grant()
  const answer = await client.userinfo(accessToken)
  if (answer.status !== 200) throw new Untestable(`userinfo refuses the token: ${describeAnswer(answer)}`)
  return accessToken
}

const formType = 'application/x-www-form-urlencoded'

const posted = async (
  client: ProtocolClient,
  body: string,
  type: string = formType,
  headers: readonly (readonly [string, string])[] = [],
): Promise<HttpResponse> =>
  await client.send({
    method: 'POST',
    url: client.endpoint('userinfo_endpoint'),
    headers: [['content-type', type], ...headers],
    body,
  })

const multipart = (accessToken: string) =>
  `--x\r\ncontent-disposition: form-data; name="access_token"\r\n\r\n${accessToken}\r\n--x--\r\n`
