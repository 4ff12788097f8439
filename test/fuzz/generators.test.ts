import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { basicHeader, basicSpelling, leniently } from '../../fuzz/generators/basic.ts'
import { type Edit, applied, edit, few } from '../../fuzz/generators/edit.ts'
import {
  emptyParameters,
  formSpelling,
  malformations,
  namesIn,
  repetition,
  spelt,
  unknownParameters,
} from '../../fuzz/generators/form.ts'
import { isOtherSpelling, nearMiss } from '../../fuzz/generators/near-miss.ts'
import {
  notAbsolute,
  redirectUriEdits,
  type RedirectUriVariation,
  redirectUriVariation,
  webRedirectUri,
} from '../../fuzz/generators/redirect-uri.ts'
import { scopeEdits } from '../../fuzz/generators/scope.ts'
import { isAbsoluteUri, partsOf, uriOf } from '../../fuzz/generators/uri.ts'
import { secretVerifier, secretVerifierLength, verifierOf, verifierRecipe } from '../../fuzz/generators/verifier.ts'
import { isForeign, passesFor } from '../../fuzz/oracles/redirects.ts'

/** A value as a report prints it. */
const printed = (value: unknown) => fc.stringify(value)

/** RFC 7636 §4.1, written down a second time. */
const lawfulVerifier = /^[A-Za-z0-9._~-]{43,128}$/

describe('verifiers', () => {
  test('are lawful, every one of them', () => {
    for (const recipe of fc.sample(verifierRecipe, 500)) expect(verifierOf(recipe)).toMatch(lawfulVerifier)
    for (const length of fc.sample(secretVerifierLength, 500)) expect(secretVerifier(length)).toMatch(lawfulVerifier)
  })

  test('have both lengths at which a server may err, and every character', () => {
    const verifiers = fc.sample(verifierRecipe, 1000).map(verifierOf)
    const lengths = verifiers.map(({ length }) => length)
    expect(Math.min(...lengths)).toBe(43)
    expect(Math.max(...lengths)).toBe(128)
    expect(new Set(verifiers.join('')).size).toBe(66)
  })
})

describe('variations of redirection URIs', () => {
  const registered = ['https://rp.example/callback', 'https://rp.example/other?keep=this'] as const
  const native = ['http://127.0.0.1/callback', 'http://[::1]/callback', 'com.example.app:/callback'] as const

  test.each([[registered], [native]])('differ from all that is registered: %j', (uris) => {
    fc.assert(
      fc.property(
        redirectUriVariation(uris, (uri) => passesFor(uri, uris)),
        ({ sent, edits, registered: from }) => {
          expect(uris).not.toContain(sent)
          expect(applied(edits, from)).toBe(sent)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('of a loopback address differ by more than the port', () => {
    const variations = fc.sample(
      redirectUriVariation(native, (uri) => passesFor(uri, native)),
      3000,
    )
    const byPortAlone = variations.filter(({ sent }) =>
      /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?::\d*)?\/callback$/.test(sent),
    )
    expect(byPortAlone).toEqual([])
    expect(variations.some(({ sent }) => /^http:\/\/127\.0\.0\.1:\d+\//.test(sent))).toBe(true)
  })

  test('shrink to a single edit where any will do', () => {
    const variations = redirectUriVariation(registered, (uri) => passesFor(uri, registered))
    for (const seed of [1, 2, 3, 4, 5]) {
      const tried: RedirectUriVariation[] = []
      fc.check(
        fc.property(variations, (variation) => {
          tried.push(variation)
          return false
        }),
        { seed },
      )
      expect(tried.at(-1)?.edits).toHaveLength(1)
    }
  })

  test('reach what parsers disagree about', () => {
    const sent = fc
      .sample(
        redirectUriVariation(registered, (uri) => passesFor(uri, registered)),
        4000,
      )
      .map((one) => one.sent)
    for (const kind of [
      /^https:\/\/RP|^https:\/\/r[P]/,
      /^HTTPS:|^[a-z]*[A-Z][a-z]*:/,
      /%[0-9A-F]{2}/,
      /%25[0-9A-F]{2}/,
      /\/\.\.?\//,
      /^https:\/\/[^/]*@rp\.example\//,
      /^https:\/\/rp\.example[^/]*@attacker\.example/,
      /^https:\/\/rp\.example:\d+\//,
      /^http:/,
      /\.attacker\.example\//,
      /\/$/,
      /[\t\n\r ]/,
      /\0/,
      /#/,
      /[?&]more=1/,
      /\\/,
      /[\u0100-\uFFFF]/,
    ])
      expect(
        sent.some((uri) => kind.test(uri)),
        String(kind),
      ).toBe(true)
  })

  test('lead elsewhere where a browser says so', () => {
    expect(isForeign('https://rp.example.attacker.example/callback', registered)).toBe(true)
    expect(isForeign('https://rp.example@attacker.example/callback', registered)).toBe(true)
    expect(isForeign('https://RP.example/elsewhere', registered)).toBe(false)
    expect(isForeign('https://rp.example\\@attacker.example/', registered)).toBe(false)
    expect(isForeign('no URI', registered)).toBe(false)
  })

  test.each([
    ['https://rp.example/callback', true],
    ['https://rp.example:443/callback', false],
    ['http://127.0.0.1:51004/callback', true],
    ['http://127.0.0.1/callback', true],
    ['http://[::1]:8080/callback', true],
    ['http://127.0.0.1:51004/callback/', false],
    ['http://127.0.0.1:1@attacker.example/callback', false],
    ['http://localhost:51004/callback', false],
    ['https://127.0.0.1:51004/callback', false],
  ])('%s passes for a registered one: %s', (uri, passes) => {
    expect(passesFor(uri, [...registered, ...native])).toBe(passes)
  })
})

describe('redirection URIs of clients', () => {
  test('are absolute URIs that a URL parser leaves as they are', () => {
    fc.assert(
      fc.property(webRedirectUri, (uri) => {
        expect(isAbsoluteUri(uri)).toBe(true)
        expect(new URL(uri).href).toBe(uri)
      }),
      { numRuns: 1000 },
    )
  })

  test('that nobody may register are relative, have a fragment, or characters that no URI has', () => {
    fc.assert(
      fc.property(notAbsolute, ({ uri }) => {
        const relative = !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(uri)
        const strange = /[^\w.~!$&'()*+,;=:@/?%[\]-]|%(?![0-9A-Fa-f]{2})/.test(uri)
        expect(relative || strange || !URL.canParse(uri), uri).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    'https://rp.example',
    'https://rp.example/',
    'https://someone:x@rp.example:8443/a/b;c=1?d=/e?f',
    'http://[::1]:8080/callback',
    'com.example.app:/callback',
    'urn:ietf:wg:oauth:2.0:oob',
    'https://rp.example/%C3%A9',
    'file:///a',
  ])('%s is absolute', (uri) => expect(isAbsoluteUri(uri)).toBe(true))

  test.each([
    '',
    '/callback',
    '//rp.example/callback',
    'callback',
    'https://rp.example/#',
    'https://rp.example/a b',
    'https://rp.example/a\\b',
    'https://rp.example/%zz',
    'https://rp.example/%4',
    'https://rp.exämple/',
    'https://rp.example/a|b',
    '1https://rp.example/',
    'https://rp.example/a\n',
    'https://rp`.example/',
  ])('%j is not', (uri) => expect(isAbsoluteUri(uri)).toBe(false))

  test('are put together again as they were', () => {
    fc.assert(
      fc.property(webRedirectUri, redirectUriEdits, (uri, edits) => {
        const text = applied(edits, uri)
        expect(uriOf(partsOf(text))).toBe(text)
      }),
    )
  })
})

describe('near misses', () => {
  test('do something to what they are applied to, and print nothing of it', () => {
    const secret = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE'
    fc.assert(
      fc.property(nearMiss, (edits) => {
        expect(printed(edits)).not.toContain(secret.slice(0, 12))
        expect(typeof applied(edits, secret)).toBe('string')
      }),
    )
    const changed = fc.sample(nearMiss, 500).filter((edits) => applied(edits, secret) !== secret)
    expect(changed.length).toBeGreaterThan(450)
  })

  test.each([
    ['AAAA', 'AAAA', true],
    ['AAAAAA', 'AAAAAB', true],
    ['AAAAAA==', 'AAAAAA', true],
    ['a-b_', 'a+b/', true],
    ['AAAA', 'AAAB', false],
    ['AAAA', 'aaaa', false],
    ['AAAA', 'AAAA ', false],
    ['AA.AA', 'AA.AB', true],
    ['AA.AA', 'AAAA', false],
    ['AA.BB.CC', 'AA.BB', false],
    ['a~b', 'a~b', true],
  ])('%s and %s are spellings of the same octets: %s', (one, other, same) => {
    expect(isOtherSpelling(one, other)).toBe(same)
  })

  test('come one at a time more often than not', () => {
    const sizes = fc.sample(nearMiss, 1000).map(({ length }) => length)
    expect(sizes.filter((size) => size === 1).length).toBeGreaterThan(600)
    expect(new Set(sizes)).toEqual(new Set([1, 2, 3]))
  })
})

describe('edits', () => {
  const append = edit('append', fc.constantFrom('a', 'b'), (text: string, more) => text + more)

  test('are applied in order, and printed by what they do', () => {
    const [edits = []] = fc.sample(few(append), { numRuns: 1, seed: 1 })
    expect(printed(edits)).toMatch(/^\[append "[ab]"(?:,append "[ab]")*\]$/)
    const [a, b] = ['a', 'b'].map((letter): Edit => ({ apply: (text) => text + letter }))
    expect(
      applied(
        [a, b].filter((one) => one !== undefined),
        'x',
      ),
    ).toBe('xab')
  })
})

describe('spellings of Basic credentials', () => {
  test('all say the same', () => {
    fc.assert(
      fc.property(
        basicSpelling,
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        (spelling, id, secret) => {
          const header = basicHeader(id, secret, spelling)
          const [, encoded = ''] = /^basic ([A-Za-z0-9+/]+=*)$/i.exec(header) ?? []
          const [clientId = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
          // What the form encoding means is looked up in the platform's own decoder.
          const decoded = (text: string) => new URLSearchParams(`x=${text}`).get('x')
          expect(rest).toHaveLength(1)
          expect([decoded(clientId), decoded(rest.join(':'))]).toEqual([id, secret])
          expect(leniently(header)).toBe(`${id}:${secret}`)
        },
      ),
    )
  })
})

describe('forms', () => {
  const form = ['grant_type=authorization_code', 'code=abc', 'redirect_uri=https%3A%2F%2Frp.example']

  test('with harmless additions hold all that they held', () => {
    fc.assert(
      fc.property(fc.oneof(unknownParameters, emptyParameters(['scope', 'code'])), (edits) => {
        const names = namesIn(applied(edits, form))
        expect(applied(edits, form)).toEqual(expect.arrayContaining(form))
        expect(new Set(names).size).toBe(names.length)
      }),
    )
  })

  test('with a repetition hold one name twice', () => {
    fc.assert(
      fc.property(repetition, ({ apply }) => {
        const names = namesIn(apply(form))
        expect(names.length).toBe(form.length + 1)
        expect(new Set(names).size).toBe(form.length)
      }),
    )
  })

  test('mean the same in every spelling, and are spelt in more than one', () => {
    const own = ['scope=api%3Aread+api%3Awrite', 'state=%C3%A9%2B', 'empty=', 'bare']
    const spellings = new Set<string>()
    fc.assert(
      fc.property(formSpelling, (spelling) => {
        const text = spelt(own, spelling).join('&')
        expect([...new URLSearchParams(text)]).toEqual([...new URLSearchParams(own.join('&'))])
        spellings.add(text)
      }),
    )
    expect(spellings.size).toBeGreaterThan(4)
  })

  test('that are malformed stay within what HTTP can carry', () => {
    fc.assert(
      fc.property(malformations, (edits) => {
        const text = applied(edits, form).join('&')
        expect(text).toMatch(/^[\x21-\x7E]*$/)
        expect(text.length).toBeLessThan(16 * 1024)
      }),
      { numRuns: 1000 },
    )
  })
})

test('scopes are edited in ways that leave the grammar, and in ways that do not', () => {
  const lawful = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/
  const scopes = fc.sample(scopeEdits, 500).map((edits) => applied(edits, 'openid offline_access'))
  expect(scopes.some((scope) => lawful.test(scope))).toBe(true)
  expect(scopes.some((scope) => !lawful.test(scope))).toBe(true)
})
