import fc from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { applied } from '../generators/edit.ts'
import {
  contentType,
  emptyParameters,
  formSpelling,
  malformations,
  repetition,
  saysForm,
  spelt,
  unknownParameters,
} from '../generators/form.ts'
import { errorRequirements, expectNoToken, expectToken, isCrash, judgeErrorForm } from '../oracles/answers.ts'
import { post, type RawRequest, rawRequest } from '../raw-request.ts'

/** Parameters that token requests have, of other kinds than this one. */
const others = [
  'scope',
  'refresh_token',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'username',
  'password',
  'assertion',
  'device_code',
  'resource',
  'audience',
  'state',
]

/** A form means the same however it is spelt: escapes stand for what they escape, and a plus sign for a space. */
export const everySpellingOfAFormIsRead = property({
  proves: [rfc6749.formDecoded],
  needs: ['client_credentials'],
  arrange: async ({ client }) => client.tokensOf(await client.clientCredentials()).scope,
  inputs: () => formSpelling,

  async holds(spelling, { client, expect }, scope) {
    const { headers, form } = await rawRequest(client, { grant_type: 'client_credentials', scope })
    const answer = await post(client, 'token_endpoint', { headers, form: spelt(form, spelling) })

    expectToken(expect, answer, rfc6749.formDecoded)
  },
})

/** Parameters that the server does not know change nothing. */
export const unknownParametersChangeNothing = property({
  proves: [rfc6749.tokenUnknownParamsIgnored],
  needs: ['authorization_code'],
  inputs: () => unknownParameters,

  async holds(edits, { client, expect }) {
    const { headers, form } = await rightRequest(client)
    const answer = await post(client, 'token_endpoint', { headers, form: applied(edits, form) })

    expectToken(expect, answer, rfc6749.tokenUnknownParamsIgnored)
  },
})

/** Parameters without a value change nothing, whatever they would mean with one. */
export const emptyParametersChangeNothing = property({
  proves: [rfc6749.tokenEmptyParamsOmitted],
  needs: ['authorization_code'],
  inputs: () => emptyParameters(others),

  async holds(edits, { client, expect }) {
    const { headers, form } = await rightRequest(client)
    const answer = await post(client, 'token_endpoint', { headers, form: applied(edits, form) })

    expectToken(expect, answer, rfc6749.tokenEmptyParamsOmitted)
  },
})

/** A parameter that stands twice spoils the request, whatever the second value is. */
export const repeatedParameterIsRefused = property({
  proves: [rfc6749.tokenParamsNotRepeated],
  needs: ['authorization_code'],
  inputs: () => repetition,

  async holds(edit, { client, expect }) {
    const { headers, form } = await rightRequest(client)
    const answer = await post(client, 'token_endpoint', { headers, form: edit.apply(form) })

    expectNoToken(expect, answer, rfc6749.tokenParamsNotRepeated)
  },
})

/** Whatever is wrong with a form, the server stands, and says so in the form that errors have. */
export const malformedFormIsRefusedInForm = property({
  proves: errorRequirements,
  needs: ['authorization_code'],
  inputs: () => fc.record({ edits: malformations, contentType }),

  async holds({ edits, contentType: type }, { client, expect }) {
    const { headers, form } = await uselessRequest(client)
    const answer = await post(client, 'token_endpoint', { headers, form: applied(edits, form) }, type)

    judgeErrorForm(expect, answer, saysForm(type))
  },
})

/** Whatever is wrong with a form, introspection says whether a token is active, or refuses. */
export const malformedIntrospectionIsAnsweredInForm = property({
  proves: [rfc7662.activeMember],
  needs: ['authorization_code', 'introspection'],
  arrange: async ({ client }) => (await client.grant()).accessToken,
  inputs: () => fc.record({ edits: malformations, contentType }),

  async holds({ edits, contentType: type }, { client, expect }, token) {
    const { headers, form } = await rawRequest(client, { token })
    const answer = await post(client, 'introspection_endpoint', { headers, form: applied(edits, form) }, type)
    const active = objectOf(answer)?.['active']

    expect.that(!isCrash(answer), { violation: 'crashed', expected: 'a refusal', actual: describeAnswer(answer) })
    expect.that(answer.status !== 200 || typeof active === 'boolean', {
      violation: 'malformed',
      expected: 'active as a boolean',
      actual: `active as ${typeof active}`,
    })
  },
})

/** Whatever is wrong with a form, revocation is refused in the form that errors of the token endpoint have. */
export const malformedRevocationIsRefusedInForm = property({
  proves: errorRequirements,
  needs: ['revocation'],
  inputs: () => fc.record({ edits: malformations, contentType }),

  async holds({ edits, contentType: type }, { client, expect }) {
    const { headers, form } = await rawRequest(client, { token: 'A'.repeat(43), token_type_hint: 'access_token' })
    const answer = await post(client, 'revocation_endpoint', { headers, form: applied(edits, form) }, type)

    judgeErrorForm(expect, answer, saysForm(type))
  },
})

/** A right token request, as the client would send it. */
async function rightRequest(client: ProtocolClient): Promise<RawRequest> {
  const { value, redirectUri, verifier } = await client.authorize()
  return await requestFor(client, value, redirectUri, verifier)
}

/** The same with a code that nobody issued, which costs no authorization. */
const uselessRequest = async (client: ProtocolClient): Promise<RawRequest> =>
  await requestFor(client, 'A'.repeat(43), client.redirectUri, 'A'.repeat(43))

const requestFor = async (client: ProtocolClient, code: string, redirectUri: string, verifier: string) =>
  await rawRequest(client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
