import { describe, expect, test } from 'vitest'
import { defaultConfig } from '../../reference-server/config.ts'
import { createServer } from '../../reference-server/server.ts'

const origin = 'https://as.example'
const server = await createServer({ origin })

const ask = async (method: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
  await server.fetch(new Request(origin + path, { method, headers: { origin: 'https://app.example', ...headers } }))

/** Every header by which scripts are let in. */
const openings = ({ headers }: Response) => [...headers].filter(([name]) => name.startsWith('access-control-'))

const { token, userinfo, revoke, introspect, register, jwks, authorize, login, consent } = defaultConfig.paths

const forClients: Readonly<Record<string, string>> = {
  '/.well-known/openid-configuration': 'GET, HEAD',
  '/.well-known/oauth-authorization-server': 'GET, HEAD',
  [jwks]: 'GET, HEAD',
  [token]: 'POST',
  [userinfo]: 'GET, HEAD, POST',
  [revoke]: 'POST',
  [introspect]: 'POST',
  [register]: 'POST',
}

const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }

describe('scripts of any origin', () => {
  test.each(Object.entries(forClients))('may ask %s', async (path, methods) => {
    const before = await ask('OPTIONS', path, preflight)
    expect([before.status, await before.text()]).toEqual([204, ''])
    expect(openings(before)).toEqual([
      ['access-control-allow-headers', 'Authorization, Content-Type'],
      ['access-control-allow-methods', methods],
      ['access-control-allow-origin', '*'],
      ['access-control-max-age', '600'],
    ])
    const answer = await ask(methods.startsWith('GET') ? 'GET' : 'POST', path)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('may read how to authenticate', async () => {
    const answers = [
      await ask('GET', userinfo, { authorization: 'Bearer nobody-issued-this' }),
      await ask('POST', token, {
        authorization: 'Basic bm9ib2R5Om5vdGhpbmc=',
        'content-type': 'application/x-www-form-urlencoded',
      }),
      await ask('GET', `${register}/nobody`, { authorization: 'Bearer nobody-issued-this' }),
    ]
    for (const { status, headers } of answers) {
      expect(status).toBe(401)
      expect(headers.get('access-control-expose-headers')).toBe('WWW-Authenticate')
    }
  })

  test('never come with the cookies of a person', async () => {
    for (const path of Object.keys(forClients))
      for (const method of ['GET', 'POST', 'OPTIONS'])
        expect((await ask(method, path, preflight)).headers.has('access-control-allow-credentials')).toBe(false)
  })

  test.each([authorize, login, consent])('may not ask %s', async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS'])
      expect([method, openings(await ask(method, path, preflight))]).toEqual([method, []])
  })

  test('learn nothing of what is not there', async () => {
    const answer = await ask('OPTIONS', '/nothing', preflight)
    expect([answer.status, openings(answer)]).toEqual([404, []])
  })
})
