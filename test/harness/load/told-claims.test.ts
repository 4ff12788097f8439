import { UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ResponseTold, TokenTold } from '../../../core/told.ts'
import { claimsReader } from '../../../harness/load/told-claims.ts'
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
  const form = (token: string, action = 'https://sp.example/acs') =>
    `<form action="${action}"><input name="SAMLResponse" value="${token}"><input name="RelayState" value="r"/>`
  const asked = { id: 'n-1', provider: 'app', consumer: 'https://sp.example/acs', relayState: 'r' }
  const toldOf = (more: Partial<ResponseTold>): ResponseTold => ({
    kind: 'saml_response',
    person: 'alice',
    asked,
    url: 'https://idp.example/sso',
    form: '',
    ...more,
  })
  const seen = (token: string) => claimsSeen(toldOf({ form: form(token) }))
  /** What it says of whom it is for, without how it was sent. */
  const heldIn = (token: string) => seen(token).held.slice(2)
  const success = '<Status><StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></Status>'
  const failure = success.replace('Success', 'Responder')
  const sent = (more: Partial<ResponseTold>) => Object.fromEntries(claimsSeen(toldOf(more)).held)

  test('is a success at the place that was named', () => {
    const isRight = (more: Partial<ResponseTold>) => sent(more)['AssertionConsumerServiceURL']
    expect(isRight({ form: form(response(success)) })).toBe(true)
    expect(isRight({ form: form(response(success).replaceAll(/.{20}/g, '$&\n')) })).toBe(true)
    expect(isRight({ form: form(response(success), '//sp.example/acs') })).toBe(true)
    expect(isRight({ form: form(response(success), '../acs'), url: 'https://sp.example/idp/sso' })).toBe(true)
    expect(isRight({ form: form(response(success), 'https://sp.example/other') })).toBe(false)
    expect(isRight({ form: form(response(success), 'http://[') })).toBe(false)
    expect(isRight({ form: form(response(success), '') })).toBe(false)
    expect(isRight({ form: form(response(failure)) })).toBe(false)
    expect(isRight({ form: form(response('')) })).toBe(false)
    expect(isRight({ form: form('AAAA') })).toBe(false)
    expect(isRight({ form: '<p>SAMLResponse</p>' })).toBe(false)
  })

  test('comes with the RelayState that was sent', () => {
    expect(sent({ form: form(response(success)) })['RelayState']).toBe(true)
    expect(sent({ form: form(response(success)), asked: { ...asked, relayState: 's' } })['RelayState']).toBe(false)
    expect(sent({ form: form(response(success)).replace('RelayState', 'Other') })['RelayState']).toBe(false)
  })

  test('is handed over to be verified where it was to be, and is a success', () => {
    const token = response(success)
    const sample = { kind: 'saml_response', token, client: 'app', consumer: asked.consumer, at: 7 }
    expect(claimsSeen(toldOf({ form: form(token), sampledAt: 7 })).sample).toEqual(sample)
    expect(claimsSeen(toldOf({ form: form(token) })).sample).toBeUndefined()
    expect(claimsSeen(toldOf({ form: form(response(failure)), sampledAt: 7 })).sample).toBeUndefined()
  })

  test('is for the request and the service provider that it names', () => {
    expect(heldIn(response(assertion(persistent)))).toEqual([
      ['InResponseTo', true],
      ['Audience', true],
    ])
    expect(heldIn(response(assertion(persistent, 'other'), 'InResponseTo="n-2"'))).toEqual([
      ['InResponseTo', false],
      ['Audience', false],
    ])
    expect(heldIn(response('<EncryptedAssertion/>'))).toEqual([['InResponseTo', true]])
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

  test.each(['', 'no base64!', Buffer.from('<html/>').toString('base64')])(
    'that is none says nothing of anybody: %j',
    (token) => {
      expect(heldIn(token)).toEqual([])
      expect(seen(token)).toMatchObject({ unique: [] })
    },
  )
})
