import type { Accounts } from './maven-accounts.ts'

/** A realm as an operator would import it. */
export const realmExport = (realm: string, { clients, users }: Accounts) => ({
  realm,
  enabled: true,
  sslRequired: 'none',
  users: users.map(({ username, password }) => ({
    username,
    enabled: true,
    // Without these a person is asked for them at the first sign-in.
    email: `${username}@people.example`,
    emailVerified: true,
    firstName: username,
    lastName: 'Example',
    credentials: [{ type: 'password', value: password.reveal(), temporary: false }],
  })),
  clients: clients.map(({ client_id: clientId, client_secret: secret, redirect_uris: redirectUris }) => ({
    clientId,
    secret: secret.reveal(),
    redirectUris,
    enabled: true,
    standardFlowEnabled: true,
    serviceAccountsEnabled: true,
  })),
})
