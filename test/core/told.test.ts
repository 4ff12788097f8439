import { assert, constantFrom, property, string, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signOnLineOf, signOnAskedIn } from '../../core/sign-on-request.ts'
import { responseHead, toldIn, type Told, tokenHead } from '../../core/told.ts'

/** What a virtual user tells of it, in two pieces. */
function piecesOf(told: Told): readonly string[] {
  if (told.kind !== 'saml_response')
    return [tokenHead(told.kind, told.token, told.client, told.person, told.nonce), told.token]
  const { form, asked, person, url, sampledAt = '' } = told
  return [responseHead(form, signOnAskedIn(signOnLineOf({ ...asked, url: '' })), person, url, sampledAt), form]
}

/** All of it, without the end of the line before. */
const textOf = (told: readonly Told[]) => told.flatMap(piecesOf).join('').slice(1)

const token: Told = { kind: 'id_token', client: 'app', person: 'alice', nonce: 'n-1', token: 'a.b.c' }
const response: Told = {
  kind: 'saml_response',
  person: 'alice',
  asked: { id: '_1', provider: 'urn:sp', consumer: 'https://sp.example/acs?a=1&b=2', relayState: 'a+b/c==' },
  url: 'https://idp.example/sso',
  form: '<form action="">\n<input name="SAMLResponse" value="AAAA">\n',
}

describe('what is told', () => {
  test.each<readonly [string, readonly Told[]]>([
    ['nothing', []],
    ['a token', [token]],
    ['a token without a person', [{ ...token, kind: 'access_token', person: '', nonce: '' }]],
    ['a token of two lines', [{ ...token, token: 'a\n\tb' }, token]],
    ['nothing of a token', [{ ...token, token: '' }, token]],
    ['a response', [response]],
    ['a response that is to be verified', [{ ...response, sampledAt: 1_700_000_000_000 }]],
    ['all of these', [token, response, { ...response, form: '' }, token]],
  ])('is read as it was: %s', (_, told) => {
    expect(toldIn(textOf(told))).toEqual(told)
  })

  test('is read as it was, whatever stands in it', () => {
    const text = string({ unit: 'grapheme' })
    const tokens = tuple(constantFrom('access_token' as const, 'id_token' as const), text, text, text)
    assert(
      property(tokens, tokens, (...told) => {
        const all = told.map(([kind, client, person, held]): Told => ({ kind, client, person, nonce: '', token: held }))
        expect(toldIn(textOf(all))).toEqual(all)
      }),
    )
  })

  test.each([
    'x',
    '\n',
    'id_token',
    'id_token\t5\talice\tapp\tn',
    'id_token\t5\talice\tapp\tn\na.b.',
    'id_token\t3\talice\tapp\tn\na.b.c',
    'id_token\t-1\talice\tapp\tn\na.b.c',
    'id_token\t\talice\tapp\tn\n',
    'id_token\t5\talice\tapp\tn\tmore\na.b.c',
    'id_token\t5\t%\tapp\tn\na.b.c',
    'secret\t5\talice\tapp\tn\na.b.c',
    'saml_response\t1\talice\t\turl\nx',
    'saml_response\t1\talice\tnow\turl\t_1\tsp\tacs\trelay\nx',
  ])('is nothing where that cannot be said: %j', (text) => {
    expect(toldIn(text)).toBeUndefined()
    expect(toldIn(`${textOf([token])}\n${text}`)).toBeUndefined()
  })
})
