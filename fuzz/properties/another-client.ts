import fc, { type Arbitrary } from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { type Params, encodeForm } from '../../core/wire/form.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer, judgeable } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { expectNoToken } from '../oracles/answers.ts'
import { post, rawRequest } from '../raw-request.ts'

/** A name that stands in the form of a client which has said in a header who it is. */
interface Naming {
  readonly whose: 'its own' | "the owner's"
  readonly as: 'client_id' | 'Client_Id' | 'client_id[]' | 'azp' | 'client'
}

/** What a server might take for the client: its own name, that of the owner, both in either order, or none. */
const namings: Arbitrary<readonly Naming[]> = fc.array(
  fc.record<Naming>({
    whose: fc.constantFrom("the owner's", "the owner's", 'its own'),
    as: fc.constantFrom('client_id', 'client_id', 'client_id', 'Client_Id', 'client_id[]', 'azp', 'client'),
  }),
  { maxLength: 3 },
)

const needs = ['authorization_code', 'client_secret_basic', 'second client'] as const

/** A code is of use to its own client alone, whatever another one calls itself. */
export const codeOfAnotherClientIsDenied = property({
  proves: [rfc6749.codeBoundToClient],
  needs,
  as: 'client_secret_basic',
  inputs: () => namings,

  async holds(names, { client, other, expect }) {
    const owner = authenticated(other)
    const { value: code, verifier, redirectUri } = await owner.authorize()
    const params = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }

    expectNoToken(expect, await asked(client, owner, 'token_endpoint', params, names), rfc6749.codeBoundToClient)
  },
})

/** So is a refresh token. */
export const refreshTokenOfAnotherClientIsDenied = property({
  proves: [rfc6749.refreshBoundToClient],
  needs: [...needs, 'refresh_token'],
  as: 'client_secret_basic',
  inputs: () => namings,

  async holds(names, { client, other, expect }) {
    const owner = authenticated(other)
    const { refreshToken } = await owner.offlineGrant()
    const params = { grant_type: 'refresh_token', refresh_token: refreshToken }

    expectNoToken(expect, await asked(client, owner, 'token_endpoint', params, names), rfc6749.refreshBoundToClient)
  },
})

/** And nobody ends what was issued to another client. */
export const tokenOfAnotherClientIsNotRevoked = property({
  proves: [rfc7009.ownTokensOnly],
  needs: [...needs, 'refresh_token', 'revocation'],
  as: 'client_secret_basic',
  inputs: () => namings,

  async holds(names, { client, other, expect }) {
    const owner = authenticated(other)
    const { refreshToken } = await owner.offlineGrant()
    await asked(client, owner, 'revocation_endpoint', { token: refreshToken }, names)

    const answer = await owner.refresh(refreshToken)
    judgeable(answer)
    expect.that(answer.status === 200, {
      violation: 'accepted',
      expected: 'a token that still works',
      actual: describeAnswer(answer),
    })
  },
})

/** A public client is whoever gives its name. */
function authenticated(owner: ProtocolClient): ProtocolClient {
  if (owner.account.token_endpoint_auth_method === 'none')
    throw new Untestable('the second client of the target file is a public one')
  return owner
}

/** A request of one client, with its own credentials, that gives these names. */
async function asked(
  client: ProtocolClient,
  owner: ProtocolClient,
  endpoint: string,
  params: Params,
  names: readonly Naming[],
): Promise<HttpResponse> {
  const { headers, form } = await rawRequest(client, params)
  const named = names.map(({ whose, as }) =>
    encodeForm({ [as]: (whose === 'its own' ? client : owner).account.client_id }),
  )
  return await post(client, endpoint, { headers, form: [...form, ...named] })
}
