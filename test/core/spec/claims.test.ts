import { expect, test } from 'vitest'
import { binds, claimOf, claims, freeingClaim } from '../../../core/spec/claims.ts'
import { droppedByOauth21 } from '../../../core/spec/oauth21.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'

const ofDraft = { id: 'oauth2.1/row', document: 'oauth2.1' }

test('a standard binds every server, a draft those that claim it', () => {
  expect(claims).toContain('oauth2.1')
  expect(claimOf(rfc6749.codeSingleUse)).toBeUndefined()
  expect(binds(rfc6749.codeSingleUse, new Set())).toBe(true)
  expect(binds(rfc6749.codeSingleUse, new Set(claims))).toBe(true)
  expect(claimOf(ofDraft)).toBe('oauth2.1')
  expect(binds(ofDraft, new Set())).toBe(false)
  expect(binds(ofDraft, new Set(['oauth2.1']))).toBe(true)
})

test('what a draft drops of a standard binds those that do not claim the draft', () => {
  expect(droppedByOauth21.map(({ id }) => id)).toContain('rfc6749/code-redirect-uri-required')
  for (const requirement of droppedByOauth21) {
    expect(freeingClaim(requirement)).toBe('oauth2.1')
    expect(binds(requirement, new Set())).toBe(true)
    expect(binds(requirement, new Set(['oauth2.1']))).toBe(false)
  }
  expect(freeingClaim(rfc6749.codeSingleUse)).toBeUndefined()
  expect(freeingClaim(ofDraft)).toBeUndefined()
})
