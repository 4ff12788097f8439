import { createHash, randomBytes } from 'node:crypto'
import { movableClock } from '../../reference-server/clock.ts'
import { defaultConfig } from '../../reference-server/config.ts'
import { randomText } from '../../reference-server/random-text.ts'
import { createServer } from '../../reference-server/server.ts'
import type { Store } from '../../reference-server/store.ts'
import { memoryStore } from '../../reference-server/stores/memory.ts'
import { client, person, scope } from './accounts.ts'
import { configFor } from './reference-server.ts'

/**
 * Fills the reference server with grants, in a process of its own: `fill.js <count> <counts…>`, and tells its parent how many octets of the heap one
 * takes. A grant is what a whole authorization code flow leaves behind: the grant, its spent code, an access token and a
 * refresh token. Its endpoints are asked for the first count; for the others, in rising order, its store, which takes them faster.
 */
const [throughEndpoints = 0, ...growing] = process.argv.slice(2).map(Number)

const origin = 'http://127.0.0.1:9'
const server = await createServer({ origin, config: configFor('opaque') })

const form = (path: string, params: Readonly<Record<string, string>>, cookie = '') =>
  new Request(`${origin}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
    body: new URLSearchParams(params).toString(),
  })

function authorization() {
  const verifier = randomBytes(32).toString('base64url')
  const params = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope,
    state: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  return { verifier, url: `${origin}/authorize?${params.toString()}` }
}

const locationOf = (response: Response) => new URL(response.headers.get('location') ?? '', origin)

const cookiesOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((line) => line.replace(/;.*$/s, ''))
    .join('; ')

/** What stands in the hidden fields of a page. */
const hidden = (html: string) =>
  Object.fromEntries(
    [...html.matchAll(/name="(interaction|csrf)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )

/** Signs in and consents once; from then on the session answers. */
async function signIn(): Promise<string> {
  const begun = await server.fetch(new Request(authorization().url))
  const browser = cookiesOf(begun)
  const page = await server.fetch(new Request(locationOf(begun), { headers: { cookie: browser } }))
  const { username, password } = person
  const signedIn = await server.fetch(form('/login', { ...hidden(await page.text()), username, password }, browser))
  const cookie = `${browser}; ${cookiesOf(signedIn)}`
  const consent = await server.fetch(new Request(locationOf(signedIn), { headers: { cookie } }))
  await server.fetch(form('/consent', { ...hidden(await consent.text()), decision: 'accept' }, cookie))
  return cookie
}

async function fill(count: number): Promise<void> {
  const headers = { cookie: await signIn() }
  for (let made = 0; made < count; made++) {
    const { url, verifier } = authorization()
    const code = locationOf(await server.fetch(new Request(url, { headers }))).searchParams.get('code')
    const answer = await server.fetch(
      form('/token', {
        grant_type: 'authorization_code',
        code: code ?? '',
        code_verifier: verifier,
        redirect_uri: client.redirectUri,
        client_id: client.id,
        client_secret: client.secret,
      }),
    )
    if (answer.status !== 200) throw new Error(`the server refused grant ${made}: ${await answer.text()}`)
  }
}

/** What the endpoints save for one flow. */
async function save(store: Store, now: number): Promise<void> {
  const [grantId, code, accessToken, refreshToken] = [randomText(), randomText(), randomText(), randomText()]
  const common = { grantId, clientId: client.id, scopes: [scope] }
  await store.saveGrant({
    id: grantId,
    clientId: client.id,
    sub: person.sub,
    scopes: [scope],
    authTime: Math.floor(now / 1000),
    revoked: false,
  })
  const { lifetimes } = defaultConfig
  await store.saveCode({
    ...common,
    value: code,
    redirectUri: client.redirectUri,
    scopeAsked: scope,
    challenge: randomText(),
    challengeMethod: 'S256',
    maxAgeAsked: false,
    expiresAt: now + lifetimes.code * 1000,
  })
  await store.spendCode(code)
  await store.saveAccessToken({
    ...common,
    id: accessToken,
    sub: person.sub,
    issuedAt: now,
    expiresAt: now + lifetimes.accessToken * 1000,
  })
  await store.saveRefreshToken({ ...common, value: refreshToken, expiresAt: now + lifetimes.refreshToken * 1000 })
}

function heap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

await fill(1000)
const before = heap()
await fill(throughEndpoints)
const bytesPerGrant = (heap() - before) / throughEndpoints

const clock = movableClock()
const store = memoryStore(clock)
const empty = heap()
const bytesPerGrantAt: Record<string, number> = {}
let there = 0
for (const count of growing) {
  for (; there < count; there++) await save(store, clock.now())
  bytesPerGrantAt[count] = (heap() - empty) / count
}
const full = heap() - empty
// All that is there has expired; as much again comes in its place.
clock.moveTo(2 * defaultConfig.lifetimes.refreshToken * 1000)
for (let more = 0; more < there; more++) await save(store, clock.now())
const afterExpiry = (heap() - empty) / full
// Named once more, so that the store is not gone before it was weighed.
const held = store.entries?.()
process.send?.({ bytesPerGrant, bytesPerGrantAt, afterExpiry, held })
process.disconnect?.()
