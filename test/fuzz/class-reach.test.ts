import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checks, properties } from '../../cli/units.ts'
import { pkceStory } from '../../fuzz/generators/challenge.ts'
import { redirectUriVariation, strayUri } from '../../fuzz/generators/redirect-uri.ts'
import { relayState } from '../../fuzz/generators/relay-state.ts'
import { doubledQuery, forgedQuery } from '../../fuzz/generators/saml-query.ts'
import { oddPlanEdits, planEdits, rightPlan, signOnBy } from '../../fuzz/generators/saml-request.ts'
import { messageTextEdits } from '../../fuzz/generators/saml-text.ts'
import { applied } from '../../fuzz/generators/edit.ts'
import { malformedVerifier, verifierEdits, verifierOf, verifierRecipe } from '../../fuzz/generators/verifier.ts'
import { encodedOctets, latin1Of } from '../../fuzz/octets.ts'
import { namings } from '../../fuzz/offered-uri.ts'
import { authnRequest } from '../../harness/client/saml-request.ts'

/** Classes of negative tests, each with what a generated text of that class looks like. */
type Classes = Readonly<Record<string, readonly RegExp[]>>

const seed = 20
const sampled = <Value>(arbitrary: Arbitrary<Value>, numRuns: number) => fc.sample(arbitrary, { numRuns, seed })

/** The patterns that no text shows. */
const missedIn = (texts: readonly string[], classes: Classes): readonly string[] =>
  Object.entries(classes).flatMap(([name, patterns]) =>
    patterns.filter((pattern) => !texts.some((text) => pattern.test(text))).map((pattern) => `${name}: ${pattern}`),
  )

const web = ['https://rp.example/callback', 'https://rp.example/other?keep=this'] as const
const native = ['http://127.0.0.1/callback', 'http://[::1]/callback', 'com.example.app:/callback'] as const

const urisOf = (registered: readonly [string, ...string[]], count: number) =>
  sampled(
    redirectUriVariation(registered, (uri) => registered.includes(uri)),
    count,
  ).map(({ sent }) => sent)

describe('redirection URIs reach', () => {
  test('the classes of those of web clients', () => {
    expect(
      missedIn(urisOf(web, 12_000), {
        'R1 user information': [
          /^https:\/\/rp\.example@attacker\.example/,
          /^https:\/\/rp\.example:443@attacker/,
          /^https:\/\/[^/]*@[^/]*@/,
          /^https:\/\/[^/]*%40[^/]*attacker/,
          /^https:\/\/rp%2eexample[^/]*@/,
        ],
        'R2 backslash': [/^https:\/\/rp\.example\\@attacker/, /^https:\\\\/, /^\/\\attacker/],
        'R3 slashes': [/^\/\/attacker/, /^https:\/rp\.example/, /^https:rp\.example/, /^https:\/\/\/attacker/],
        'R4 path traversal': [
          /\/\.\.\//,
          /\/\.\//,
          /\.\.%2f/i,
          /%2e%2e/i,
          /%252e%252e/,
          /\.\.;\//,
          /\/;\//,
          /%c0%ae/i,
          /%c0%af/i,
          /%e0%80%a/i,
        ],
        'R5 path extension': [/callback\/$/, /callback\/more$/, /callback%2f/i, /callbackmore$/, /callbac$/],
        'R6 percent-encoding equivalence': [/\/%63allback$/, /rp\.example\/.*%[0-9a-f]*[a-f]/, /%[0-9A-F]*[A-F]/],
        'R7 case': [
          /^HTTPS:|^[a-z]*[A-Z][A-Za-z]*:\/\/rp/,
          /^https:\/\/[a-z.]*[A-Z]/,
          /^https:\/\/rp\.example\/[a-z]*[A-Z]/,
        ],
        'R8 host suffix and prefix': [
          /rp\.example\.attacker/,
          /\/\/attackerrp\.example/,
          /rp\.example%00\.attacker/,
          /rp\.example%2e/,
        ],
        'R9 trailing dot and empty labels': [/\/\/rp\.example\.\//, /\/\/rp\.\.example/, /\/\/\.rp/],
        'R10 port': [
          /rp\.example:443\//,
          /rp\.example:8443\//,
          /rp\.example:0\//,
          /rp\.example:65536\//,
          /rp\.example:\//,
          /rp\.example:080\//,
          /rp\.example:[a-z]+\//,
          /rp\.example:\d{12,}\//,
        ],
        'R13 international names': [
          /[\uFF41-\uFF5A]/,
          /\u00DF/,
          /\u212A/,
          /\u0131/,
          /\u3002/,
          /\u200B/,
          /\u017F|\u2170|\u00AA/,
          /xn--/,
        ],
        'R14 fragment': [/callback#more/, /callback#$/, /callback%23/],
        'R15 query append': [/callback\?more=1$/, /callback\?$/, /\?code=forged&state=forged/, /[?&]code=forged/],
        'R22 dangerous scheme': [
          /^javascript:/,
          /^data:/,
          /^vbscript:/,
          /^file:/,
          /^blob:/,
          /^j[\t\n\r]?a?[\t\n\r]?v?.*[A-Z].*:/,
          /^\w+[\t\n]\w+:/,
        ],
        'R23 other scheme': [/^http:/, /^https\+:/i, /^ws:/, /^view-source:/],
        'R24 control characters': [/\t/, /\n/, /\r/, /\0/, /^ /, / $/, /%00/, /%0a/, /\r\nhttps:/],
        'no UTF-8': [/[\uDC80-\uDCFF]/],
      }),
    ).toEqual([])
  })

  test('the classes of those of native apps', () => {
    expect(
      missedIn(urisOf(native, 12_000), {
        'R11 IPv4 forms': [
          /\/\/127\.1\//,
          /\/\/2130706433\//,
          /\/\/0x7f\./,
          /\/\/0+177\./,
          /\/\/0\.0\.0\.0\//,
          /\/\/0x7f000001\//,
          /\/\/017700000001\//,
        ],
        'R12 IPv6 forms': [
          /\[0:0:0:0:0:0:0:1\]/,
          /\[::ffff:127\.0\.0\.1\]/,
          /\[::1%25/,
          /\/\/\[::1[^\]]/,
          /\/\/\[::1\//,
          /:{200}/,
        ],
        'R19 loopback name': [/\/\/localhost\//, /\/\/LocalHost\//],
        'loopback with more than a port': [/^http:\/\/127\.0\.0\.1:\d+@attacker/, /^http:\/\/127\.0\.0\.1\.attacker/],
        'R18 and R20 a loopback port': [/^http:\/\/127\.0\.0\.1:\d+\/callback$/, /^http:\/\/\[::1\]:\d+\/callback$/],
        'R21 custom scheme': [
          /^com\.example\.app:\/\/callback/,
          /^com\.example\.app:\/\/\//,
          /^com\.example\.other:/,
          /^COM\.EX/,
        ],
      }),
    ).toEqual([])
  })

  test('R33, the lengths at which something is cut off', () => {
    const lengths = urisOf(web, 6000).map(({ length }) => length)
    for (const [least, most] of [
      [2048, 4096],
      [8192, 16_384],
      [65_536, 140_000],
    ] as const)
      expect(lengths.some((length) => length >= least && length <= most)).toBe(true)
  })

  test('octets that no text has, percent-encoded as they are', () => {
    const sent = urisOf(web, 6000).filter((uri) => /[\uDC80-\uDCFF]/.test(uri))
    const values = sent.map(encodedOctets)
    for (const octets of [/%C0%AF/, /%FF/, /%E0%80%AF/, /%ED%A0%80/])
      expect(
        values.some((value) => octets.test(value)),
        String(octets),
      ).toBe(true)
    for (const [at, value] of values.entries()) {
      const read = value.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      expect(read).toBe(latin1Of(sent[at] ?? ''))
    }
  })

  test('R25, every way of naming one', () => {
    expect(namings).toEqual(expect.arrayContaining(['before the right one', 'behind the right one', 'as a list']))
  })

  test('what a browser runs, in every disguise', () => {
    expect(
      missedIn(
        sampled(strayUri, 2000).map(({ uri }) => uri),
        {
          plain: [/^javascript:/, /^data:text\/html/, /^vbscript:/, /^file:\/\/\/etc/, /^blob:https/],
          disguised: [/^[A-Z]+:/, /^java\tscript:|^javas\tcript:|^[a-z]+\t[a-z]+:/, /^[\0-\u0020]/, /\*$/],
        },
      ),
    ).toEqual([])
  })
})

describe('stories of PKCE reach', () => {
  const stories = sampled(pkceStory, 4000).map((story) => fc.stringify(story))
  const has = (...parts: readonly string[]) => stories.some((story) => parts.every((part) => story.includes(part)))

  test.each([
    ['K1', ['"challenge":"none"']],
    ['K2', ['"challenge":"by S256"', '"verifier":"none"']],
    ['K3', ['"challenge":"none"', '"verifier":"right"']],
    ['K4', ['"right, but":', 'swap the case']],
    ['K5', ['"challenge":"by S256"', '{"named":"S256"}', '"verifier":"the challenge"']],
    ['K6', ['"challenge":"by S256"', '"method":"none"', '"verifier":"right"']],
    ['K7', ['"challenge":"the verifier"', '{"named":"plain"}', '"verifier":"right"']],
    ['K8, small letters', ['{"named":"s256"}']],
    ['K8, a space behind', ['{"named":"S256 "}']],
    ['K8, empty', ['{"named":""}']],
    ['K9', ['"challenge":"none"', '"method":{"named":"S256"}']],
    ['K9, empty', ['"challenge":"empty"', '"method":{"named":"S256"}']],
    ['K12', ['"by S256, but":', 'append padding']],
    ['K13', ['"right, but":', 'white space']],
    ['K14', ['"challenge":"empty"', '"verifier":"empty"']],
    ['K15, meanwhile', ['"verifier":"of the next request"']],
    ['K15, before', ['"verifier":"of the first request"']],
  ])('%s', (_, parts) => expect(has(...parts)).toBe(true))

  test('K10 and K11, by length and by character', () => {
    const lawful = sampled(verifierRecipe, 1000).map(verifierOf)
    const malformed = sampled(malformedVerifier, 2000)
    for (const length of [43, 128]) expect(lawful.some((one) => one.length === length)).toBe(true)
    for (const length of [42, 129]) expect(malformed.some((one) => one.length === length)).toBe(true)
    expect(missedIn(malformed, { characters: [/\+/, /\//, /=/, / /, /\u00E9/, /\0/] })).toEqual([])
    expect(malformed.filter((one) => /^[A-Za-z0-9._~-]{43,128}$/.test(one))).toEqual([])
  })

  test('K4 and K13, by what is done to a verifier', () => {
    expect(
      missedIn(
        sampled(verifierEdits, 2000).map((edits) => fc.stringify(edits)),
        {
          edits: [
            /replace the last/,
            /append padding "="/,
            /cut down to/,
            /other alphabet/,
            /swap the case/,
            /white space/,
          ],
        },
      ),
    ).toEqual([])
  })
})

describe('messages of SAML reach', () => {
  const right = {
    entityId: 'https://sp.example/saml',
    destination: 'https://idp.example/saml/sso',
    consumers: ['https://sp.example/saml/acs', 'https://sp.example/saml/other?keep=this'],
    consumersOfOthers: ['https://other-sp.example/saml/acs'],
  } as const
  const written = (overrides: Parameters<typeof authnRequest>[1]) =>
    authnRequest(
      { issuer: right.entityId, destination: right.destination, consumer: right.consumers[0], now: 0 },
      overrides,
    ).xml

  test('the classes of what is asked for', () => {
    const plans = [...sampled(planEdits(right), 3000), ...sampled(oddPlanEdits(right), 3000)]
    expect(
      missedIn(
        plans.map((edits) => written(signOnBy(applied(edits, rightPlan(right))))),
        {
          Z1: [
            /ServiceURL="https:\/\/attacker\.example/,
            /ServiceURL="https:\/\/other-sp/,
            /ServiceURL="[^"]*@attacker/,
          ],
          Z2: [
            /ServiceIndex="65536"/,
            /ServiceIndex="\d+".*ServiceURL=|ServiceURL=.*ServiceIndex="\d+"/,
            /ProtocolBinding="urn:assay/,
          ],
          Z4: [/<saml:Issuer>urn:assay:unknown</, /<saml:Issuer>HTTPS/, /<saml:Issuer> https/],
          Z7: [
            /Destination="https:\/\/idp\.example\/saml\/sso\/elsewhere"/,
            /IssueInstant="1970/,
            /Version="1\.1"/,
            /Version="20\.0"/,
            /ID=""/,
          ],
          Z8: [/ForceAuthn="true"/, /ForceAuthn="1"/],
          Z9: [/IsPassive="true"/, /IsPassive="1"/],
          Z10: [/IsPassive="(?:true|1)" ForceAuthn="(?:true|1)"/],
          Z11: [/NameIDPolicy Format="urn:assay/, /SPNameQualifier=/, /AllowCreate="false"/],
          Z12: ['exact', 'minimum', 'maximum', 'better'].map((one) => new RegExp(`Comparison="${one}"`)),
          Z13: [/<saml:Subject><saml:NameID/],
          Z14: [/ProxyCount="0"/, /<samlp:IDPList>/],
        },
      ),
    ).toEqual([])
  })

  test('the classes of what an XML parser is given', () => {
    const texts = sampled(messageTextEdits, 1500).map((edits) => applied(edits, written({})))
    expect(
      missedIn(texts, {
        Z7: [/<!DOCTYPE/, /SYSTEM "file:/, /&j;/, /<!ENTITY % p/, / {65536}/],
        reading: [/<saml:Issuer>.{8}<!---->/, /<saml:Issuer>.{8}<!\[CDATA\[/, /<saml:Issuer>.{8}<\?x/],
        structure: [/s:Envelope/, /LogoutRequest/, /(?:<x xmlns="urn:x">){500}/, /^\uFEFF/],
      }),
    ).toEqual([])
  })

  test('the classes of what is signed', () => {
    const other = () => 'SAMLRequest=other'
    const pairs = ['SAMLRequest=own', 'RelayState=A%20token', 'SigAlg=urn%3Aown', `Signature=${'A'.repeat(86)}%3D%3D`]
    const queries = [...sampled(forgedQuery(other), 1500), ...sampled(doubledQuery(other), 100)].map(({ apply }) =>
      apply(pairs).join('&'),
    )
    expect(
      missedIn(queries, {
        Z5: [
          /^SAMLRequest=own&SigAlg/,
          /RelayState=&/,
          /RelayState=A%20tokenx/,
          /^SAMLRequest=other&RelayState/,
          /SigAlg=none/,
          /hmac-sha256/,
          /Signature=$/,
          /^SAMLRequest=own&RelayState=A%20token&Signature=/,
          /SAMLRequest=own&SAMLRequest=other/,
          /SAMLRequest=other&SAMLRequest=own/,
        ],
      }),
    ).toEqual([])
  })

  test('the classes of what is sent along', () => {
    const states = sampled(relayState, 2000)
    expect(
      missedIn(states, { Z17: [/^https:\/\/attacker/, /<script>/, /"/, /%2B/, /&amp;/, /\u00E9/, /\]\]>/, /^x{80}$/] }),
    ).toEqual([])
    expect(Math.max(...states.map((state) => Buffer.byteLength(state)))).toBe(80)
  })
})

/** Classes that no generator of this folder makes, and the units that state them. */
const stated: Readonly<Record<string, readonly string[]>> = {
  'R16: parameters of a response': ['oauth2/authorization-response/parameters-of-a-response-stand-once'],
  'R17: patterns': ['fuzz/registered-pattern/'],
  'R18: any loopback port': ['fuzz/redirect-uri/any-loopback-port-is-accepted'],
  'R25: the URI twice': ['fuzz/authorization-request/repeated-parameter-is-refused'],
  'R26 and R27: no URI': ['oauth2/redirect-uri/'],
  'R28: the URI of another client': ['fuzz/redirect-uri/foreign-uri-is-not-redirected-to'],
  'R29: at the token endpoint': ['fuzz/redirect-uri/code-is-redeemed-with-the-same-uri-only'],
  'R30: other faults beside it': ['fuzz/redirect-uri/foreign-uri-is-not-redirected-to'],
  'R31: an unknown client': ['fuzz/redirect-uri/unknown-client-is-redirected-nowhere'],
  'R34: the status of a redirect': ['oauth2/authorization-endpoint/password-is-not-sent-on'],
  'K1: no challenge': ['oauth2/pkce/native-app-without-challenge-is-refused'],
  'K8: the method twice': ['fuzz/authorization-request/repeated-parameter-is-refused'],
  'K20: confidential and public clients': [
    'fuzz/pkce/challenge-and-method-bind-the-verifier',
    'fuzz/pkce/challenge-and-method-bind-the-verifier-of-a-public-client',
  ],
}

test.each(Object.entries(stated))('%s is stated by a unit', (_, places) => {
  const ids = [...checks, ...properties].map(({ id }) => id)
  for (const place of places)
    expect(
      ids.some((id) => id.startsWith(place)),
      place,
    ).toBe(true)
})
