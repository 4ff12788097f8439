import { changedJson } from '../answers.ts'
import type { HostileCase, Place, Serve } from '../case.ts'
import { hostileTexts } from '../../fixtures/hostile-report.ts'

const tokenPlaces: readonly Place[] = ['tokens']

const encode = (text: string) => Buffer.from(text).toString('base64url')
const decode = (text: string) => Buffer.from(text, 'base64url').toString()

type Change = (json: string) => string

const same: Change = (json) => json
const adding =
  (members: string): Change =>
  (json) =>
    `${json.slice(0, -1)},${members}}`

/** Changes header and claims of every ID token, as they are written; its signature stays what it was. */
const tokens = (header: Change, claims: Change = same): Serve =>
  changedJson((body) =>
    body.replaceAll(
      /"(eyJ[\w-]+)\.([\w-]+)\.([\w-]+)"/g,
      (_, first: string, second: string, signature: string) =>
        `"${encode(header(decode(first)))}.${encode(claims(decode(second)))}.${signature}"`,
    ),
  )

const everyText = JSON.stringify(Object.values(hostileTexts).join(' '))

export const tokenCases: readonly HostileCase[] = [
  {
    name: 'a token that is critical',
    hurts: 'the header of the token lists under crit what nobody knows',
    at: tokenPlaces,
    serve: tokens(adding('"crit":["owned","__proto__"],"owned":1,"b64":false')),
  },
  {
    name: 'an alg that is an object',
    hurts: 'alg, typ and kid are objects and lists',
    at: tokenPlaces,
    serve: tokens(adding('"alg":{"alg":"RS256"},"typ":[],"kid":{"__proto__":1}')),
  },
  {
    name: 'an alg of none',
    hurts: 'the token is said to need no signature',
    at: tokenPlaces,
    serve: tokens(adding('"alg":"none"')),
  },
  {
    name: 'keys to be fetched',
    hurts: 'the token says where its key is: in a file, and at another host',
    at: tokenPlaces,
    serve: (turn) =>
      tokens(
        adding(
          `"jku":"${turn.elsewhere}/jwks","x5u":"file:///etc/passwd","jwk":{"kty":"oct","k":"eA"},"kid":"../../../../dev/null"`,
        ),
      )(turn),
  },
  {
    name: 'a token that takes over',
    hurts: 'kid, claims and their names are markup and terminal escapes',
    at: tokenPlaces,
    serve: tokens(
      adding(`"kid":${everyText},"typ":${everyText}`),
      adding(
        `"sub":${everyText},"iss":${everyText},"aud":${everyText},"acr":${everyText},"nonce":${everyText},${everyText}:1`,
      ),
    ),
  },
  {
    name: 'times that nobody lives to see',
    hurts: 'exp, iat and auth_time are 1e308, negative, texts, or in the year 9999',
    at: tokenPlaces,
    serve: tokens(same, adding('"exp":1e308,"iat":-1e308,"nbf":"tomorrow","auth_time":253402300800000')),
  },
  {
    name: 'claims of the prototype',
    hurts: 'claims are called __proto__ and constructor',
    at: tokenPlaces,
    serve: tokens(
      same,
      adding('"__proto__":{"sub":"admin"},"constructor":{"prototype":{"x":1}},"toString":1,"toJSON":1'),
    ),
  },
  {
    name: 'claims that stand twice',
    hurts: 'every claim stands twice',
    at: tokenPlaces,
    serve: tokens(adding('"alg":"RS256"'), (json) => `{"sub":"first","iss":[],"aud":{},${json.slice(1)}`),
  },
  {
    name: 'claims 20,000 objects deep',
    hurts: 'a claim is nested twenty thousand times',
    at: tokenPlaces,
    serve: tokens(
      adding(`"x":${'['.repeat(20_000)}${']'.repeat(20_000)}`),
      adding(`"aud":${'['.repeat(20_000)}${']'.repeat(20_000)}`),
    ),
  },
  {
    name: 'a token of 700 kB',
    hurts: 'a token is nearly as large as an answer may be',
    at: tokenPlaces,
    serve: tokens(same, adding(`"padding":"${'x'.repeat(500_000)}"`)),
  },
  {
    name: 'a token that is no JSON',
    hurts: 'header and claims of the token are octets',
    at: tokenPlaces,
    serve: tokens(
      () => '\0\u001B[2J{{{',
      () => '{"a":',
    ),
  },
  {
    name: 'a token of full stops',
    hurts: 'the token consists of thousands of parts',
    at: tokenPlaces,
    serve: changedJson((json) =>
      json.replaceAll(/"eyJ[\w.-]+"/g, `"eyJhbGciOiJub25lIn0${'.eyJhbGciOiJub25lIn0'.repeat(20_000)}"`),
    ),
  },
  {
    name: 'a token of control characters',
    hurts: 'tokens hold line ends and other control characters',
    at: tokenPlaces,
    serve: changedJson((json) =>
      json.replaceAll(
        /"(access_token|refresh_token|id_token)":"/g,
        '"$1":"\\r\\nx-injected: 1\\r\\n\\u0000\\u001b[2J\\u202e',
      ),
    ),
  },
]
