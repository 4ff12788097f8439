import { UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { lineOf, tokenIn, type TokenTold } from '../../../core/told-token.ts'
import { claimsReader } from '../../../harness/load/token-claims.ts'
import { Secret } from '../../../harness/target/secret.ts'

const claimsSeen = claimsReader({ users: [{ username: 'alice', password: new Secret('x'), sub: 'subject-of-alice' }] })

const jwt = (claims: Readonly<Record<string, unknown>>) => new UnsecuredJWT(claims).encode()

const told = (claims: Readonly<Record<string, unknown>>, more: Partial<TokenTold> = {}): TokenTold => ({
  kind: 'id_token',
  client: 'app',
  person: 'alice',
  nonce: 'n-1',
  token: jwt(claims),
  ...more,
})

describe('an ID token', () => {
  const held = (claims: Readonly<Record<string, unknown>>, more: Partial<TokenTold> = {}) =>
    Object.fromEntries(claimsSeen(told(claims, more)).held)

  test('is for the client that asked, alone or among others', () => {
    expect(held({ aud: 'app', nonce: 'n-1' })).toEqual({ aud: true, nonce: true })
    expect(held({ aud: ['other', 'app'], nonce: 'n-1' })).toEqual({ aud: true, nonce: true })
    expect(held({ aud: ['other'], nonce: 'n-1' })).toMatchObject({ aud: false })
    expect(held({ nonce: 'n-1' })).toMatchObject({ aud: false })
  })

  test('has the nonce of its request, where that had one', () => {
    expect(held({ aud: 'app', nonce: 'n-2' })).toMatchObject({ nonce: false })
    expect(held({ aud: 'app' })).toMatchObject({ nonce: false })
    expect(held({ aud: 'app' }, { nonce: '' })).toEqual({ aud: true })
  })

  test('names a subject, which is the one of this person', () => {
    expect(claimsSeen(told({ sub: 's' })).unique).toEqual([['sub', 's', 'alice']])
    expect(claimsSeen(told({ sub: 7 })).unique).toEqual([])
  })
})

describe('an access token', () => {
  const seen = (claims: Readonly<Record<string, unknown>>) => claimsSeen(told(claims, { kind: 'access_token' }))

  test('names the client that asked, if any', () => {
    expect(seen({ client_id: 'app' }).held).toEqual([['client_id', true]])
    expect(seen({ client_id: 'other' }).held).toEqual([['client_id', false]])
    expect(seen({}).held).toEqual([])
  })

  test('has a jti of its own, which comes again with the same token only', () => {
    const [[kind, value, owner] = []] = seen({ jti: 'j' }).unique
    expect([kind, value]).toEqual(['jti', 'j'])
    expect(seen({ jti: 'j' }).unique[0]?.[2]).toBe(owner)
    expect(seen({ jti: 'j', sub: 's' }).unique[0]?.[2]).not.toBe(owner)
  })

  test.each(['', 'opaque', 'a.b', 'a.b.c', 'a.b.c.d.e', `${'x'.repeat(100_000)}.y.z`, jwt({}).replace('.', '.!')])(
    'that nobody can read says nothing: %#',
    (token) => {
      expect(claimsSeen(told({}, { kind: 'access_token', token }))).toEqual({ held: [], unique: [] })
    },
  )
})

describe('a SAML response', () => {
  const response = (inner: string, attributes = 'InResponseTo="n-1"') =>
    Buffer.from(`<samlp:Response ${attributes}>${inner}</samlp:Response>`).toString('base64')
  const assertion = (nameId: string, audience = 'app') =>
    `<a:Assertion ID="_1"><a:Subject>${nameId}</a:Subject><a:Audience>${audience}</a:Audience></a:Assertion>`
  const persistent = '<a:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">p</a:NameID>'
  const seen = (token: string) => claimsSeen(told({}, { kind: 'saml_response', token }))

  test('is for the request and the service provider that it names', () => {
    expect(seen(response(assertion(persistent))).held).toEqual([
      ['InResponseTo', true],
      ['Audience', true],
    ])
    expect(seen(response(assertion(persistent, 'other'), 'InResponseTo="n-2"')).held).toEqual([
      ['InResponseTo', false],
      ['Audience', false],
    ])
    expect(seen(response('<EncryptedAssertion/>')).held).toEqual([['InResponseTo', true]])
  })

  test('calls a person by a name that nobody else has, and always by that', () => {
    const { unique, kept } = seen(response(assertion(persistent)))
    expect(unique).toEqual([
      ['assertion_id', '_1', ''],
      ['name_id', 'app p', 'alice'],
    ])
    expect(kept).toEqual(['NameID', 'app alice', 'p'])
  })

  test('may call a person otherwise, which says something where it gives away who that is', () => {
    const named = (value: string) => seen(response(assertion(`<a:NameID>${value}</a:NameID>`)))
    expect(named('subject-of-alice').unique).toContainEqual(['name_id', 'app subject-of-alice', 'alice'])
    expect(named('one-for-this-time').unique).toEqual([['assertion_id', '_1', '']])
    expect(named('subject-of-alice').kept).toBeUndefined()
  })

  test.each(['', 'no base64!', Buffer.from('<html/>').toString('base64')])('that is none says nothing: %j', (token) => {
    expect(seen(token)).toEqual({ held: [], unique: [] })
  })
})

describe('the line of a token', () => {
  test.each([
    told({ aud: 'app' }),
    told({}, { kind: 'access_token', client: 'a\tclient\nof ünusual name', person: '', nonce: '' }),
  ])('says what it was made of: %#', (token) => {
    expect(lineOf(token)).not.toContain('\n')
    expect(tokenIn(lineOf(token))).toEqual(token)
  })

  test.each([
    '',
    'x',
    'id_token',
    'id_token\ta\tb\tc',
    'secret\ta\tb\tc\td',
    'id_token\ta\tb\tc\td\te',
    'id_token\t%\tb\tc\td',
  ])('is none: %j', (line) => {
    expect(tokenIn(line)).toBeUndefined()
  })
})
