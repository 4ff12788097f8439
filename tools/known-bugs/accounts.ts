import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import { Secret } from '../../harness/target/secret.ts'
import type { ClientAccount, ClientAuthMethod, UserAccount } from '../../harness/target/target.ts'

/** A client as a target file has it, and the public keys that a server has of it. */
export interface FixtureClient {
  readonly account: ClientAccount
  readonly jwks?: { readonly keys: readonly object[] }
}

/** A secret that nobody had before. */
export const newSecret = (): Secret => new Secret(randomBytes(24).toString('base64url'))

/** A person with a password that is made anew for every run. */
export const person = (username: string): UserAccount => ({ username, password: newSecret() })

/** A client for a way of authenticating, with secrets or keys that are made anew for every run. */
export async function client(
  method: ClientAuthMethod,
  { grantTypes, scope }: { readonly grantTypes: readonly string[]; readonly scope: string },
): Promise<FixtureClient> {
  const isPublic = method === 'none'
  const account: ClientAccount = {
    client_id: `client-of-${method}`,
    token_endpoint_auth_method: method,
    redirect_uris: isPublic
      ? ['http://127.0.0.1/callback']
      : ['https://rp.example/callback', 'https://rp.example/other?keep=this'],
    grant_types: grantTypes.filter((grant) => !isPublic || grant !== 'client_credentials'),
    scope,
  }
  if (method === 'private_key_jwt') return await withKey(account)
  return { account: isPublic ? account : { ...account, client_secret: newSecret() } }
}

/** RS256, which OpenID Connect has for whoever registers no other algorithm. */
async function withKey(account: ClientAccount): Promise<FixtureClient> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const naming = { kid: 'assay', alg: 'RS256', use: 'sig' }
  const own = JSON.stringify({ ...(await exportJWK(privateKey)), ...naming })
  return {
    account: { ...account, private_key: new Secret(own) },
    jwks: { keys: [{ ...(await exportJWK(publicKey)), ...naming }] },
  }
}

/** What a server has to be told of its accounts, secrets included: for the environment of its process alone. */
export const revealed = (clients: readonly FixtureClient[], users: readonly UserAccount[]) => ({
  users: users.map(({ username, password }) => ({ username, password: password.reveal() })),
  clients: clients.map(({ account: { client_secret: secret, private_key: _own, ...account }, jwks }) => ({
    ...account,
    client_secret: secret?.reveal(),
    jwks,
  })),
})
