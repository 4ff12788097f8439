import { describe, expect, onTestFinished, test } from 'vitest'
import { startEmbedded, variationOf } from '../../cli/embedded.ts'
import { claims } from '../../core/spec/claims.ts'
import { HarnessError } from '../../harness/error.ts'
import { openTarget } from '../../harness/target/open.ts'
import { dialects } from '../../reference-server/dialects/catalogue.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'

describe('a variation', () => {
  test('is none where none is named', () => {
    expect(variationOf({})).toEqual({})
  })

  test('is any mutant and any dialect, by its id', () => {
    for (const [id, mutant] of catalogue) expect(variationOf({ mutant: id })).toBe(mutant)
    for (const dialect of dialects) expect(variationOf({ dialect: dialect.id })).toBe(dialect)
  })

  const failureOf = (names: Parameters<typeof variationOf>[0]) => {
    try {
      variationOf(names)
    } catch (error) {
      if (error instanceof HarnessError) return `${error.code}: ${error.message}; ${error.hint}`
    }
    return 'nothing failed'
  }

  test.each([
    [
      { mutant: 'code-is-single-use/accepts-any-repla' },
      'USAGE: there is no mutant code-is-single-use/accepts-any-repla; did you mean code-is-single-use/accepts-any-replay?',
    ],
    [{ mutant: 'x' }, 'USAGE: there is no mutant x; `assay mutants --list` names them all'],
    [{ dialect: 'x\u001B[31m' }, /^USAGE: there is no dialect x[ -~]*; `assay mutants --dialects` names them all$/],
    [
      { mutant: 'x', dialect: 'y' },
      'USAGE: a mutant and a dialect cannot be served at once; name one of --mutant and --dialect',
    ],
  ])('that is not there is told: %j', (names, expected) => {
    expect(failureOf(names)).toMatch(expected)
  })
})

describe('an embedded server', () => {
  async function started(...args: Parameters<typeof startEmbedded>) {
    const server = await startEmbedded(...args)
    onTestFinished(server.close)
    return server
  }

  test('has other secrets each time', async () => {
    const secretsOf = async () => {
      const { settings } = await started()
      return [
        ...(settings.clients ?? []).flatMap(({ client_secret: secret }) => secret?.reveal() ?? []),
        ...(settings.users ?? []).map(({ password }) => password.reveal()),
      ]
    }
    const all = [...(await secretsOf()), ...(await secretsOf())]
    expect(all.length).toBeGreaterThan(7)
    expect(new Set(all).size).toBe(all.length)
  })

  test('is what its settings say: each client signs in by its own method', async () => {
    const { settings } = await started()
    const { target, close } = await openTarget(settings)
    expect(target.clients.map(({ token_endpoint_auth_method: method }) => method)).toEqual([
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
    ])
    expect(target.clients.map(({ private_key: key }) => key !== undefined)).toEqual([false, false, false, true, false])
    expect(target.users.length).toBeGreaterThan(1)
    expect(await close()).toEqual([])
  })

  test('shows no secret where its settings are printed', async () => {
    const { settings } = await started()
    const [client] = settings.clients ?? []
    expect(JSON.stringify(settings)).not.toContain(client?.client_secret?.reveal())
  })

  test('keeps its accounts, whatever a variation configures', async () => {
    const { settings } = await started({ config: { clients: [], users: [], issuerPath: '/tenant' } })
    expect(settings.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/tenant$/)
    expect(settings.clients).not.toEqual([])
    await expect(openTarget(settings)).resolves.toBeDefined()
  })

  test('has accounts that fit what a variation configures', async () => {
    const { settings } = await started({
      config: { authMethods: ['private_key_jwt'], grantTypes: ['authorization_code'], scopes: ['api:read'] },
    })
    const clients = settings.clients ?? []
    expect(clients.map(({ token_endpoint_auth_method: method }) => method)).toEqual([
      'private_key_jwt',
      'private_key_jwt',
      'private_key_jwt',
      'private_key_jwt',
    ])
    for (const { client_secret: secret, private_key: key, grant_types: grants, scope } of clients)
      expect([secret, key !== undefined, grants, scope]).toEqual([undefined, true, ['authorization_code'], 'api:read'])
  })

  test('claims all that can be claimed, but for what would free it of what it is wrong about', async () => {
    expect((await started()).settings.claims).toEqual(claims)
    expect((await started(variationOf({ dialect: 'nothing-claimed' }))).settings.claims).toEqual([])
    const wrong = async (mutant: string) => (await started(variationOf({ mutant }))).settings.claims
    expect(await wrong('code-is-single-use/accepts-any-replay')).toEqual(claims)
    expect(await wrong('redirect-uri-is-repeated/lets-it-be-missing')).toEqual([])
  })

  test('is gone once it is closed', async () => {
    const { settings, close } = await startEmbedded()
    await close()
    await expect(fetch(`${settings.issuer}/jwks`)).rejects.toThrow('fetch failed')
  })
})
