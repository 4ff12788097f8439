import { setImmediate } from 'node:timers/promises'
import { UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import type { Invariant, Judgement, Tidings } from '../../../core/story.ts'
import { nameIdFormats } from '../../../harness/client/saml-request.ts'
import { testimony } from '../../../harness/load/testimony.ts'
import { targetAt } from '../runner/units.ts'
import { serveJson } from '../target/serve.ts'

const tidings = (more: Partial<Tidings>): Tidings => ({
  scenario: 'tale',
  story: 'tale',
  seconds: [],
  unique: [],
  samples: [],
  ...more,
})

const invariant = (by?: Judgement): Invariant => ({ proves: [rfc6749.codeSingleUse], ...(by !== undefined && { by }) })

const judgedOf = async (told: readonly Tidings[], observed: unknown[] = []) => {
  await using server = await serveJson(() => ({ '/jwks': { keys: [] } }))
  const metadata = { issuer: server.origin, jwks_uri: `${server.origin}/jwks` }
  const heard = testimony(targetAt(server.origin, { metadata }), {
    onValue: (kind, isNew) => observed.push([kind, isNew]),
    onSample: (kind, isValid) => observed.push([kind, isValid]),
    onClaim: (kind, claim, held) => observed.push([kind, claim, held]),
  })
  // What is still being read when somebody asks is waited for.
  for (const one of told) void heard.hear(one)
  return await heard.judge()
}

describe('what virtual users have told', () => {
  test('shows what came twice, whoever saw it, for each story and kind', async () => {
    const observed: unknown[] = []
    const judged = await judgedOf(
      [
        tidings({ unique: [['code', 'a', '']] }),
        tidings({
          unique: [
            ['code', 'a', ''],
            ['jti', 'a', 'token'],
            ['jti', 'a', 'token'],
          ],
        }),
        tidings({ story: 'other', unique: [['code', 'b', '']] }),
        tidings({ story: 'other', region: 'north', unique: [['code', 'a', '']] }),
      ],
      observed,
    )
    expect(judged.of('tale', invariant({ unique: 'code' }))).toEqual({ observed: 2, broken: 1 })
    expect(judged.of('tale', invariant({ unique: 'jti' }))).toEqual({ observed: 2, broken: 0 })
    expect(judged.of('other', invariant({ unique: 'code' }))).toEqual({ observed: 2, broken: 1 })
    expect(judged.of('tale', invariant({ unique: 'client_id' }))).toEqual({ observed: 0, broken: 0 })
    expect(judged.isFull).toBe(false)
    expect(observed).toEqual([
      ['code', true],
      ['code', false],
      ['jti', true],
      ['jti', true],
      ['code', true],
      ['code', false],
    ])
  })

  test('is judged by its samples, of its own story and kind', async () => {
    const token = new UnsecuredJWT({}).encode()
    const observed: unknown[] = []
    const judged = await judgedOf([tidings({ samples: [{ kind: 'id_token', token, at: Date.now() }] })], observed)
    expect(judged.of('tale', invariant({ sampled: 'id_token' }))).toEqual({ observed: 1, broken: 1 })
    expect(judged.of('tale', invariant({ sampled: 'access_token' }))).toEqual({ observed: 0, broken: 0 })
    expect(judged.of('other', invariant({ sampled: 'id_token' }))).toEqual({ observed: 0, broken: 0 })
    expect(judged.samples).toMatchObject({ verified: 0, rejected: 1 })
    expect(observed).toEqual([['id_token', false]])
  })

  test('is judged by the claims of all tokens, of their story and kind', async () => {
    const observed: unknown[] = []
    const token = (claims: Readonly<Record<string, unknown>>) => ({
      kind: 'access_token' as const,
      client: 'app',
      person: '',
      nonce: '',
      token: new UnsecuredJWT(claims).encode(),
    })
    const tokens = [token({ client_id: 'app', jti: '1' }), token({ client_id: 'other', jti: '1' }), token({})]
    const judged = await judgedOf([tidings({ toRead: tokens })], observed)
    const of = (by: Judgement, story = 'tale') => judged.of(story, invariant(by))
    expect(of({ claim: 'client_id', of: 'access_token' })).toEqual({ observed: 2, broken: 1 })
    expect(of({ claim: 'client_id', of: 'id_token' })).toEqual({ observed: 0, broken: 0 })
    expect(of({ claim: 'client_id', of: 'access_token' }, 'other')).toEqual({ observed: 0, broken: 0 })
    expect(of({ unique: 'jti' })).toEqual({ observed: 2, broken: 1 })
    expect(observed).toContainEqual(['access_token', 'client_id', false])
  })

  test('is read some at a time, so that whoever asks meanwhile need not wait for all of it', async () => {
    let read = 0
    const heard = testimony(targetAt('https://idp.example'), { onValue: () => (read += 1) })
    const toRead = Array.from({ length: 100 }, (_, at) => ({
      kind: 'access_token' as const,
      client: 'app',
      person: '',
      nonce: '',
      token: new UnsecuredJWT({ jti: String(at) }).encode(),
    }))
    const ended = heard.hear(tidings({ toRead }))
    await setImmediate()
    expect(read).toBeLessThan(50)
    const judged = await heard.judge()
    expect(judged.of('tale', invariant({ unique: 'jti' }))).toEqual({ observed: 100, broken: 0 })
    await ended
  })

  test('knows what somebody was called before, by whomever that was told', async () => {
    const named = (person: string, value: string) => {
      const xml = `<Response InResponseTo="_1"><Assertion ID="_${value}"><Subject><NameID Format="${nameIdFormats.persistent}">${value}</NameID></Subject></Assertion></Response>`
      return {
        kind: 'saml_response' as const,
        person,
        asked: { id: '_1', provider: 'sp', consumer: 'https://sp.example/acs', relayState: 'r' },
        url: 'https://idp.example/sso',
        form: `<form action="https://sp.example/acs"><input name="SAMLResponse" value="${btoa(xml)}">`,
      }
    }
    const told = [named('alice', 'a'), named('bob', 'b'), named('alice', 'a'), named('alice', 'c')]
    const judged = await judgedOf(told.map((one) => tidings({ toRead: [one] })))
    expect(judged.of('tale', invariant({ claim: 'NameID', of: 'saml_response' }))).toEqual({ observed: 2, broken: 1 })
    expect(judged.of('tale', invariant({ unique: 'assertion_id' }))).toEqual({ observed: 4, broken: 1 })
  })

  test('says nothing of what the scripts judge themselves', async () => {
    expect((await judgedOf([])).of('tale', invariant())).toBeUndefined()
  })
})
