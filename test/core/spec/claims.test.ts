import { expect, test } from 'vitest'
import { binds, claimOf, claims } from '../../../core/spec/claims.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'

const ofDraft = { document: 'oauth2.1' }

test('a standard binds every server, a draft those that claim it', () => {
  expect(claims).toContain('oauth2.1')
  expect(claimOf(rfc6749.codeSingleUse)).toBeUndefined()
  expect(binds(rfc6749.codeSingleUse, new Set())).toBe(true)
  expect(claimOf(ofDraft)).toBe('oauth2.1')
  expect(binds(ofDraft, new Set())).toBe(false)
  expect(binds(ofDraft, new Set(['oauth2.1']))).toBe(true)
})
