import { describe, expect, test } from 'vitest'
import { introspectionTellsHowThingsAreNow } from '../../fuzz/properties/introspection.ts'
import { findOn, granted, type Params, type Said, serveTokens, silent } from './small-server.ts'

/** What is done to the tokens of a server, all of which live at first. */
interface Deeds {
  grant?(live: Set<string>): void
  revoke?(token: string, live: Set<string>): Said | undefined
  introspect?(token: string, live: ReadonlySet<string>): boolean
}

async function serveLedger({ grant, revoke, introspect = (token, live) => live.has(token) }: Deeds = {}) {
  const live = new Set<string>()
  let number = 0
  const answers: Readonly<Record<string, (params: Params) => Said>> = {
    '/token'() {
      grant?.(live)
      number += 1
      live.add(`token-${number}`)
      return granted({ access_token: `token-${number}`, expires_in: 3600 })
    },
    '/revoke'(params) {
      const token = params.get('token') ?? ''
      const said = revoke?.(token, live)
      if (said === undefined) live.delete(token)
      return said ?? [200, {}]
    },
    '/introspect': (params) => [200, { active: introspect(params.get('token') ?? '', live) }],
  }
  return await serveTokens(async (params, path) => answers[path]?.(params) ?? [404, {}])
}

const found = async (origin: string) => await findOn(origin, introspectionTellsHowThingsAreNow, 'confidential', 60)

describe('what introspection tells, asked again and again', () => {
  test('is right where the server asks its ledger each time', async () => {
    await using server = await serveLedger()
    expect(await found(server.origin)).toEqual(silent)
  })

  test('is out of date where what was found alive is remembered', async () => {
    const known = new Set<string>()
    await using server = await serveLedger({
      introspect(token, live) {
        if (live.has(token)) known.add(token)
        return known.has(token)
      },
    })
    expect(await found(server.origin)).toEqual(['rfc7662/revoked-inactive', 'rfc7009/revoked-at-once'])
  })

  test('is of another token where the dead are remembered by their beginnings', async () => {
    const dead = new Set<string>()
    await using server = await serveLedger({
      introspect(token, live) {
        if (!live.has(token)) dead.add(token.slice(0, 5))
        return !dead.has(token.slice(0, 5))
      },
    })
    expect(await found(server.origin)).toEqual(['rfc7662/active-member'])
  })

  test('is lawful where a new grant takes the place of the one before, and one revocation ends them all', async () => {
    await using server = await serveLedger({
      grant: (live) => live.clear(),
      revoke(_, live) {
        live.clear()
        return undefined
      },
    })
    expect(await found(server.origin)).toEqual(silent)
  })

  test('is nothing to judge where access tokens cannot be given back', async () => {
    await using server = await serveLedger({ revoke: () => [400, { error: 'unsupported_token_type' }] })
    expect(await found(server.origin)).toMatchObject({ state: 'inapplicable' })
  })
})
