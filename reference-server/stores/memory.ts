import type { Clock } from '../clock.ts'
import type { AccessToken, Client, Grant, Interaction, IssuedCode, RefreshToken, Session } from '../model.ts'
import type { Store } from '../store.ts'

/** What is over is still known for so long, so that a late replay is seen to be one: twenty minutes, in milliseconds. */
const keepFor = 20 * 60 * 1000

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

  /** A grant is kept for as long as anything that hangs on it. */
  const keep = (until: number, grantId: string | undefined) => {
    if (grantId !== undefined) grants.prolong(grantId, until + keepFor)
    return until + keepFor
  }

  return {
    findClient: async (clientId) => clients.get(clientId),
    saveClient: async (client) => void clients.set(client.clientId, client),
    removeClient: async (clientId) => void clients.delete(clientId),

    saveGrant: async (grant) => grants.set(grant.id, grant, clock.now() + keepFor),
    findGrant: async (id) => grants.get(id),
    revokeGrant: async (id) => {
      const grant = grants.get(id)
      if (grant) grants.replace(id, { ...grant, revoked: true })
    },

    saveCode: async (code) => codes.set(code.value, { code, spent: false }, keep(code.expiresAt, code.grantId)),
    findCode: async (value) => codes.get(value)?.code,
    spendCode: async (value) => spend(codes.get(value)),

    saveAccessToken: async (token) => accessTokens.set(token.id, token, keep(token.expiresAt, token.grantId)),
    findAccessToken: async (id) => accessTokens.get(id),
    removeAccessToken: async (id) => accessTokens.delete(id),

    saveRefreshToken: async (token) =>
      refreshTokens.set(token.value, { token, spent: false }, keep(token.expiresAt, token.grantId)),
    findRefreshToken: async (value) => refreshTokens.get(value)?.token,
    spendRefreshToken: async (value) => spend(refreshTokens.get(value)),

    saveSession: async (session, until) => sessions.set(session.id, session, until),
    findSession: async (id) => sessions.get(id),

    saveInteraction: async (interaction, until) => interactions.set(interaction.id, interaction, until),
    findInteraction: async (id) => interactions.get(id),
    removeInteraction: async (id) => interactions.delete(id),

    saveConsent: async (sub, clientId, scopes) => void consents.set(pairOf(sub, clientId), scopes),
    findConsent: async (sub, clientId) => consents.get(pairOf(sub, clientId)) ?? [],

    rememberAssertion: async (clientId, jti, expiresAt) => {
      const key = pairOf(clientId, jti)
      if (assertions.get(key)) return false
      assertions.set(key, true, expiresAt)
      return true
    },

    entries: () => ({
      client: clients.size,
      grant: grants.size(),
      code: codes.size(),
      access_token: accessTokens.size(),
      refresh_token: refreshTokens.size(),
      session: sessions.size(),
      interaction: interactions.size(),
    }),
  }
}

/** Two texts as one, in such a way that no other two give the same. */
const pairOf = (one: string, other: string) => JSON.stringify([one, other])

/**
 * A map that forgets what is expired. For each entry added it looks at two others, round after round: what is expired is
 * gone before the map has grown by half, wherever it stands, and no single request pays for all.
 */
function expiringMap<V>(clock: Clock) {
  const entries = new Map<string, { readonly value: V; until: number }>()
  let round = entries.entries()
  const sweep = () => {
    for (let looked = 0; looked < 2; looked++) {
      const { value: entry, done } = round.next()
      if (done === true) round = entries.entries()
      else if (entry[1].until <= clock.now()) entries.delete(entry[0])
    }
  }
  const find = (key: string) => {
    const entry = entries.get(key)
    return entry !== undefined && entry.until > clock.now() ? entry : undefined
  }
  return {
    get: (key: string) => find(key)?.value,
    set: (key: string, value: V, until: number) => {
      sweep()
      entries.set(key, { value, until })
    },
    replace: (key: string, value: V) => {
      const entry = find(key)
      if (entry !== undefined) entries.set(key, { value, until: entry.until })
    },
    prolong: (key: string, until: number) => {
      const entry = find(key)
      if (entry !== undefined) entry.until = Math.max(entry.until, until)
    },
    delete: (key: string) => void entries.delete(key),
    size: () => entries.size,
  }
}
