import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { redirectUriVariation } from '../../fuzz/generators/redirect-uri.ts'
import { latin1Of } from '../../fuzz/octets.ts'
import { opinionOn } from '../../fuzz/oracles/browser-opinion.ts'
import { isForeign, passesFor } from '../../fuzz/oracles/redirects.ts'
import { browserVerdict } from '../../harness/client/browser-verdict.ts'

const registered = ['https://rp.example/callback', 'http://127.0.0.1/callback'] as const
const from = 'http://as.example/authorize'
const verdict = browserVerdict()

afterAll(async () => await verdict.close())

const uris = fc
  .sample(
    redirectUriVariation(registered, (uri) => registered.some((one) => one === uri)),
    { numRuns: 2500, seed: 3 },
  )
  .map(({ sent }) => sent)
  .filter((uri) => uri.length < 3000)

const placeOf = (url: string, base?: string): string | undefined => {
  if (!URL.canParse(url, base)) return undefined
  const { protocol, host } = new URL(url, base)
  return `${protocol}//${host}`
}

const hostOf = (url: string) => {
  const { protocol, hostname } = new URL(url)
  return `${protocol}//${hostname}`
}

describe('where the oracle holds a URI to lead', () => {
  test('a browser goes as well', async () => {
    const actions = await verdict.actions(uris, from)
    const known = registered.map(hostOf)
    expect(actions).toHaveLength(uris.length)
    for (const [at, uri] of uris.entries()) {
      const to = actions[at] ?? ''
      const place = placeOf(uri, from)
      // What cannot be parsed a browser goes nowhere for, though its form repeats it.
      if (place === undefined) continue
      expect(placeOf(to), uri).toBe(place)
      if (isForeign(uri, registered)) expect(known, uri).not.toContain(hostOf(to))
      if (passesFor(uri, registered)) expect(known, uri).toContain(hostOf(to))
    }
  })

  test('a redirect leads as well, by its octets', async () => {
    // A header has no line breaks, and no spaces around its value.
    const sendable = uris.map(latin1Of).filter((uri) => !/[\0\r\n]|^\s|\s$/.test(uri) && uri.length < 500)
    const strays: string[] = []
    for (const location of sendable.slice(0, 60)) {
      const to = await verdict.follow(location, from)
      if (to !== undefined && placeOf(to) !== placeOf(asOctets(location), from)) strays.push(location)
    }
    expect(strays).toEqual([])
  })
})

/** Octets that are not ASCII, escaped one by one. */
const asOctets = (location: string) =>
  location.replaceAll(/[\u0080-\u00FF]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`)

describe('an opinion', () => {
  const redirect = (location: string) => ({ kind: 'redirect', location, status: 302 }) as const

  test('is asked of a browser where the text is no URI', async () => {
    expect(await opinionOn(redirect('https://rp.example\\@attacker.example?code=x'), from)).toBe(
      '; a browser goes to https://rp.example/@attacker.example',
    )
    expect(await opinionOn(redirect('//attacker.example'), from)).toBe('; a browser goes to http://attacker.example/')
    expect(await opinionOn(redirect('https://attac\tker.example'), from)).toBe(
      '; a browser goes to https://attacker.example/',
    )
    expect(await opinionOn(redirect('https://[::1'), from)).toBe('; a browser goes nowhere')
    expect(await opinionOn({ kind: 'form_post', action: '\\\\attacker.example', params: [] }, from)).toBe(
      '; a browser goes to http://attacker.example/',
    )
  })

  test('is needed by no URI, and by no page', async () => {
    expect(await opinionOn(redirect('https://attacker.example/callback?code=x'), from)).toBe('')
    expect(await opinionOn({ kind: 'stuck', because: 'x' }, from)).toBe('')
  })
})
