import { describe, expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../../../reference-server/clock.ts'
import type {
  AccessToken,
  Client,
  Grant,
  Interaction,
  IssuedCode,
  RefreshToken,
  Session,
} from '../../../reference-server/model.ts'
import type { Store } from '../../../reference-server/store.ts'

/** Makes an empty store that lives by this clock, and ends it. */
export type MakeStore = (clock: Clock) => Promise<{ readonly store: Store; close(): Promise<void> }>

const minute = 60_000

/** A clock that stands still until it is moved, in milliseconds since the epoch. */
export function standingClock(now = Date.parse('2030-01-01T00:00:00Z')) {
  let offset = 0
  const clock: Clock = { now: () => now + offset, moveTo: (offsetMs) => void (offset = offsetMs) }
  return { clock, pass: (milliseconds: number) => clock.moveTo(offset + milliseconds) }
}

/** Texts that a careless store takes for something else. */
const odd = `é "quoted", 'single' \\ %_ \u{1F511} $1 --;`

export const client = (clientId: string, more: Partial<Client> = {}): Client => ({
  clientId,
  secret: odd,
  authMethod: 'client_secret_basic',
  redirectUris: ['https://rp.example/cb?a=b'],
  grantTypes: ['authorization_code'],
  scopes: [],
  keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }],
  applicationType: 'web',
  name: odd,
  ...more,
})

export const grant = (id: string): Grant => ({
  id,
  clientId: 'a client',
  sub: 'alice',
  scopes: ['openid', 'email'],
  authTime: 1_893_456_000,
  revoked: false,
})

export const code = (value: string, expiresAt: number, more: Partial<IssuedCode> = {}): IssuedCode => ({
  value,
  grantId: 'g',
  clientId: 'a client',
  maxAgeAsked: false,
  expiresAt,
  ...more,
})

export const accessToken = (id: string, expiresAt: number, more: Partial<AccessToken> = {}): AccessToken => ({
  id,
  clientId: 'a client',
  sub: 'alice',
  scopes: ['api:read'],
  issuedAt: expiresAt - minute,
  expiresAt,
  ...more,
})

export const refreshToken = (value: string, expiresAt: number, grantId = 'g'): RefreshToken => ({
  value,
  grantId,
  clientId: 'a client',
  scopes: [],
  expiresAt,
})

const interaction = (id: string): Interaction => ({
  id,
  browser: 'b',
  csrf: 'c',
  session: { id: 's', sub: 'u-1', authTime: 0 },
  request: {
    kind: 'authorization',
    client: client('a client'),
    redirectUri: 'https://rp.example/cb',
    redirectUriSent: false,
    responseType: 'code',
    responseMode: 'form_post',
    scopes: ['openid'],
    state: odd,
    prompts: [],
    maxAge: 0,
  },
})

const session = (id: string): Session => ({ id, sub: 'alice', authTime: 1 })

/** What every store owes the server, whatever it keeps things in. */
export function storeContract(name: string, make: MakeStore) {
  async function begin() {
    const time = standingClock()
    const { store, close } = await make(time.clock)
    onTestFinished(close)
    return { store, ...time, now: time.clock.now() }
  }

  /** How many of so many callers at once are told that they were the first. */
  const firsts = async (attempt: () => Promise<boolean>) =>
    (await Promise.all(Array.from({ length: 50 }, attempt))).filter(Boolean).length

  describe(`${name} keeps the contract of stores`, () => {
    describe('clients', () => {
      test('are found as they were saved, until they are removed', async () => {
        const { store } = await begin()
        const registered = {
          registrationAccessToken: 't',
          issuedAt: 1_893_456_000,
          secretExpiresAt: 0,
          metadata: { contacts: [odd], 'client_uri#fr': odd, software_statement: odd },
        }
        const [one, other] = [client('one'), client(odd, { ...registered, keys: [] })]
        await store.saveClient(one)
        await store.saveClient(other)
        expect([await store.findClient('one'), await store.findClient(odd)]).toEqual([one, other])
        await store.removeClient('one')
        await store.removeClient('none')
        expect([await store.findClient('one'), await store.findClient(odd)]).toEqual([undefined, other])
      })

      test('take the place of those of the same name', async () => {
        const { store } = await begin()
        await store.saveClient(client('one'))
        const { secret: _, ...without } = client('one', { authMethod: 'none' })
        await store.saveClient(without)
        expect(await store.findClient('one')).toEqual(without)
      })

      test('are found by their whole name, in its own case', async () => {
        const { store } = await begin()
        await store.saveClient(client('One'))
        for (const wrong of ['one', 'One ', 'On', '', '%', 'On_']) expect(await store.findClient(wrong)).toBeUndefined()
      })
    })

    describe('grants', () => {
      test('are revoked one by one, for good', async () => {
        const { store } = await begin()
        await store.saveGrant(grant('one'))
        await store.saveGrant(grant('other'))
        await store.revokeGrant('one')
        await store.revokeGrant('one')
        await store.revokeGrant('none')
        expect(await store.findGrant('one')).toMatchObject({ ...grant('one'), revoked: true })
        expect(await store.findGrant('other')).toMatchObject(grant('other'))
        expect(await store.findGrant('none')).toBeUndefined()
      })

      test('end with their client, and all that hangs on them', async () => {
        const { store, now } = await begin()
        for (const of of ['one', 'other']) {
          await store.saveGrant({ ...grant(`g ${of}`), clientId: of })
          await store.saveCode(code(`c ${of}`, now + minute, { clientId: of, grantId: `g ${of}` }))
          await store.saveAccessToken(accessToken(`a ${of}`, now + minute, { clientId: of }))
          await store.saveRefreshToken({ ...refreshToken(`r ${of}`, now + minute), clientId: of })
        }
        await store.endGrantsOf('one')
        await store.endGrantsOf('none')
        const left = async (of: string) => [
          (await store.findGrant(`g ${of}`))?.revoked ?? true,
          (await store.findCode(`c ${of}`))?.value,
          (await store.findAccessToken(`a ${of}`))?.id,
          (await store.findRefreshToken(`r ${of}`))?.value,
        ]
        expect(await left('one')).toEqual([true, undefined, undefined, undefined])
        expect(await left('other')).toEqual([false, 'c other', 'a other', 'r other'])
      })

      test('are known for as long as anything that hangs on them, revoked or not', async () => {
        const { store, pass, now } = await begin()
        for (const id of ['code', 'access', 'refresh']) await store.saveGrant(grant(id))
        await store.saveCode(code('c', now + 60 * minute, { grantId: 'code' }))
        await store.saveAccessToken(accessToken('a', now + 60 * minute, { grantId: 'access' }))
        await store.saveRefreshToken(refreshToken('r', now + 60 * minute, 'refresh'))
        await store.revokeGrant('refresh')
        pass(61 * minute)
        expect(await store.findGrant('code')).toMatchObject(grant('code'))
        expect(await store.findGrant('access')).toMatchObject(grant('access'))
        expect(await store.findGrant('refresh')).toMatchObject({ ...grant('refresh'), revoked: true })
      })
    })

    describe.each<[string, (store: Store, value: string, expiresAt: number) => Promise<void>, 'Code' | 'RefreshToken']>(
      [
        ['codes', async (store, value, at) => await store.saveCode(code(value, at)), 'Code'],
        [
          'refresh tokens',
          async (store, value, at) => await store.saveRefreshToken(refreshToken(value, at)),
          'RefreshToken',
        ],
      ],
    )('%s', (_, save, kind) => {
      const find = async (store: Store, value: string) => await store[`find${kind}`](value)
      const spend = async (store: Store, value: string) => await store[`spend${kind}`](value)

      test('are spent once, and known afterwards for a replay to be seen', async () => {
        const { store, now } = await begin()
        await save(store, 'one', now + minute)
        await save(store, 'other', now + minute)
        expect(await spend(store, 'one')).toBe(true)
        expect(await spend(store, 'one')).toBe(false)
        expect(await find(store, 'one')).toMatchObject({ value: 'one' })
        expect(await spend(store, 'other')).toBe(true)
      })

      test('are spent by one of many who come at once', async () => {
        const { store, now } = await begin()
        await save(store, 'one', now + minute)
        expect(await firsts(async () => await spend(store, 'one'))).toBe(1)
      })

      test('that were never issued are not found and not spent', async () => {
        const { store, now } = await begin()
        await save(store, 'One', now + minute)
        for (const wrong of ['one', 'One ', '', '%']) {
          expect(await find(store, wrong)).toBeUndefined()
          expect(await spend(store, wrong)).toBe(false)
        }
      })

      test('are known for a while after they expired, spent or not', async () => {
        const { store, pass, now } = await begin()
        await save(store, 'one', now + minute)
        await save(store, 'spent', now + minute)
        await spend(store, 'spent')
        pass(15 * minute)
        expect(await find(store, 'one')).toMatchObject({ value: 'one', expiresAt: now + minute })
        expect(await spend(store, 'spent')).toBe(false)
      })
    })

    test('codes are found as they were saved, with what they lack', async () => {
      const { store, now } = await begin()
      const full: IssuedCode = {
        ...code('full', now + minute, { redirectUri: odd, challenge: 'x', challengeMethod: 'S256', nonce: odd }),
        maxAgeAsked: true,
        scopeAsked: odd,
      }
      await store.saveCode(full)
      await store.saveCode(code('bare', now + minute))
      expect(await store.findCode('full')).toMatchObject(full)
      expect(await store.findCode('bare')).toMatchObject(code('bare', now + minute))
    })

    test('refresh tokens are found as they were saved', async () => {
      const { store, now } = await begin()
      await store.saveRefreshToken(refreshToken(odd, now + minute))
      expect(await store.findRefreshToken(odd)).toMatchObject(refreshToken(odd, now + minute))
    })

    test('refresh tokens say whether they were spent', async () => {
      const { store, now } = await begin()
      await store.saveRefreshToken(refreshToken('one', now + minute))
      expect(await store.isRefreshTokenSpent('one')).toBe(false)
      await store.spendRefreshToken('one')
      expect(await store.isRefreshTokenSpent('one')).toBe(true)
      expect(await store.isRefreshTokenSpent('never issued')).toBe(false)
    })

    describe('access tokens', () => {
      test('are found as they were saved, until they are removed', async () => {
        const { store, now } = await begin()
        const [one, other] = [accessToken('one', now + minute), accessToken('other', now + minute, { grantId: 'g' })]
        await store.saveAccessToken(one)
        await store.saveAccessToken(other)
        expect(await store.findAccessToken('one')).toMatchObject(one)
        await store.removeAccessToken('one')
        await store.removeAccessToken('none')
        expect([await store.findAccessToken('one'), await store.findAccessToken('other')]).toEqual([undefined, other])
      })

      test('are known for a while after they expired', async () => {
        const { store, pass, now } = await begin()
        await store.saveAccessToken(accessToken('one', now + minute))
        pass(15 * minute)
        expect(await store.findAccessToken('one')).toMatchObject({ expiresAt: now + minute })
      })
    })

    describe('sessions and interactions', () => {
      test('are found as they were saved, and no longer than they last', async () => {
        const { store, pass, now } = await begin()
        await store.saveSession(session(odd), now + 10 * minute)
        await store.saveInteraction(interaction(odd), now + 20 * minute)
        expect(await store.findSession(odd)).toMatchObject(session(odd))
        expect(await store.findInteraction(odd)).toMatchObject(interaction(odd))
        pass(10 * minute)
        expect(await store.findSession(odd)).toBeUndefined()
        expect(await store.findInteraction(odd)).toBeDefined()
        pass(10 * minute)
        expect(await store.findInteraction(odd)).toBeUndefined()
      })

      test('are not found where there are none', async () => {
        const { store } = await begin()
        expect([await store.findSession(''), await store.findInteraction('')]).toEqual([undefined, undefined])
      })

      test('an interaction is removed once it is over', async () => {
        const { store, now } = await begin()
        await store.saveInteraction(interaction('one'), now + minute)
        await store.removeInteraction('one')
        await store.removeInteraction('one')
        expect(await store.findInteraction('one')).toBeUndefined()
      })
    })

    describe('consents', () => {
      test('are kept for each person and client, the last for all', async () => {
        const { store } = await begin()
        expect(await store.findConsent('alice', 'a')).toEqual([])
        await store.saveConsent('alice', 'a', ['openid'])
        await store.saveConsent('alice', 'b', [odd])
        await store.saveConsent('bob', 'a', [])
        await store.saveConsent('alice', 'a', ['openid', 'email'])
        expect(await store.findConsent('alice', 'a')).toEqual(['openid', 'email'])
        expect(await store.findConsent('alice', 'b')).toEqual([odd])
        expect(await store.findConsent('bob', 'a')).toEqual([])
        expect(await store.findConsent('bob', 'b')).toEqual([])
      })

      test('of one pair are not those of another that reads alike', async () => {
        const { store } = await begin()
        await store.saveConsent('alice a', 'b', ['openid'])
        for (const [sub, clientId] of [
          ['alice', 'a b'],
          ['alice a b', ''],
          ['', 'alice a b'],
        ] as const)
          expect(await store.findConsent(sub, clientId)).toEqual([])
      })
    })

    describe('assertions', () => {
      test('are new once, for each client', async () => {
        const { store, now } = await begin()
        expect(await store.rememberAssertion('a', 'jti', now + minute)).toBe(true)
        expect(await store.rememberAssertion('a', 'jti', now + minute)).toBe(false)
        expect(await store.rememberAssertion('a', odd, now + minute)).toBe(true)
        expect(await store.rememberAssertion('b', 'jti', now + minute)).toBe(true)
      })

      test('of one client are not those of another whose name reads alike', async () => {
        const { store, now } = await begin()
        expect(await store.rememberAssertion('a', 'b c', now + minute)).toBe(true)
        expect(await store.rememberAssertion('a b', 'c', now + minute)).toBe(true)
      })

      test('are new to one of many who bring the same at once', async () => {
        const { store, now } = await begin()
        expect(await firsts(async () => await store.rememberAssertion('a', 'jti', now + minute))).toBe(1)
      })

      test('are remembered until they expire', async () => {
        const { store, pass, now } = await begin()
        await store.rememberAssertion('a', 'jti', now + minute)
        pass(minute - 1)
        expect(await store.rememberAssertion('a', 'jti', now + minute)).toBe(false)
      })
    })
  })
}
