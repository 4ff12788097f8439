import { describe, expect, test } from 'vitest'
import { cwe } from '../../core/spec/cwe.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { type Breach, Broken } from '../../harness/breach.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect, expectFor } from '../../harness/expect.ts'

/** What the units of these tests are about. */
const about = rfc6749.codeSingleUse

type Headers = HttpResponse['headers']

const answer = (status: number, body: unknown, headers: Headers = []): HttpResponse => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  truncated: false,
  url: 'https://as.example/token',
})

/** What a verb noted, as `requirement violation`, and how it went on. */
function noted(judge: (expect: Expect) => unknown) {
  const breaches: Breach[] = []
  let thrown: unknown
  try {
    judge(expectFor([about], (breach) => breaches.push(breach)))
  } catch (error) {
    thrown = error
  }
  return {
    breaches: breaches.map(({ requirement, violation }) => `${requirement.id} ${violation}`),
    said: breaches.map(({ expected, actual }) => `${expected}; ${actual}`),
    thrown,
  }
}

const nothing = { breaches: [], said: [], thrown: undefined }
const only = (requirement: { readonly id: string }, violation: string) => [`${requirement.id} ${violation}`]

const tokenHeaders: Headers = [
  ['Content-Type', 'application/json'],
  ['Cache-Control', 'no-store'],
  ['Pragma', 'no-cache'],
]
const tokens = { access_token: 'abc', token_type: 'Bearer' }

describe('a token response', () => {
  const without = (name: string, ...instead: Headers): Headers => [
    ...tokenHeaders.filter(([key]) => key.toLowerCase() !== name),
    ...instead,
  ]

  test.each<[string, HttpResponse]>([
    ['as the RFC shows it', answer(200, tokens, tokenHeaders)],
    [
      'with a charset',
      answer(200, tokens, without('content-type', ['content-type', 'application/json;charset=UTF-8'])),
    ],
    [
      'in capitals',
      answer(
        200,
        tokens,
        tokenHeaders.map(([name, value]) => [name.toUpperCase(), value.toUpperCase()]),
      ),
    ],
    ['with more members', answer(200, { ...tokens, scope: 'a', extra: { deep: [] } }, tokenHeaders)],
    ['with bearer in another case', answer(200, { ...tokens, token_type: 'bearer' }, tokenHeaders)],
    [
      'with more directives',
      answer(200, tokens, without('cache-control', ['cache-control', 'private,no-store, max-age=0'])),
    ],
    [
      'with directives in headers apart',
      answer(200, tokens, without('cache-control', ['cache-control', 'private'], ['Cache-Control', 'no-store'])),
    ],
    ['with pragmas in headers apart', answer(200, tokens, without('pragma', ['pragma', 'x'], ['pragma', 'no-cache']))],
  ])('%s is right', (_, response) => {
    expect(noted((judge) => judge.response(response).toBeTokenResponse())).toEqual(nothing)
  })

  test.each<[string, HttpResponse, readonly string[]]>([
    ['without cache-control', answer(200, tokens, without('cache-control')), only(rfc6749.noStore, 'missing-header')],
    [
      'with no-store in another word',
      answer(200, tokens, without('cache-control', ['cache-control', 'no-storeroom'])),
      only(rfc6749.noStore, 'wrong-header'),
    ],
    [
      'that may be stored',
      answer(200, tokens, without('cache-control', ['cache-control', 'no-cache'])),
      only(rfc6749.noStore, 'wrong-header'),
    ],
    ['without pragma', answer(200, tokens, without('pragma')), only(rfc6749.pragmaNoCache, 'missing-header')],
    [
      'with another pragma',
      answer(200, tokens, without('pragma', ['pragma', 'public'])),
      only(rfc6749.pragmaNoCache, 'wrong-header'),
    ],
    ['without a type', answer(200, tokens, without('content-type')), only(rfc6749.tokenResponseJson, 'missing-header')],
    [
      'as text',
      answer(200, tokens, without('content-type', ['content-type', 'text/html'])),
      only(rfc6749.tokenResponseJson, 'wrong-header'),
    ],
    [
      'as another type that begins alike',
      answer(200, tokens, without('content-type', ['content-type', 'application/jsonp'])),
      only(rfc6749.tokenResponseJson, 'wrong-header'),
    ],
  ])('%s breaks that one requirement, and goes on', (_, response, breaches) => {
    expect(noted((judge) => judge.response(response).toBeTokenResponse())).toMatchObject({
      breaches,
      thrown: undefined,
    })
  })

  test.each<[string, unknown]>([
    ['nothing', ''],
    ['HTML', '<html>'],
    ['a form', 'access_token=abc&token_type=Bearer'],
    ['a list', [tokens]],
    ['null', null],
    ['no access_token', { token_type: 'Bearer' }],
    ['no token_type', { access_token: 'abc' }],
    ['an access_token that is no text', { ...tokens, access_token: 1 }],
    ['an empty access_token', { ...tokens, access_token: '' }],
    ['an empty token_type', { ...tokens, token_type: '' }],
  ])('that holds %s ends the unit', (_, body) => {
    const { breaches, thrown } = noted((judge) => judge.response(answer(200, body, tokenHeaders)).toBeTokenResponse())
    expect(breaches).toEqual(only(rfc6749.tokenResponse, 'malformed'))
    expect(thrown).toBeInstanceOf(Broken)
  })

  test.each([201, 302, 400, 401, 500])('with status %i ends the unit', (status) => {
    const { breaches, thrown } = noted((judge) =>
      judge.response(answer(status, tokens, tokenHeaders)).toBeTokenResponse(),
    )
    expect(breaches).toEqual(only(rfc6749.tokenResponse, 'refused'))
    expect(thrown).toBeInstanceOf(Broken)
  })

  test('hands its members over', () => {
    const judge = expectFor([about], () => {})
    expect(judge.response(answer(200, { ...tokens, scope: 'a b' }, tokenHeaders)).toBeTokenResponse()).toEqual({
      ...tokens,
      scope: 'a b',
    })
  })
})

describe('an OAuth error', () => {
  const denied = (status: number, body: unknown) =>
    noted((judge) => judge.response(answer(status, body)).toBeOAuthError('invalid_grant', 'invalid_client'))

  test.each<[number, unknown]>([
    [400, { error: 'invalid_grant' }],
    [400, { error: 'invalid_grant', error_description: 'printable: !#$[]~', error_uri: 'https://as.example/e' }],
    [400, { error: 'invalid_client' }],
    [401, { error: 'invalid_client' }],
  ])('%i %j is right', (status, body) => {
    expect(denied(status, body)).toEqual(nothing)
  })

  test.each<[string, number, unknown, readonly string[]]>([
    ['a token', 200, tokens, only(about, 'accepted')],
    ['a token beside an error', 200, { ...tokens, error: 'invalid_grant' }, only(about, 'accepted')],
    ['nothing, successfully', 204, '', only(about, 'accepted')],
    ['a page, successfully', 200, '<html>', only(about, 'accepted')],
    ['a redirect', 302, '', only(about, 'wrong-status')],
    ['a failure of its own', 500, { error: 'invalid_grant' }, only(about, 'crashed')],
    ['another error', 400, { error: 'invalid_request' }, only(about, 'wrong-error')],
    ['the error with a success', 200, { error: 'invalid_grant' }, only(rfc6749.errorStatus, 'wrong-status')],
    ['the error with 401', 401, { error: 'invalid_grant' }, only(rfc6749.errorStatus, 'wrong-status')],
    ['the error with 403', 403, { error: 'invalid_client' }, only(rfc6749.errorStatus, 'wrong-status')],
    ['a page', 400, '<html>', only(rfc6749.errorJson, 'malformed')],
    ['an error that is no text', 400, { error: { code: 1 } }, only(rfc6749.errorJson, 'malformed')],
    [
      'a description with a quotation mark',
      400,
      { error: 'invalid_grant', error_description: 'the "code"' },
      only(rfc6749.errorDescriptionCharset, 'malformed'),
    ],
    [
      'a description with a backslash',
      400,
      { error: 'invalid_grant', error_description: '\\' },
      only(rfc6749.errorDescriptionCharset, 'malformed'),
    ],
    [
      'a description that is not ASCII',
      400,
      { error: 'invalid_grant', error_description: 'abgelaufen für immer' },
      only(rfc6749.errorDescriptionCharset, 'malformed'),
    ],
    [
      'a description with a line break',
      400,
      { error: 'invalid_grant', error_description: 'a\nb' },
      only(rfc6749.errorDescriptionCharset, 'malformed'),
    ],
    [
      'a description that is no text',
      400,
      { error: 'invalid_grant', error_description: 7 },
      only(rfc6749.errorDescriptionCharset, 'malformed'),
    ],
    [
      'another error with another status',
      418,
      { error: 'teapot' },
      [...only(about, 'wrong-error'), ...only(rfc6749.errorStatus, 'wrong-status')],
    ],
  ])('%s is not', (_, status, body, breaches) => {
    expect(denied(status, body)).toMatchObject({ breaches, thrown: undefined })
  })
})

describe('a refusal', () => {
  test.each<[number, unknown, readonly string[]]>([
    [400, '', []],
    [401, '<html>', []],
    [403, { error: 'x' }, []],
    [404, '', []],
    [200, { error: 'invalid_token' }, []],
    [200, { error: '' }, only(about, 'accepted')],
    [200, {}, only(about, 'accepted')],
    [200, { ...tokens, error: 'x' }, only(about, 'accepted')],
    [204, '', only(about, 'accepted')],
    [302, '', only(about, 'wrong-status')],
    [500, { error: 'server_error' }, only(about, 'crashed')],
    [502, '', only(about, 'crashed')],
  ])('%i %j: %j', (status, body, breaches) => {
    expect(noted((judge) => judge.response(answer(status, body)).toBeRefused()).breaches).toEqual(breaches)
  })
})

describe('statuses, headers and bodies', () => {
  const response = answer(200, '{"a":1}', [
    ['Vary', 'Origin'],
    ['vary', 'Accept'],
  ])

  test('a status', () => {
    expect(noted((judge) => judge.response(response).toHaveStatus(200, 204))).toEqual(nothing)
    expect(noted((judge) => judge.response(response).toHaveStatus(201, 204))).toMatchObject({
      breaches: only(about, 'wrong-status'),
      said: ['status 201 or 204; status 200'],
    })
  })

  test('a header, whichever of several of its name it is', () => {
    expect(noted((judge) => judge.response(response).toHaveHeader('VARY', /accept/i, 'Accept'))).toEqual(nothing)
    expect(noted((judge) => judge.response(response).toHaveHeader('vary', /cookie/i, 'Cookie'))).toMatchObject({
      breaches: only(about, 'wrong-header'),
      said: ['vary: Cookie; vary: Origin, Accept'],
    })
    expect(noted((judge) => judge.response(response).toHaveHeader('allow', /GET/, 'GET')).breaches).toEqual(
      only(about, 'missing-header'),
    )
  })

  test('no header', () => {
    expect(noted((judge) => judge.response(response).notToHaveHeader('set-cookie'))).toEqual(nothing)
    expect(noted((judge) => judge.response(response).notToHaveHeader('vary')).breaches).toEqual(
      only(about, 'wrong-header'),
    )
  })

  test('a JSON object', () => {
    expect(noted((judge) => judge.response(response).toBeJsonObject())).toEqual(nothing)
    for (const body of ['', '[]', 'null', '"a"', '{']) {
      const { breaches, thrown } = noted((judge) => judge.response(answer(200, body)).toBeJsonObject())
      expect(breaches).toEqual(only(about, 'malformed'))
      expect(thrown).toBeInstanceOf(Broken)
    }
  })

  test('any other fact', () => {
    const breach = { expected: 'this', actual: 'that' }
    expect(noted((judge) => judge.that(true, breach))).toEqual(nothing)
    expect(noted((judge) => judge.that(false, breach)).breaches).toEqual(only(about, 'wrong-value'))
    expect(
      noted((judge) => judge.that(false, { ...breach, violation: 'leaked' }, rfc7009.ownTokensOnly)).breaches,
    ).toEqual(only(rfc7009.ownTokensOnly, 'leaked'))
  })
})

describe('which requirement', () => {
  const judge = (requirement?: typeof about) => {
    const breaches: Breach[] = []
    const both = expectFor([rfc6749.codeSingleUse, rfc6749.replayRevokes], (breach) => breaches.push(breach))
    both.response(answer(200, ''), requirement).toBeRefused()
    return breaches.map(({ requirement: { id } }) => id)
  }

  test('all that the unit proves, where nothing is said', () => {
    expect(judge()).toEqual([rfc6749.codeSingleUse.id, rfc6749.replayRevokes.id])
  })

  test('the one that is given', () => {
    expect(judge(rfc6749.replayRevokes)).toEqual([rfc6749.replayRevokes.id])
  })
})

const uri = 'https://rp.example/cb'
const redirect = (location: string): Arrival => ({ kind: 'redirect', location, status: 302 })
const formPost = (action: string, ...params: readonly (readonly [string, string])[]): Arrival => ({
  kind: 'form_post',
  action,
  params,
})
const page = (status: number): Arrival => ({ kind: 'page', status, response: answer(status, '<html>') })
const stuck: Arrival = { kind: 'stuck', because: 'the password was refused' }

describe('an arrival with a code', () => {
  test.each<[string, Arrival]>([
    ['in the query', redirect(`${uri}?code=1&state=x`)],
    ['in the fragment', redirect(`${uri}#code=1`)],
    ['in a form', formPost(uri, ['code', '1'])],
    ['as a URL parser writes it', redirect('https://RP.example:443/cb?code=1')],
  ])('%s is right', (_, arrival) => {
    expect(noted((judge) => judge.arrival(arrival).toBringCode(uri))).toEqual(nothing)
  })

  test.each<[string, string]>([
    ['https://rp.example', 'https://rp.example/?code=1'],
    ['https://rp.example/cb?keep=this', 'https://rp.example/cb?keep=this&code=1'],
    ['https://rp.example/cb?keep=this', 'https://rp.example/cb?code=1&keep=this'],
    ['com.example.app:/cb', 'com.example.app:/cb?code=1'],
    ['http://[::1]:8000/cb', 'http://[::1]:8000/cb?code=1'],
  ])('for %s may be at %s', (owed, location) => {
    expect(noted((judge) => judge.arrival(redirect(location)).toBringCode(owed))).toEqual(nothing)
  })

  test.each<[string, string]>([
    [uri, 'https://rp.example/cb2?code=1'],
    [uri, 'https://rp.example/cb/?code=1'],
    [uri, 'https://rp.example.evil.example/cb?code=1'],
    [uri, 'http://rp.example/cb?code=1'],
    [uri, 'https://rp.example:8443/cb?code=1'],
    ['https://rp.example/cb?keep=this', 'https://rp.example/cb?code=1'],
    ['https://rp.example/cb?keep=this', 'https://rp.example/cb?keep=that&code=1'],
    ['com.example.app:/cb', 'com.example.app:/other?code=1'],
    ['com.example.app:/cb', 'com.example.other:/cb?code=1'],
  ])('for %s may not be at %s', (owed, location) => {
    expect(noted((judge) => judge.arrival(redirect(location)).toBringCode(owed)).breaches).toEqual(
      only(about, 'redirected'),
    )
  })

  test.each<[string, Arrival, string]>([
    ['an error', redirect(`${uri}?error=access_denied`), 'refused'],
    ['nothing', redirect(uri), 'refused'],
    ['a page', page(200), 'refused'],
    ['a failure', page(500), 'crashed'],
  ])('%s ends the unit', (_, arrival, violation) => {
    const { breaches, thrown } = noted((judge) => judge.arrival(arrival).toBringCode(uri))
    expect(breaches).toEqual(only(about, violation))
    expect(thrown).toBeInstanceOf(Broken)
  })

  test('the first of a parameter that is repeated counts', () => {
    const judge = expectFor([about], () => {})
    const params = judge.arrival(redirect(`${uri}?code=1&code=2&state=a#state=b`)).toBringCode(uri)
    expect(Object.fromEntries(params)).toEqual({ code: '1', state: 'a' })
  })
})

describe('an arrival with an error', () => {
  const judged = (arrival: Arrival) =>
    noted((judge) => judge.arrival(arrival).toBringError(uri, 'invalid_request', 'invalid_scope'))

  test.each<[Arrival]>([
    [redirect(`${uri}?error=invalid_request`)],
    [redirect(`${uri}?error_description=x&error=invalid_scope#_`)],
    [formPost(uri, ['error', 'invalid_scope'])],
  ])('%j is right', (arrival) => {
    expect(judged(arrival)).toEqual(nothing)
  })

  test.each<[Arrival, readonly string[]]>([
    [redirect(`${uri}?code=1`), only(about, 'accepted')],
    [redirect(`${uri}?code=1&error=invalid_scope`), only(about, 'accepted')],
    [redirect(`${uri}#access_token=1`), only(about, 'accepted')],
    [redirect(`${uri}?error=server_error`), only(about, 'wrong-error')],
    [redirect(uri), only(about, 'wrong-error')],
    [redirect('https://evil.example/?error=invalid_scope'), only(about, 'redirected')],
    [page(400), only(rfc6749.errorByRedirect, 'refused')],
    [page(500), only(about, 'crashed')],
  ])('%j is not', (arrival, breaches) => {
    expect(judged(arrival)).toMatchObject({ breaches, thrown: undefined })
  })
})

describe('an arrival without a code', () => {
  test.each<[Arrival, readonly string[]]>([
    [page(200), []],
    [page(400), []],
    [redirect(`${uri}?error=x`), []],
    [redirect('https://elsewhere.example/'), []],
    [redirect(`${uri}?code=1`), only(about, 'accepted')],
    [redirect(`${uri}#access_token=1`), only(about, 'accepted')],
    [formPost(uri, ['code', '1']), only(about, 'accepted')],
    [page(502), only(about, 'crashed')],
  ])('%j: %j', (arrival, breaches) => {
    expect(noted((judge) => judge.arrival(arrival).toBringNoCode()).breaches).toEqual(breaches)
  })
})

describe('an arrival that stays at the server', () => {
  test.each<[Arrival, readonly string[]]>([
    [page(200), []],
    [page(400), []],
    [redirect(`${uri}?error=x`), only(about, 'redirected')],
    [formPost('https://evil.example/', ['error', 'x']), only(about, 'redirected')],
    [page(500), only(cwe.failuresHandled, 'crashed')],
  ])('%j: %j', (arrival, breaches) => {
    expect(noted((judge) => judge.arrival(arrival).toStayAtServer()).breaches).toEqual(breaches)
  })
})

describe('what nobody can judge', () => {
  type Verb = (arrival: Arrival) => (expect: Expect) => unknown

  const verbs: readonly (readonly [name: string, verb: Verb])[] = [
    ['toBringCode', (arrival) => (judge) => judge.arrival(arrival).toBringCode(uri)],
    ['toBringError', (arrival) => (judge) => judge.arrival(arrival).toBringError(uri, 'x')],
    ['toBringNoCode', (arrival) => (judge) => judge.arrival(arrival).toBringNoCode()],
    ['toStayAtServer', (arrival) => (judge) => judge.arrival(arrival).toStayAtServer()],
  ]

  test.each(verbs)('a sign-in that does not end: %s', (_, verb) => {
    const { breaches, thrown } = noted(verb(stuck))
    expect(breaches).toEqual([])
    expect(thrown).toEqual(new Untestable('the password was refused'))
  })

  test.each([429, 503])('a server that asks for fewer requests with %i', (status) => {
    const asks = new Untestable(
      `the server asks for fewer requests: status ${status}; lower limits.max_rps in the target file`,
    )
    for (const [, verb] of verbs) expect(noted(verb(page(status)))).toMatchObject({ breaches: [], thrown: asks })
    const responses: readonly ((expect: Expect) => unknown)[] = [
      (judge) => judge.response(answer(status, '')).toBeTokenResponse(),
      (judge) => judge.response(answer(status, '')).toBeOAuthError('x'),
      (judge) => judge.response(answer(status, '')).toBeRefused(),
    ]
    for (const verb of responses) expect(noted(verb)).toMatchObject({ breaches: [], thrown: asks })
  })
})

test.each<[number, unknown, string]>([
  [200, tokens, 'status 200 with a token'],
  [400, { error: 'invalid_grant', access_token: 'abc' }, 'status 400 with the error invalid_grant'],
  [400, { error: 'x'.repeat(1000) }, `status 400 with the error ${'x'.repeat(80)}`],
  [500, 'a stack with a secret', 'status 500'],
])('an answer of %i is described without what it may hold', (status, body, expected) => {
  expect(describeAnswer(answer(status, body))).toBe(expected)
})
