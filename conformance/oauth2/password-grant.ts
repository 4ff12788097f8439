import { rfc6749 } from '../../core/spec/rfc6749.ts'
import type { Params } from '../../core/wire/form.ts'
import { basicCredentials } from '../../core/wire/basic.ts'
import { check } from '../../harness/check.ts'
import { base64, type DirectRequest, type ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'

/** Somebody's password buys a token only if it is theirs, and all of it. */
export const wrongPasswordIsDenied = check({
  proves: [rfc6749.passwordValidated],
  needs: ['password_grant'],

  async run({ client, expect, target }) {
    await grantByPassword(client)
    const password = personOf(client).password.reveal()
    const others = target.users.slice(1, 2).map((other) => ({ password: other.password.reveal() }))
    // A server may lock an account after some wrong tries, which a right one makes it forget.
    for (const wrong of [{ password: `${password}x` }, { password: `${password.slice(0, 12)}-but-wrong` }, ...others]) {
      expect.response(await byPassword(client, wrong)).toBeRefused()
      await byPassword(client)
    }
  },
})

/** The name of a confidential client is no proof that it is the one that the person trusts with a password. */
export const clientMustAuthenticate = check({
  proves: [rfc6749.passwordClientRequired],
  needs: ['password_grant'],
  as: 'confidential',

  async run({ client, expect }) {
    await grantByPassword(client)

    expect.response(await byPassword(client, {}, { auth: 'none' })).toBeRefused()
    expect.response(await byPassword(client, {}, { auth: 'nothing at all' })).toBeRefused()
  },
})

/** Whoever shows a secret that is not the client's is not the client, whatever password of a person comes with it. */
export const wrongClientSecretIsDenied = check({
  proves: [rfc6749.passwordClientAuthenticated],
  needs: ['password_grant', 'client_secret_basic'],
  as: 'client_secret_basic',

  async run({ client, expect }) {
    await grantByPassword(client)
    for (const wrong of [`${client.secret}x`, 'wrong']) {
      const credentials = basicCredentials(client.account.client_id, wrong, base64)
      const headers = [['authorization', credentials]] as const

      expect.response(await byPassword(client, {}, { auth: 'nothing at all', headers })).toBeRefused()
    }
  },
})

function personOf({ user }: ProtocolClient) {
  if (user === undefined) throw new Untestable('it needs somebody who signs in; add one under users')
  return user
}

async function byPassword(client: ProtocolClient, overrides: Params = {}, direct: DirectRequest = {}) {
  const { username, password } = personOf(client)
  const params = { grant_type: 'password', username, password: password.reveal(), ...overrides }
  return await client.direct('token_endpoint', { ...direct, params })
}

/** Shows that the right password does buy a token; without one the unit cannot judge. */
const grantByPassword = async (client: ProtocolClient) => client.tokensOf(await byPassword(client))
