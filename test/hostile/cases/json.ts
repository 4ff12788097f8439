import { changedJson, jsonText, revalued, withMembers } from '../answers.ts'
import { allPlaces, type HostileCase, type Place } from '../case.ts'
import { hostileTexts } from '../../fixtures/hostile-report.ts'

const jsonPlaces: readonly Place[] = ['discovery', 'keys', 'tokens', 'registration', 'resources']

/** What everything is made of that would take over a page, a terminal or a reader. */
const everyText = Object.values(hostileTexts).join(' ')

/** Without these a run does not come far enough to be hurt. */
const needed =
  /^(?:issuer|.*_endpoint|jwks_uri|registration_client_uri|access_token|refresh_token|id_token|client_id|client_secret|.*_supported|kty|n|e|kid|alg|active)$/

/** Numbers as nobody counts. */
const numbers = [
  '1e308',
  '-1e308',
  '1e999',
  '-1',
  '0',
  '99999999999999999999999',
  '253402300800',
  '"1e308"',
  '1.5',
  '-0',
]

let turns = 0

export const json: readonly HostileCase[] = [
  {
    name: 'JSON half a million arrays deep',
    hurts: 'array stands within array, up to the limit of a body',
    at: jsonPlaces,
    serve: jsonText(`${'['.repeat(500_000)}${']'.repeat(500_000)}`),
  },
  {
    name: 'members 100,000 objects deep',
    hurts: 'a right answer has a member that is nested a hundred thousand times',
    at: jsonPlaces,
    serve: withMembers(`"extra":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`),
  },
  {
    name: 'deep members in the place of right ones',
    hurts: 'every member that is a text or a list is nested five thousand times',
    at: jsonPlaces,
    serve: changedJson((text) => {
      const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
      const members = Object.entries(JSON.parse(text) as Record<string, unknown>).map(([name, value]) =>
        needed.test(name) ? `${JSON.stringify(name)}:${JSON.stringify(value)}` : `${JSON.stringify(name)}:${deep}`,
      )
      return `{${members.join(',')},"scope":${deep},"error":${deep},"token_type":${deep},"aud":${deep}}`
    }),
  },
  {
    name: 'members of the prototype',
    hurts: 'members are called __proto__, constructor, toString and then',
    at: jsonPlaces,
    serve: withMembers(
      '"__proto__":{"polluted":1,"issuer":"x","status":0},"constructor":{"prototype":{"polluted":1}},"prototype":1,"toString":1,"toJSON":"x","valueOf":null,"then":"x","hasOwnProperty":false,"length":-1',
    ),
  },
  {
    name: 'members that stand twice',
    hurts: 'every member stands twice, with another value first',
    at: jsonPlaces,
    serve: changedJson(
      (text) =>
        `{${Object.keys(JSON.parse(text) as object)
          .map((name) => `${JSON.stringify(name)}:["first"],`)
          .join('')}${text.slice(1)}`,
    ),
  },
  {
    name: 'NUL and lone surrogates',
    hurts: 'texts hold NUL, half a character and what is no character',
    at: jsonPlaces,
    serve: revalued((before, name) =>
      typeof before === 'string' && !needed.test(name) && !/^\d+$/.test(name) ? hostileTexts.octets : before,
    ),
  },
  {
    name: 'octets that are no UTF-8',
    hurts: 'the document is not encoded in what JSON is encoded in',
    at: jsonPlaces,
    serve: jsonText(
      Buffer.from('{"issuer":"\xff\xfe\xc0\x80","access_token":"\xed\xa0\x80","keys":["\xf8\x88"]}', 'latin1'),
    ),
  },
  {
    name: 'numbers that nobody counts to',
    hurts: 'numbers are 1e308, 1e999, negative, texts, or in the year 9999',
    at: jsonPlaces,
    serve: (turn) => {
      const number = numbers[turns++ % numbers.length] ?? '0'
      const members = [
        'expires_in',
        'exp',
        'iat',
        'nbf',
        'auth_time',
        'updated_at',
        'client_id_issued_at',
        'client_secret_expires_at',
      ]
      return changedJson((text) => {
        const own = text.replaceAll(/(?<=":)-?\d[\d.e+-]*(?=[,}])/g, number)
        return `${own.slice(0, -1)}${members.map((name) => `,"${name}":${number}`).join('')}}`
      })(turn)
    },
  },
  {
    name: 'members of other types',
    hurts: 'lists are objects, texts are lists, and objects are null',
    at: jsonPlaces,
    serve: (turn) => {
      const others: readonly unknown[] = [null, [], {}, [[null]], true, 0, '', [1, null, {}]]
      const other = others[turns++ % others.length]
      return revalued((before, name) =>
        /^(?:issuer|.*_endpoint|jwks_uri)$/.test(name) || /^\d+$/.test(name) ? before : other,
      )(turn)
    },
  },
  {
    name: 'endpoints that are no URLs',
    hurts: 'endpoints are files, scripts, malformed, or as long as a body may be',
    at: ['discovery'],
    serve: (turn) => {
      const others = [
        'file:///etc/passwd',
        'javascript:window.owned=1',
        'http://[',
        '//',
        `${turn.origin}/${'x'.repeat(100_000)}`,
        'http://user:pass word@\u202E/',
        'data:,x',
        '\0',
      ]
      const at = turns++
      return revalued((before, name) =>
        /_endpoint$|^jwks_uri$/.test(name) ? others[(at + name.length) % others.length] : before,
      )(turn)
    },
  },
  {
    name: 'markup in every text',
    hurts: 'every text that nobody has to understand is markup, terminal escapes, or text turned around',
    at: allPlaces,
    serve: revalued((before, name) =>
      typeof before === 'string' && !needed.test(name) && !/^\d+$/.test(name) ? everyText : before,
    ),
  },
  {
    name: 'errors that take over',
    hurts: 'every request is refused, with an error made of markup and terminal escapes',
    at: jsonPlaces,
    serve: jsonText(
      JSON.stringify({
        error: everyText,
        error_description: everyText,
        error_uri: 'javascript:window.owned=1',
        [everyText]: everyText,
      }),
    ),
  },
  {
    name: 'names that take over',
    hurts: 'the issuer, the scopes, the identifiers and the names of members are markup and terminal escapes',
    at: jsonPlaces,
    serve: changedJson((text) => {
      const more = {
        scope: everyText,
        client_id: everyText,
        sub: everyText,
        username: everyText,
        token_type: everyText,
        [everyText]: everyText,
      }
      return JSON.stringify({
        ...(JSON.parse(text) as object),
        ...more,
        scopes_supported: [everyText, 'openid'],
        response_modes_supported: [everyText],
      })
    }),
  },
  {
    name: '50,000 members',
    hurts: 'an answer has fifty thousand members that nobody knows',
    at: jsonPlaces,
    serve: withMembers(Array.from({ length: 50_000 }, (_, at) => `"x${at}":""`).join(',')),
  },
  {
    name: 'a list of 100,000',
    hurts: 'what the server supports is a list of a hundred thousand',
    at: ['discovery'],
    serve: changedJson((text) => {
      const list = JSON.stringify(Array.from({ length: 30_000 }, (_, at) => `s${at}`)).slice(1)
      return text.replaceAll('"scopes_supported":[', `"scopes_supported":[${list.slice(0, -1)},`)
    }),
  },
  {
    name: 'a secret in every word',
    hurts: 'what is called a secret is a common word, or thousands of them',
    at: ['tokens', 'registration'],
    serve: withMembers(
      `"client_secret":"e","password":" ","code":"http","token":"200",${Array.from({ length: 5000 }, (_, at) => `"token${at}_token":"aaaaaaaa${at}"`).join(',')}`,
    ),
  },
]
