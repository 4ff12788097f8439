import type { Clock } from '../clock.ts'
import type { AccessToken, Client, Grant, Interaction, IssuedCode, RefreshToken, Session } from '../model.ts'
import type { Store } from '../store.ts'

/** What is over is still known for so long, so that a late replay is seen to be one: twenty minutes, in milliseconds. */
const keepFor = 20 * 60 * 1000

type Lasting<V> = V & { until: number }
type Spendable<V> = V & { spent: boolean }

const lasting = { until: ({ until }: { readonly until: number }) => until }
const expiring = { until: ({ expiresAt }: { readonly expiresAt: number }) => expiresAt + keepFor }
const byId = { key: ({ id }: { readonly id: string }) => id }
const byValue = { key: ({ value }: { readonly value: string }) => value }

/**
 * Keeps everything in this process; what is expired makes room for what comes. A million grants are to fit: an entry is one
 * object, written member by member (one that is spread together takes twice as much), and what many share is there once.
 */
export function memoryStore(clock: Clock): Store {
  const tables = tablesBy(clock)
  const { clients, grants, codes, accessTokens, refreshTokens, sessions, interactions } = tables
  return {
    ...grantsIn(tables, clock),
    ...codesIn(tables),
    ...tokensIn(tables),
    ...peopleIn(tables),

    findClient: async (clientId) => clients.get(clientId),
    saveClient: async (client) => void clients.set(client.clientId, client),
    removeClient: async (clientId) => void clients.delete(clientId),

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

type Tables = ReturnType<typeof tablesBy>

const tablesBy = (clock: Clock) => ({
  clients: new Map<string, Client>(),
  consents: new Map<string, readonly string[]>(),
  grants: expiringMap<Lasting<Grant>>(clock, { ...byId, ...lasting }),
  codes: expiringMap<Spendable<IssuedCode>>(clock, { ...byValue, ...expiring }),
  accessTokens: expiringMap<AccessToken>(clock, { ...byId, ...expiring }),
  refreshTokens: expiringMap<Spendable<RefreshToken>>(clock, { ...byValue, ...expiring }),
  sessions: expiringMap<Lasting<Session>>(clock, { ...byId, ...lasting }),
  interactions: expiringMap<Lasting<Interaction>>(clock, { ...byId, ...lasting }),
  assertions: expiringMap<Lasting<{ readonly id: string }>>(clock, { ...byId, ...lasting }),
})

type Part<Name extends keyof Store> = Pick<Store, Name>

function grantsIn(tables: Tables, clock: Clock): Part<'saveGrant' | 'findGrant' | 'revokeGrant' | 'endGrantsOf'> {
  const { grants, codes, accessTokens, refreshTokens } = tables
  const scopeLists = shared<readonly string[]>((scopes) => scopes.join(' '))
  return {
    saveGrant: async ({ id, clientId, sub, scopes, authTime, revoked }) =>
      grants.set({
        id,
        clientId,
        sub,
        scopes: scopeLists(scopes),
        authTime,
        revoked,
        until: clock.now() + keepFor,
      }),
    findGrant: async (id) => grants.get(id),
    revokeGrant: async (id) => {
      const grant = grants.get(id)
      if (grant !== undefined) grants.set({ ...grant, revoked: true })
    },
    endGrantsOf: async (clientId) => {
      for (const map of [codes, accessTokens, refreshTokens, grants])
        map.deleteWhere((entry) => entry.clientId === clientId)
    },
  }
}

function codesIn({ grants, codes }: Tables): Part<'saveCode' | 'findCode' | 'spendCode'> {
  const texts = shared<string>((text) => text)
  return {
    saveCode: async ({ redirectUri, scopeAsked, challenge, nonce, ...code }) => {
      prolong(grants, code.grantId, code.expiresAt)
      codes.set({
        value: code.value,
        grantId: code.grantId,
        clientId: code.clientId,
        redirectUri: redirectUri === undefined ? undefined : texts(redirectUri),
        scopeAsked: scopeAsked === undefined ? undefined : texts(scopeAsked),
        challenge: challenge === undefined ? undefined : apart(challenge),
        challengeMethod: code.challengeMethod,
        nonce: nonce === undefined ? undefined : apart(nonce),
        maxAgeAsked: code.maxAgeAsked,
        expiresAt: code.expiresAt,
        spent: false,
      })
    },
    findCode: async (value) => codes.get(value),
    spendCode: async (value) => spend(codes.get(value)),
  }
}

type TokenOperations =
  | 'saveAccessToken'
  | 'findAccessToken'
  | 'removeAccessToken'
  | 'saveRefreshToken'
  | 'findRefreshToken'
  | 'spendRefreshToken'
  | 'isRefreshTokenSpent'

const tokensIn = ({ grants, accessTokens, refreshTokens }: Tables): Part<TokenOperations> => ({
  saveAccessToken: async ({ id, clientId, sub, scopes, grantId, authTime, issuedAt, expiresAt }) => {
    prolong(grants, grantId, expiresAt)
    accessTokens.set({ id, clientId, sub, scopes, grantId, authTime, issuedAt, expiresAt })
  },
  findAccessToken: async (id) => accessTokens.get(id),
  removeAccessToken: async (id) => accessTokens.delete(id),

  saveRefreshToken: async ({ value, grantId, clientId, scopes, expiresAt }) => {
    prolong(grants, grantId, expiresAt)
    refreshTokens.set({ value, grantId, clientId, scopes, expiresAt, spent: false })
  },
  findRefreshToken: async (value) => refreshTokens.get(value),
  spendRefreshToken: async (value) => spend(refreshTokens.get(value)),
  isRefreshTokenSpent: async (value) => refreshTokens.get(value)?.spent ?? false,
})

type PeopleOperations =
  | 'saveSession'
  | 'findSession'
  | 'saveInteraction'
  | 'findInteraction'
  | 'removeInteraction'
  | 'saveConsent'
  | 'findConsent'
  | 'rememberAssertion'

const peopleIn = ({ sessions, interactions, consents, assertions }: Tables): Part<PeopleOperations> => ({
  saveSession: async (session, until) => sessions.set({ ...session, until }),
  findSession: async (id) => sessions.get(id),

  saveInteraction: async (interaction, until) => interactions.set({ ...interaction, until }),
  findInteraction: async (id) => interactions.get(id),
  removeInteraction: async (id) => interactions.delete(id),

  saveConsent: async (sub, clientId, scopes) => void consents.set(pairOf(sub, clientId), scopes),
  findConsent: async (sub, clientId) => consents.get(pairOf(sub, clientId)) ?? [],

  rememberAssertion: async (clientId, jti, expiresAt) => {
    const id = pairOf(clientId, jti)
    if (assertions.get(id)) return false
    assertions.set({ id, until: expiresAt })
    return true
  },
})

/** A grant is kept for as long as anything that hangs on it. */
function prolong(grants: Tables['grants'], grantId: string | undefined, expiresAt: number) {
  const grant = grantId === undefined ? undefined : grants.get(grantId)
  if (grant !== undefined) grant.until = Math.max(grant.until, expiresAt + keepFor)
}

function spend(entry: { spent: boolean } | undefined): boolean {
  if (entry === undefined || entry.spent) return false
  entry.spent = true
  return true
}

/** Two texts as one, in such a way that no other two give the same. */
const pairOf = (one: string, other: string) => JSON.stringify([one, other])

/** Gives the first of values that are alike for all of them; so many at most, for whoever sends them could send others. */
function shared<V>(keyOf: (value: V) => string, atMost = 1000): (value: V) => V {
  const known = new Map<string, V>()
  return (value) => {
    const key = keyOf(value)
    const first = known.get(key)
    if (first === undefined && known.size < atMost) known.set(key, value)
    return first ?? value
  }
}

/** The same text by itself: a part of a request keeps the whole request. */
const apart = (text: string) => Buffer.from(text).toString()

/** How an entry is found, and until when it is kept. */
interface Keeping<V> {
  key(value: V): string
  until(value: V): number
}

/**
 * A map that forgets what is expired. For each entry added it looks at two others, round after round: what is expired is
 * gone before the map has grown by half, wherever it stands, and no single request pays for all.
 */
function expiringMap<V>(clock: Clock, { key, until }: Keeping<V>) {
  const entries = new Map<string, V>()
  let round = entries.values()
  const sweep = () => {
    const now = clock.now()
    for (let looked = 0; looked < 2; looked++) {
      const { value, done } = round.next()
      if (done === true) round = entries.values()
      else if (until(value) <= now) entries.delete(key(value))
    }
  }
  const find = (name: string) => {
    const value = entries.get(name)
    return value !== undefined && until(value) > clock.now() ? value : undefined
  }
  return {
    get: find,
    /** Adds it, or puts it in the place of the one that has its key. */
    set: (value: V) => {
      sweep()
      entries.set(key(value), value)
    },
    delete: (name: string) => void entries.delete(name),
    deleteWhere: (isMeant: (value: V) => boolean) => {
      for (const [name, value] of entries) if (isMeant(value)) entries.delete(name)
    },
    size: () => entries.size,
  }
}
