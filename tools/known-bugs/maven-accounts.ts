import type { Secret } from '../../harness/target/secret.ts'
import type { ClientAccount, UserAccount } from '../../harness/target/target.ts'
import { newSecret, person } from './accounts.ts'

export interface Accounts {
  readonly clients: readonly (ClientAccount & { readonly client_secret: Secret })[]
  readonly users: readonly UserAccount[]
}

/** Two clients of a kind, so that a code of the one is nothing to the other, and two people; their secrets are made anew. */
export const accountsOf = (redirectUris: readonly string[]): Accounts => ({
  clients: ['assay-web', 'assay-other'].map((clientId) => ({
    client_id: clientId,
    client_secret: newSecret(),
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    scope: 'openid profile email',
  })),
  users: ['alice', 'bob'].map(person),
})
