import type { AccessToken, Client, Grant, Interaction, IssuedCode, RefreshToken, Session } from './model.ts'

/**
 * What the server remembers. What must happen once is one atomic operation that says whether it was the first
 * (`spend…`, `rememberAssertion`), never a read and a write.
 */
export interface Store {
  findClient(clientId: string): Promise<Client | undefined>
  saveClient(client: Client): Promise<void>
  removeClient(clientId: string): Promise<void>

  saveGrant(grant: Grant): Promise<void>
  findGrant(id: string): Promise<Grant | undefined>
  revokeGrant(id: string): Promise<void>
  /** Ends all that was ever granted to a client: its grants, codes and tokens. */
  endGrantsOf(clientId: string): Promise<void>

  saveCode(code: IssuedCode): Promise<void>
  findCode(value: string): Promise<IssuedCode | undefined>
  /** True for the first caller, false for every later one. */
  spendCode(value: string): Promise<boolean>

  saveAccessToken(token: AccessToken): Promise<void>
  findAccessToken(id: string): Promise<AccessToken | undefined>
  removeAccessToken(id: string): Promise<void>

  saveRefreshToken(token: RefreshToken): Promise<void>
  findRefreshToken(value: string): Promise<RefreshToken | undefined>
  /** True for the first caller, false for every later one. */
  spendRefreshToken(value: string): Promise<boolean>
  isRefreshTokenSpent(value: string): Promise<boolean>

  /** Sessions and interactions are forgotten after `until`, in milliseconds since the epoch. */
  saveSession(session: Session, until: number): Promise<void>
  findSession(id: string): Promise<Session | undefined>

  saveInteraction(interaction: Interaction, until: number): Promise<void>
  findInteraction(id: string): Promise<Interaction | undefined>
  removeInteraction(id: string): Promise<void>

  saveConsent(sub: string, clientId: string, scopes: readonly string[]): Promise<void>
  findConsent(sub: string, clientId: string): Promise<readonly string[]>

  /** True where this client never sent this `jti` before; remembered until `expiresAt`. */
  rememberAssertion(clientId: string, jti: string, expiresAt: number): Promise<boolean>

  /** How many of each kind it holds, spent and expired ones among them; absent where counting would cost. */
  entries?(): Readonly<Record<string, number>>
}
