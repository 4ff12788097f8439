import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { decodeForm } from '../../core/wire/form.ts'
import {
  racedCodeBuysOnce,
  racedRefreshTokenHasOneHeir,
  revocationOutlivesRefreshes,
} from '../../fuzz/properties/races.ts'
import { challengeOf } from '../../harness/client/protocol-client.ts'
import type { AnyProperty } from '../../harness/property.ts'
import { propertiesThat, runUnits, targetAt } from '../harness/runner/units.ts'
import { serve } from '../harness/target/serve.ts'

type Params = ReadonlyMap<string, string>

/** A small server: whoever comes gets a code, and what tokens are given for, PKCE aside, is for `answer` to say. */
async function serveTokens(answer: (params: Params) => Promise<readonly [status: number, body: unknown]>) {
  const challenges = new Map<string, string | null>()
  const isProven = (params: Params) =>
    !params.has('code') || challengeOf(params.get('code_verifier') ?? '') === challenges.get(params.get('code') ?? '')
  return await serve(() => (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
    if (pathname === '/authorize') {
      const code = randomUUID()
      challenges.set(code, searchParams.get('code_challenge'))
      const back = `${searchParams.get('redirect_uri')}?code=${code}&state=${searchParams.get('state')}`
      response.writeHead(303, { location: back }).end()
      return
    }
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const params: Params = new Map(decodeForm(body))
      void (isProven(params) ? answer(params) : Promise.resolve(refused)).then(([status, said]) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said)),
      )
    })
  })
}

const granted = (more = {}) => [200, { access_token: randomUUID(), token_type: 'Bearer', ...more }] as const
const refused = [400, { error: 'invalid_grant' }] as const

/** What a property finds there: requirements, or its verdict where it finds nothing. */
async function findOn(origin: string, property: AnyProperty) {
  const [client] = targetAt(origin).clients
  if (client === undefined) throw new TypeError('there is no client')
  const target = targetAt(origin, {
    metadata: {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      revocation_endpoint: `${origin}/revoke`,
    },
    capabilities: new Set(['authorization_code', 'refresh_token', 'public_client', 'revocation']),
    clients: [
      {
        client_id: 'public',
        token_endpoint_auth_method: 'none',
        redirect_uris: client.redirect_uris,
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
  })
  const { verdicts } = await runUnits(propertiesThat({ it: property }), target, { runs: 12 })
  const verdict = verdicts['it']
  return verdict?.state === 'fail' ? verdict.findings.map(({ requirement }) => requirement) : verdict
}

const silent = { state: 'pass' }

/** A server of codes: `isFirst` says whether a code may be redeemed. */
const serveCodes = async (isFirst: (code: string) => Promise<boolean>) =>
  await serveTokens(async (params) => ((await isFirst(params.get('code') ?? '')) ? granted() : refused))

describe('a code that many redeem at once', () => {
  test('is bought by all, where it is read and then deleted in a store that takes a millisecond', async () => {
    const spent = new Set<string>()
    await using server = await serveCodes(async (code) => {
      await delay(1)
      if (spent.has(code)) return false
      await delay(1)
      spent.add(code)
      return true
    })
    expect(await findOn(server.origin, racedCodeBuysOnce)).toEqual([
      'rfc6749/code-single-use',
      'rfc9700/code-invalidated',
    ])
  })

  test('is bought once, where the store deletes and tells, however slow it is', async () => {
    const spent = new Set<string>()
    await using server = await serveCodes(async (code) => {
      await delay(1)
      const isFirst = !spent.has(code)
      spent.add(code)
      await delay(1)
      return isFirst
    })
    expect(await findOn(server.origin, racedCodeBuysOnce)).toEqual(silent)
  })

  test('is not judged where hardly anybody is let in', async () => {
    await using server = await serveTokens(async () => [429, {}])
    expect(await findOn(server.origin, racedCodeBuysOnce)).toMatchObject({
      state: 'untestable',
      because: expect.stringContaining('not even two were taken up'),
    })
  })
})

/** A server of refresh tokens: `heirOf` says what takes a token's place, and nothing where it is no good. */
const serveRefreshes = async (heirOf: (token: string) => Promise<string | undefined>) =>
  await serveTokens(async (params) => {
    const token = params.get('refresh_token')
    const next = token === undefined ? randomUUID() : await heirOf(token)
    return next === undefined ? refused : granted({ refresh_token: next })
  })

describe('a refresh token that many use at once', () => {
  test('has as many heirs as there are users, where it is read and then replaced', async () => {
    const spent = new Set<string>()
    await using server = await serveRefreshes(async (token) => {
      if (spent.has(token)) return undefined
      await delay(1)
      spent.add(token)
      return randomUUID()
    })
    expect(await findOn(server.origin, racedRefreshTokenHasOneHeir)).toEqual(['rfc9700/refresh-rotated-for-public'])
  })

  test('has one heir, where everybody is given the same', async () => {
    const heirs = new Map<string, string>()
    await using server = await serveRefreshes(async (token) => {
      await delay(1)
      const heir = heirs.get(token) ?? randomUUID()
      heirs.set(token, heir)
      return heir
    })
    expect(await findOn(server.origin, racedRefreshTokenHasOneHeir)).toEqual(silent)
  })

  test('has one heir, where the last one takes the place of those before', async () => {
    const dead = new Set<string>()
    const heirs = new Map<string, string>()
    await using server = await serveRefreshes(async (token) => {
      await delay(1)
      if (dead.has(token)) return undefined
      const [before, heir] = [heirs.get(token), randomUUID()]
      if (before !== undefined) dead.add(before)
      heirs.set(token, heir)
      return heir
    })
    expect(await findOn(server.origin, racedRefreshTokenHasOneHeir)).toEqual(silent)
  })
})

describe('a refresh token that is revoked while it is used', () => {
  /** A server whose refreshes note something in the record of the grant, which was read before. */
  const serveRevocable = async (note: (alive: Map<string, boolean>, token: string, wasAlive: boolean) => void) => {
    const alive = new Map<string, boolean>()
    return await serveTokens(async (params) => {
      const [token, revoked] = [params.get('refresh_token'), params.get('token')]
      if (revoked !== undefined) {
        alive.set(revoked, false)
        return [200, {}]
      }
      if (token === undefined) {
        const first = randomUUID()
        alive.set(first, true)
        return granted({ refresh_token: first })
      }
      const isAlive = alive.get(token) === true
      await delay(1)
      note(alive, token, isAlive)
      return isAlive ? granted() : refused
    })
  }

  test('comes back to life, where a refresh writes back what it read', async () => {
    await using server = await serveRevocable((alive, token, wasAlive) => alive.set(token, wasAlive))
    expect(await findOn(server.origin, revocationOutlivesRefreshes)).toEqual([
      'rfc7009/revoked-at-once',
      'rfc6749/refresh-valid',
    ])
  })

  test('stays dead, where a refresh leaves it alone, although it had begun before', async () => {
    await using server = await serveRevocable(() => {})
    expect(await findOn(server.origin, revocationOutlivesRefreshes)).toEqual(silent)
  })
})
