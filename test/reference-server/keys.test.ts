import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { basicCredentials } from '../../core/wire/basic.ts'
import { movableClock } from '../../reference-server/clock.ts'
import type { Config } from '../../reference-server/config.ts'
import { exampleAccounts } from '../../reference-server/example.ts'
import { keyring } from '../../reference-server/keys.ts'
import { createServer } from '../../reference-server/server.ts'

const origin = 'https://as.example'

/** A server whose keys can be rotated, and what is asked of it. */
async function served(config: Partial<Config> = {}) {
  const accounts = exampleAccounts(config).config
  const server = await createServer({ origin, isControllable: true, config: { ...config, ...accounts } })
  const ask = async (path: string, init: RequestInit = {}) => await server.fetch(new Request(origin + path, init))
  const secret = accounts.clients.find(({ clientId }) => clientId === 'basic client')?.secret ?? ''
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: basicCredentials('basic client', secret, (text) => Buffer.from(text, 'latin1').toString('base64')),
  }
  const posted = async (path: string, body: string) =>
    (await (await ask(path, { method: 'POST', headers, body })).json()) as Readonly<Record<string, unknown>>
  return {
    ask,
    rotate: async () => (await ask('/rotate-keys', { method: 'POST' })).status,
    keys: async () => (await (await ask('/jwks')).json()) as JSONWebKeySet,
    token: async () => String((await posted('/token', 'grant_type=client_credentials'))['access_token']),
    isActive: async (token: string) => (await posted('/introspect', `token=${token}`))['active'],
  }
}

const kidsOf = ({ keys }: JSONWebKeySet) => keys.map(({ kid }) => kid)
const kidOf = (token: string) => decodeProtectedHeader(token).kid

describe('a rotation', () => {
  test('puts new keys in the place of those that sign, and tells of them at once', async () => {
    const { rotate, keys, token } = await served()
    const [before, first] = [kidsOf(await keys()), await token()]
    expect(before).toHaveLength(3)
    expect(await rotate()).toBe(204)
    const [after, second] = [kidsOf(await keys()), await token()]
    expect(after).toHaveLength(6)
    expect(after).toEqual(expect.arrayContaining(before))
    expect(kidOf(second)).not.toBe(kidOf(first))
    expect(after).toContain(kidOf(second))
  })

  test('leaves those tokens good that were signed before', async () => {
    const { rotate, keys, token, isActive } = await served()
    const tokens = [await token()]
    for (const _ of [1, 2]) {
      await rotate()
      tokens.push(await token())
    }
    const known = createLocalJWKSet(await keys())
    for (const one of tokens) {
      expect((await jwtVerify(one, known)).payload.iss).toBe(origin)
      expect(await isActive(one)).toBe(true)
    }
  })

  test('goes for the signed metadata as well', async () => {
    const { ask, rotate, keys } = await served({ signedMetadata: true })
    const signed = async () => {
      const metadata = (await (await ask('/.well-known/oauth-authorization-server')).json()) as object
      return 'signed_metadata' in metadata ? String(metadata.signed_metadata) : ''
    }
    const before = await signed()
    await rotate()
    const after = await signed()
    expect(kidOf(after)).not.toBe(kidOf(before))
    await jwtVerify(after, createLocalJWKSet(await keys()), { issuer: origin })
  })

  test('does not touch the certificate that SAML partners hold', async () => {
    const { ask, rotate } = await served()
    const certificate = async () => /<ds:X509Certificate>[^<]+/.exec(await (await ask('/saml/metadata')).text())?.[0]
    const before = await certificate()
    expect(before).toBeDefined()
    await rotate()
    expect(await certificate()).toBe(before)
  })

  test('is not to be had where the operator wants none, nor by whoever may not control the server', async () => {
    const { ask, rotate, keys } = await served({ keyRotation: false })
    expect(await rotate()).toBe(404)
    expect((await keys()).keys).toHaveLength(3)
    expect((await ask('/clock', { method: 'POST', body: '{"offset_ms":0}' })).status).toBe(200)
    const closed = await createServer({ origin })
    expect((await closed.fetch(new Request(`${origin}/rotate-keys`, { method: 'POST' }))).status).toBe(404)
  })
})

describe('a key ring', () => {
  const anHour = 3_600_000

  test('takes each new key as soon as it is made, and goes on meanwhile', async () => {
    const ring = keyring(movableClock(), anHour)
    const before = ring.signing
    const rotation = ring.rotate()
    await nextTurn()
    // One of RSA takes longer than a turn of the event loop, which it does not hold up.
    expect(ring.signing.ES256).not.toBe(before.ES256)
    expect(ring.signing.RS256).toBe(before.RS256)
    await rotation
    expect(ring.signing.RS256).not.toBe(before.RS256)
  })

  test('makes no more keys at once than one of each kind, however many ask', async () => {
    const ring = keyring(movableClock(), anHour)
    const before = ring.signing
    await Promise.all([ring.rotate(), ring.rotate(), ring.rotate()])
    expect(ring.retired.map(({ kid }) => kid).toSorted()).toEqual(
      Object.values(before)
        .map(({ kid }) => kid)
        .toSorted(),
    )
    await ring.rotate()
    expect(ring.retired).toHaveLength(6)
  })

  test('forgets a retired key when nothing lives any more that it signed', async () => {
    const clock = movableClock()
    const ring = keyring(clock, 60_000)
    const first = ring.signing.ES256.kid
    await ring.rotate()
    const second = ring.signing.ES256.kid
    const kids = () => ring.retired.map(({ kid }) => kid)
    clock.moveTo(50_000)
    await ring.rotate()
    expect(kids()).toEqual(expect.arrayContaining([first, second]))
    clock.moveTo(100_000)
    await ring.rotate()
    expect(kids()).not.toContain(first)
    expect(kids()).toContain(second)
  })

  test('belongs to one server: another one begins with the keys of the process', async () => {
    const [one, other] = [keyring(movableClock(), anHour), keyring(movableClock(), 1000)]
    await one.rotate()
    expect(other.signing.ES256).not.toBe(one.signing.ES256)
    expect(keyring(movableClock(), anHour).signing.ES256).toBe(other.signing.ES256)
  })
})
