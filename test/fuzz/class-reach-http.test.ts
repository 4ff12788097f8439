import fc, { type Arbitrary } from 'fast-check'
import { generateKeyPair, exportJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allUnits } from '../../cli/units.ts'
import { Redactor } from '../../core/redact.ts'
import { encodeForm } from '../../core/wire/form.ts'
import { assertionForgery } from '../../fuzz/generators/assertion.ts'
import { basicForgery, basicHeader, basicSpelling, headerOfPair } from '../../fuzz/generators/basic.ts'
import { bodyOf, rawRegistration, registrationType } from '../../fuzz/generators/client-metadata.ts'
import { applied, type Edit } from '../../fuzz/generators/edit.ts'
import { contentType, emptyParameters, malformations, type RawForm, repetition } from '../../fuzz/generators/form.ts'
import { grown, longForm, longJson, longToken, longValue } from '../../fuzz/generators/growth.ts'
import {
  anyHeaders,
  forwardedHeaders,
  type Header,
  methodOverride,
  strangeOrigin,
} from '../../fuzz/generators/headers.ts'
import { nearMiss } from '../../fuzz/generators/near-miss.ts'
import { scopeEdits } from '../../fuzz/generators/scope.ts'
import { tokenForgery } from '../../fuzz/generators/token-forgery.ts'
import { HttpClient } from '../../harness/client/http.ts'
import { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { browserlessAgent } from '../../harness/client/user-agent.ts'
import { type EmbeddedTarget, embeddedTarget } from './embedded-target.ts'
import { beyond, sizes, stated } from './http-classes.ts'

/** So many inputs of each generator are looked at; a property that is given a minute tries more. */
const looked = 2000

/** What a generator writes, as it goes over the wire or as a report prints it. */
type Writer = () => Promise<readonly string[]>

const samples = <Input>(arbitrary: Arbitrary<Input>, write: (input: Input) => string) =>
  once(async () => fc.sample(arbitrary, { numRuns: looked, seed: 1 }).map(write))

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return async () => await (made ??= make())
}

const form = encodeForm({
  grant_type: 'authorization_code',
  code: 'c0de',
  redirect_uri: 'https://rp.example/callback',
  client_id: 'me',
  client_secret: 's3cret',
}).split('&')
const formText = (edits: readonly Edit<RawForm>[]) => applied(edits, form).join('&')
const headerText = (headers: readonly Header[]) => headers.map(([name, value]) => `${name}: ${value}`).join('\n')
const registration = { client_name: 'Assay', redirect_uris: ['https://rp.example/callback'] }

let embedded: EmbeddedTarget
let jwt: { readonly token: string; readonly keys: readonly JWK[] }

beforeAll(async () => {
  embedded = await embeddedTarget()
  const pairs = await Promise.all(['ES256', 'RS256'].map(async (alg) => await generateKeyPair(alg)))
  const [pair] = pairs
  if (pair === undefined) throw new TypeError('there is no key')
  jwt = {
    keys: await Promise.all(pairs.map(async ({ publicKey }) => ({ ...(await exportJWK(publicKey)), kid: 'k' }))),
    token: await new SignJWT({ iss: 'https://op.example', sub: 'person', aud: 'api', exp: 4e9 })
      .setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })
      .sign(pair.privateKey),
  }
  // Thousands of signatures take a while on a machine that has more to do.
  await tokens()
  await assertions()
}, 120_000)
afterAll(async () => await embedded[Symbol.asyncDispose]())

/** A JWT with its header and claims readable beside it. */
const opened = (text: string) =>
  `${text}\n${text
    .split('.')
    .slice(0, 2)
    .map((part) => Buffer.from(part, 'base64url').toString())
    .join('\n')}`

const tokens = once(async () => {
  const forged = fc.sample(tokenForgery, { numRuns: 2 * looked, seed: 1 }).map(async ({ make }) => await make(jwt))
  return (await Promise.all(forged)).flatMap((one) => (one === undefined ? [] : [opened(one)]))
})

const assertions = once(async () => {
  const { target } = embedded
  const account = target.clients.find((one) => one.token_endpoint_auth_method === 'private_key_jwt')
  if (account === undefined) throw new TypeError('there is no client with a key')
  const http = new HttpClient({ timeoutMs: 1000, redactor: new Redactor() })
  const agent = browserlessAgent({ http, login: target.login })
  const client = new ProtocolClient({ target, account, user: undefined, http, agent, now: () => Date.now() })
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const key = JSON.parse(account.private_key?.reveal() ?? '{}') as JWK
  const forge = {
    client,
    key: { alg: 'ES256', ...key },
    foreignKey: { ...(await exportJWK(privateKey)), alg: 'ES256' },
  }
  const forged = fc.sample(assertionForgery, { numRuns: looked, seed: 1 }).map(async ({ make }) => await make(forge))
  return (await Promise.all(forged)).flatMap((one) => (one === undefined ? [] : [opened(one)]))
})

const forms = samples(malformations, formText)
const basics = samples(basicForgery, (forgery) => {
  if ('nothing' in forgery) return forgery.nothing
  if ('pair' in forgery)
    return headerText([['authorization', decodedBasic(headerOfPair('me', 's3cret', forgery.pair))]])
  if ('secret' in forgery) return decodedBasic(basicHeader('me', applied(forgery.secret, 's3cret'), forgery.spelling))
  return applied('header' in forgery ? forgery.header : forgery.around, 'Basic bWU6czNjcmV0MQ==')
})
const decodedBasic = (header: string) => `Basic ${Buffer.from(header.slice(6), 'base64').toString()}`
const spellings = samples(basicSpelling, (spelling) => decodedBasicSpelling(basicHeader('a b', 'p:%+\u00E9', spelling)))
const decodedBasicSpelling = (header: string) => `${header.split(' ')[0]} ${decodedBasic(header)}`
const misses = samples(nearMiss, (edits) => applied(edits, 'AbC1-_.xYz09'))
const scopes = samples(scopeEdits, (edits) => applied(edits, 'openid api:read'))
const headers = samples(anyHeaders, headerText)
const proxies = samples(forwardedHeaders, headerText)
const metadata = samples(rawRegistration, (request) => bodyOf(request, registration))
const longJsons = samples(longJson, (growth) => grown(growth, 4000))
const longValues = samples(longValue, (growth) => grown(growth, 4000))
const longForms = samples(longForm, (growth) => grown(growth, 4000))
const longTokens = samples(longToken, (growth) => grown(growth, 4000))
const types = samples(contentType, (type) => type)
const overrides = samples(methodOverride, (one) => ('header' in one ? headerText([one.header]) : one.parameter))
const empties = samples(emptyParameters(['scope', 'resource']), formText)
const repetitions = samples(repetition, (edit) => formText([edit]))
const origins = samples(strangeOrigin, (origin) => origin)
const registrationTypes = samples(registrationType, (type) => type)

/** Classes of malformed input by their ids in the list of negative tests: a generator, and how one of them looks. */
const generated: Readonly<Record<string, readonly (readonly [Writer, RegExp])[]>> = {
  // C3: codes and refresh tokens
  T7: [
    [misses, /^AbC1-_\.xYz0$/],
    [misses, /^AbC1-_\.xYz09.+$/s],
    [misses, /^abc1-_\.xyz09$/],
    [misses, /=$/],
    [misses, /^AbC1-_\.xYz08$|^.bC1-_\.xYz09$/],
  ],
  T13: [[scopes, /^openid api:read \S+/]],
  T14: [[scopes, /^openid$|^api:read$/]],
  // C4: client authentication
  A4: [[spellings, /a(?:\+|%20)b:p%3A%25%2B%C3%A9/i]],
  A5: [
    [basics, /s3cret%zz/],
    [basics, /s3cret%C3/],
  ],
  A6: [
    [spellings, /^basic /],
    [basics, /^Basic {2}/],
    [basics, /: Basic mes3cret/],
    [basics, /^Basic \S*[*!]/],
    [basics, /^Basic bWU6czNjcmV0MQ$/],
    [headers, /^authorization: .*\nauthorization: /im],
    [headers, /^authorization: (?:bearer|digest)/im],
  ],
  A8: [
    [basics, /Basic me:$/],
    [misses, /^AbC/],
    [basics, /^but the client_id/],
  ],
  A11: [
    [assertions, /"alg":"nOnE"/],
    [assertions, /\.$/m],
    [assertions, /"alg":"HS256"/],
  ],
  A12: [
    [assertions, /"alg":"HS512"/],
    [assertions, /\.MEU|\.MEQ|\.MEY/],
    [assertions, /\.AAAAAAAAAAAAAAAAAAAAAAAA/],
  ],
  A13: [
    [assertions, /"iss":(?:null|0|1|true|\[\]|\{\}|"")/],
    [assertions, /"sub":"another-client"/],
  ],
  A14: [
    [assertions, /"aud":(?:0|1)\b/],
    [assertions, /"aud":\["https:\/\/attacker/],
    [assertions, /\/another"/],
  ],
  A15: [
    [assertions, /"exp":"\d{10}"/],
    [assertions, /"exp":-1/],
    [assertions, /"exp":1\.5/],
    [assertions, /"exp":\[\d/],
    [assertions, /"nbf":\d/],
  ],
  A17: [
    [assertions, /"kid":"\.\.\//],
    [assertions, /UNION SELECT/],
    [assertions, /"kid":"A{3000}"/],
    [assertions, /"kid":0/],
    [assertions, /"kid":\{/],
    [assertions, /"kid":"another"/],
  ],
  A18: [
    [assertions, /"jku":"https/],
    [assertions, /"x5u":"https/],
    [assertions, /"jwk":\{/],
    [assertions, /"x5c":\[/],
  ],
  A19: [
    [assertions, /"crit":\["assay"\]/],
    [assertions, /"crit":\[\]/],
    [assertions, /"crit":"assay"/],
  ],
  // C5: JWTs
  J1: [
    [tokens, /"alg":"NONE"/],
    [tokens, /^[\w-]+\.[\w-]+\.\n/],
    [tokens, /^[\w-]+\.[\w-]+\n/],
    [tokens, /^(?:[\w-]*\.){3}[\w-]*\n/],
  ],
  J2: [
    [tokens, /"alg":"HS256"/],
    [tokens, /"alg":"HS384"/],
  ],
  J3: [
    [tokens, /"jwk":\{/],
    [tokens, /"x5c":\[/],
    [tokens, /"jku":/],
    [tokens, /"x5u":/],
  ],
  J4: [
    [tokens, /"crit":\["assay"\]/],
    [tokens, /"b64":false/],
    [assertions, /"b64":false/],
  ],
  J5: [
    [tokens, /^[^\n]*=\n/],
    [tokens, /^[^\n]*[ /+][^\n]*\n/],
  ],
  J6: [
    [tokens, /"alg":.*"alg":/],
    [assertions, /"aud":.*"aud":/],
    [assertions, /NaN/],
    [assertions, /\/\* x \*\//],
    [tokens, /\[{500}/],
    [tokens, /\uFEFF/],
    [tokens, /__proto__/],
  ],
  J7: [
    [assertions, /^\{"payload":"[^"]*","protected"/],
    [assertions, /"signatures":\[/],
    [assertions, /^\{"a":"\./],
    [tokens, /"cty":"JWT"/],
  ],
  J8: [
    [tokens, /^(?:[\w-]*\.){4}[\w-]+\n.*"RSA-OAEP-256"/],
    [tokens, /"enc":"A128GCM"/],
  ],
  J9: [
    [tokens, /"p2c":2000000000/],
    [tokens, /"zip":"DEF"/],
    [tokens, /\.{2000}/],
    [longTokens, /\.{3000}/],
  ],
  J10: [
    [tokens, /"typ":"dpop\+jwt"/],
    [tokens, /"typ":"logout\+jwt"/],
  ],
  J13: [[assertions, /"exp":(?:true|\[|\{|"never")/]],
  J14: [[tokens, /"kid":"\/dev\/null"/]],
  J15: [
    [tokens, /\.A{86}\n/],
    [tokens, /\.MAYCAQACAQA\n/],
  ],
  // C11: dynamic registration
  Y1: [
    [metadata, /^(?!.*"redirect_uris")\{"client_name"/],
    [metadata, /"redirect_uris":\[\]/],
    [metadata, /"redirect_uris":"/],
  ],
  Y2: [
    [metadata, /"grant_types":\["implicit"\]/],
    [metadata, /"response_types":\["code token"/],
  ],
  Y3: [
    [metadata, /"jwks":.*"jwks_uri":/],
    [metadata, /"kty":"oct"/],
    [metadata, /"d":"A/],
    [metadata, /"jwks_uri":"(?:http|file):/],
  ],
  Y4: [
    [metadata, /"client_credentials"\],"token_endpoint_auth_method":"none"/],
    [metadata, /"token_endpoint_auth_method":"assay-unknown"/],
  ],
  Y5: [[metadata, /"software_statement":"eyJhbGciOiJub25lIn0/]],
  Y6: [
    [metadata, /^\[\]$/],
    [metadata, /^\{$/],
    [metadata, /\[{64}/],
    [metadata, /"__proto__":/],
    [metadata, /A{32768}/],
    [registrationTypes, /^text\/plain$/],
    [longJsons, /^\{"a":\[{1000}/],
  ],
  Y7: [
    [metadata, /"client_id":/],
    [metadata, /"client_secret":/],
    [metadata, /"scope":/],
  ],
  Y11: [
    [metadata, /<script>/],
    [metadata, /"logo_uri":"javascript:/],
  ],
  // C12 and C14: tokens where they are used
  I2: [[misses, /^A+$/]],
  I12: [
    [misses, /^AbC1-_\.xYz$/],
    [misses, /^AbC1-_\.xYz09A+$/],
  ],
  U5: [
    [headers, /^authorization: BEARER/im],
    [headers, /^authorization: Bearer .*[%"]/im],
  ],
  // C13: metadata
  S5: [
    [proxies, /^x-forwarded-host: attacker\.example/im],
    [proxies, /^x-forwarded-proto: http/im],
    [proxies, /^forwarded: for=.*;host="attacker/im],
  ],
  // C16: HTTP
  H1: [
    [types, /^application\/json$/],
    [types, /^multipart\//],
    [types, /^text\/plain$/],
    [types, /^$/],
    [types, /charset=utf-16/],
    [types, /^Application\//],
  ],
  H2: [
    [repetitions, /grant_type=([^&]*).*grant_type=\1(?:&|$)/],
    [repetitions, /code=c0de.*code=c0de[a-zA-Z0-9]|code=c0de[a-zA-Z0-9].*code=c0de/],
    [forms, /\[\]=/],
    [forms, /\[0\]=/],
    [forms, /GRANT_TYPE=/],
  ],
  H3: [[empties, /scope=(?:&|$)/]],
  H4: [
    [overrides, /^x-http-method-override: POST$/i],
    [overrides, /^_method=POST$/],
  ],
  H6: [
    [forms, /%zz/],
    [forms, /%c0%af/],
    [forms, /%ed%a0%80/],
    [forms, /%00/],
    [forms, /=\+/],
  ],
  H7: [
    [longForms, /a400=/],
    [longValues, /A{0}a{3000}/],
    [longValues, /(?:a ){1500}/],
    [longJsons, /\[{1500}/],
  ],
  H8: [
    [scopes, /\t/],
    [scopes, / {2}/],
    [scopes, /"/],
    [scopes, /\\/],
    [scopes, /[^\0-\x7F]/],
    [scopes, /(\S+) \1(?: |$)/],
  ],
  H12: [
    [origins, /^null$/],
    [origins, /^https:\/\/attacker/],
  ],
  H17: [
    [proxies, /^x-original-host: /im],
    [headers, /^x-forwarded-host: /im],
  ],
}

describe('every class of malformed input about HTTP, credentials, tokens and documents', () => {
  test('is reached by a generator, stated by a unit, or out of reach for a reason, and only one of these', () => {
    const classes = Object.entries(sizes).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
    )
    const accounted = [generated, stated, beyond].flatMap((table) => Object.keys(table))
    expect(accounted.toSorted()).toEqual(classes.toSorted())
  })

  test.each(Object.entries(stated))('%s is stated by %s', (_, id) => {
    expect(allUnits.map((unit) => unit.id)).toContain(id)
  })

  test.each(Object.entries(generated))('%s is reached', async (_, kinds) => {
    for (const [written, kind] of kinds) {
      const texts = await written()
      expect(
        texts.some((text) => kind.test(text)),
        String(kind),
      ).toBe(true)
    }
  })
})
