import { oauth21 } from '../../core/spec/oauth21.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { basicCredentials } from '../../core/wire/basic.ts'
import { withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { base64, type ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { stringsMember } from '../../harness/target/metadata.ts'
import { isAuthenticated, redeemNothing } from '../authenticated.ts'

/** A client's password comes through HTTP Basic whatever characters it has. */
export const basicIsSupported = check({
  proves: [rfc6749.basicSupported, rfc6749.basicFormEncoded],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',

  async run({ client, expect }) {
    const answer = await client.clientCredentials()

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'status 200 with a token',
      actual: describeAnswer(answer),
    })
  },
})

/** Where clients have passwords there is HTTP Basic for them: no other way of using one stands in its place. */
export const basicIsNotLeftOut = check({
  proves: [rfc6749.basicSupported],
  needs: ['client_secret_post'],

  async run(context) {
    const { expect, target } = context
    if (target.capabilities.has('client_secret_basic')) throw new Inapplicable('the metadata lists client_secret_basic')
    const account = target.clients.find(({ token_endpoint_auth_method: one }) => one === 'client_secret_post')
    const refusal = account && (await refusalOfBasic(context.client.as(account)))

    // A server may take what it does not list.
    expect.that(account !== undefined && refusal === undefined, {
      violation: account === undefined ? 'missing-value' : 'refused',
      expected: 'client_secret_basic beside client_secret_post',
      actual: refusal === undefined ? 'client_secret_post alone' : `a client by HTTP Basic gets ${refusal}`,
    })
  },
})

/** What a client is told that uses HTTP Basic for once; nothing where it is what it is told in its own way. */
async function refusalOfBasic(client: ProtocolClient): Promise<string | undefined> {
  const [usual, basic] = [await redeemNothing(client), await redeemNothing(client, { auth: 'client_secret_basic' })]
  if (!isAuthenticated(usual)) throw new Untestable(`the client is not authenticated: ${describeAnswer(usual)}`)
  return describeAnswer(basic) === describeAnswer(usual) ? undefined : describeAnswer(basic)
}

/** A password that is almost right is wrong. */
export const wrongSecretIsDenied = check({
  proves: [rfc6749.clientAuthenticated, rfc6749.clientCredentialsAuthenticated],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',

  async run({ client, expect }) {
    const { secret } = client
    for (const wrong of [`${secret}x`, secret.slice(0, -1), 'wrong']) {
      expect.response(await withBasic(client, wrong)).toBeRefused()
    }
  },
})

/** A client that failed by the Authorization header learns so by 401, invalid_client and a challenge of the same scheme. */
export const failureByHeaderIsChallenged = check({
  proves: [rfc6749.invalidClient, rfc6749.invalidClientStatus, rfc6749.invalidClientChallenge],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',

  async run({ client, expect }) {
    const answer = await withBasic(client, 'wrong')

    expect.response(answer, rfc6749.invalidClient).toBeOAuthError('invalid_client')
    expect.response(answer, rfc6749.invalidClientStatus).toHaveStatus(401)
    expect
      .response(answer, rfc6749.invalidClientChallenge)
      .toHaveHeader('www-authenticate', /(?:^|,)\s*basic\b/i, 'Basic …')
  },
})

/** A client that nobody registered cannot authenticate. */
export const unknownClientIsDenied = check({
  proves: [rfc6749.invalidClient],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    const params = { client_id: 'nobody-registered-this-client', client_secret: 'nor-issued-this-secret' }

    expect.response(await client.clientCredentials(params, { auth: 'nothing at all' })).toBeOAuthError('invalid_client')
  },
})

/** The name of a confidential client is no proof of who sends it. */
export const confidentialClientMustAuthenticate = check({
  proves: [
    rfc6749.clientAuthenticated,
    rfc6749.clientIdIsNoProof,
    rfc6749.clientAuthenticatedIfPossible,
    rfc6749.codeClientAuthenticated,
    rfc9700.clientsAuthenticated,
    oauth21.oneClientType,
  ],
  needs: ['authorization_code'],
  as: 'confidential',

  async run({ client, expect }) {
    expect.response(await client.redeem(await client.authorize(), {}, { auth: 'none' })).toBeRefused()
  },
})

/** A client may authenticate by a key of its own, so that the server has no secret of it to lose. */
export const asymmetricMethodIsOffered = check({
  proves: [rfc9700.asymmetricAuthentication],

  async run({ expect, target }) {
    const methods = stringsMember(target.metadata, 'token_endpoint_auth_methods_supported')?.filter(
      (one) => one !== 'none',
    )
    if (methods === undefined) throw new Inapplicable('the metadata does not list how clients authenticate')
    if (methods.length === 0) throw new Inapplicable('no client authenticates')

    expect.that(
      methods.some((method) => !method.startsWith('client_secret_')),
      { violation: 'missing-value', expected: 'a method without a shared secret', actual: methods.join(' ') },
    )
  },
})

/** Client credentials are granted to nobody who only gives a name. */
export const clientCredentialsNeedAuthentication = check({
  proves: [rfc6749.clientCredentialsAuthenticated],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    expect.response(await client.clientCredentials({}, { auth: 'none' })).toBeRefused()
    expect.response(await client.clientCredentials({}, { auth: 'nothing at all' })).toBeRefused()
  },
})

/** Two right ways of authenticating are one too many. */
export const twoMethodsAtOnceAreDenied = check({
  proves: [rfc6749.oneClientAuthMethod],
  needs: ['client_credentials', 'client_secret_basic'],
  as: 'client_secret_basic',

  async run({ client, expect }) {
    const second = { client_id: client.account.client_id, client_secret: client.secret }

    expect.response(await client.clientCredentials(second)).toBeOAuthError('invalid_request', 'invalid_client')
  },
})

/** Credentials in the URI end up in logs, so they authenticate nobody. */
export const credentialsInUriAreDenied = check({
  proves: [rfc6749.credentialsNotInUri],
  needs: ['client_credentials', 'client_secret_post'],
  as: 'client_secret_post',

  async run({ client, expect }) {
    const { client_id: clientId } = client.account
    const url = withQuery(client.endpoint('token_endpoint'), { client_id: clientId, client_secret: client.secret })
    const headers = [['content-type', 'application/x-www-form-urlencoded']] as const

    expect
      .response(await client.send({ method: 'POST', url, headers, body: 'grant_type=client_credentials' }))
      .toBeRefused()
  },
})

const withBasic = async (client: ProtocolClient, secret: string) =>
  await client.clientCredentials(
    {},
    {
      auth: 'nothing at all',
      headers: [['authorization', basicCredentials(client.account.client_id, secret, base64)]],
    },
  )
