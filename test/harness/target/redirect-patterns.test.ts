import { describe, expect, test } from 'vitest'
import { beginsLikeAPattern, insideOf, withPatternsApart } from '../../../harness/target/redirect-patterns.ts'
import type { ClientAccount } from '../../../harness/target/target.ts'

const pattern = 'https://rp.example/apps/*'

const registeredWith = (...redirectUris: readonly string[]): ClientAccount => ({
  client_id: 'one',
  token_endpoint_auth_method: 'none',
  redirect_uris: redirectUris,
  grant_types: ['authorization_code'],
})

describe('a redirection URI that ends in a folder and a star', () => {
  test('is set apart from the others', () => {
    const account = withPatternsApart(registeredWith('https://rp.example/callback', pattern))
    expect(account.redirect_uris).toEqual(['https://rp.example/callback'])
    expect(account.redirect_uri_patterns).toEqual([pattern])
  })

  test('lends the client a URI in its folder where there is no other', () => {
    const account = withPatternsApart(registeredWith(pattern))
    expect(account.redirect_uris).toEqual(['https://rp.example/apps/callback'])
    expect(insideOf(pattern)).toBe('https://rp.example/apps/callback')
  })

  test.each(['https://rp.example/apps*', 'https://rp.example/*/callback', 'https://rp.example/apps/?*'])(
    'is not %s',
    (uri) => {
      const account = registeredWith(uri)
      expect(withPatternsApart(account)).toBe(account)
    },
  )

  test('covers what begins like it', () => {
    const account = withPatternsApart(registeredWith(pattern))
    expect(beginsLikeAPattern('https://rp.example/apps/../more', account)).toBe(true)
    expect(beginsLikeAPattern('https://rp.example/callback', account)).toBe(false)
    expect(beginsLikeAPattern('https://rp.example/apps/more', registeredWith('https://rp.example/callback'))).toBe(
      false,
    )
  })
})
