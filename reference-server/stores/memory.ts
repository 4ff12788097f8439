import type { Clock } from '../clock.ts'
import type { AccessToken, Client, Grant, Interaction, IssuedCode, RefreshToken, Session } from '../model.ts'
import type { Store } from '../store.ts'

/** How long a grant, a session and an interaction are kept after their last use is over: one day, in milliseconds. */
const keepFor = 24 * 60 * 60 * 1000

/** Keeps everything in this process; what is expired makes room for what comes. */
export function memoryStore(clock: Clock): Store {
  const clients = new Map<string, Client>()
  const consents = new Map<string, readonly string[]>()
  const grants = expiringMap<Grant>(clock)
  const codes = expiringMap<{ readonly code: IssuedCode; spent: boolean }>(clock)
  const accessTokens = expiringMap<AccessToken>(clock)
  const refreshTokens = expiringMap<{ readonly token: RefreshToken; spent: boolean }>(clock)
  const sessions = expiringMap<Session>(clock)
  const interactions = expiringMap<Interaction>(clock)
  const assertions = expiringMap<true>(clock)

  const spend = (entry: { spent: boolean } | undefined) => {
    if (entry === undefined || entry.spent) return false
    entry.spent = true
    return true
  }

  return {
    findClient: async (clientId) => clients.get(clientId),
    saveClient: async (client) => void clients.set(client.clientId, client),
    removeClient: async (clientId) => void clients.delete(clientId),

    saveGrant: async (grant) => grants.set(grant.id, grant, clock.now() + keepFor * 30),
    findGrant: async (id) => grants.get(id),
    revokeGrant: async (id) => {
      const grant = grants.get(id)
      if (grant) grants.set(id, { ...grant, revoked: true }, clock.now() + keepFor * 30)
    },

    // A spent code is kept after it expired, so that a late replay is still known for one.
    saveCode: async (code) => codes.set(code.value, { code, spent: false }, code.expiresAt + keepFor),
    findCode: async (value) => codes.get(value)?.code,
    spendCode: async (value) => spend(codes.get(value)),

    saveAccessToken: async (token) => accessTokens.set(token.id, token, token.expiresAt + keepFor),
    findAccessToken: async (id) => accessTokens.get(id),
    removeAccessToken: async (id) => accessTokens.delete(id),

    saveRefreshToken: async (token) =>
      refreshTokens.set(token.value, { token, spent: false }, token.expiresAt + keepFor),
    findRefreshToken: async (value) => refreshTokens.get(value)?.token,
    spendRefreshToken: async (value) => spend(refreshTokens.get(value)),

    saveSession: async (session) => sessions.set(session.id, session, clock.now() + keepFor),
    findSession: async (id) => sessions.get(id),

    saveInteraction: async (interaction) => interactions.set(interaction.id, interaction, clock.now() + keepFor),
    findInteraction: async (id) => interactions.get(id),
    removeInteraction: async (id) => interactions.delete(id),

    saveConsent: async (sub, clientId, scopes) => void consents.set(`${sub} ${clientId}`, scopes),
    findConsent: async (sub, clientId) => consents.get(`${sub} ${clientId}`) ?? [],

    rememberAssertion: async (clientId, jti, expiresAt) => {
      const key = `${clientId} ${jti}`
      if (assertions.get(key)) return false
      assertions.set(key, true, expiresAt)
      return true
    },
  }
}

/** A map that drops its oldest entries once they are expired: two looked at for each one added, so it never grows for long. */
function expiringMap<V>(clock: Clock) {
  const entries = new Map<string, { readonly value: V; readonly until: number }>()
  const sweep = () => {
    let looked = 0
    for (const [key, { until }] of entries) {
      if (until > clock.now() || looked++ === 2) return
      entries.delete(key)
    }
  }
  return {
    get: (key: string) => entries.get(key)?.value,
    set: (key: string, value: V, until: number) => {
      sweep()
      entries.set(key, { value, until })
    },
    delete: (key: string) => void entries.delete(key),
  }
}
