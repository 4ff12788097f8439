/** The one client of every server that is measured, and the one person. Nobody else is on a server that lives a minute. */
export const client = {
  id: 'bench',
  secret: 'the-secret-of-a-server-that-lives-a-minute',
  redirectUri: 'https://rp.example/callback',
}

export const person = { sub: '248289761001', username: 'alice', password: 'alice' }

export const scope = 'api:read'

/** What access tokens are made of; `opaque` ones are not signed. */
export const formats = ['ES256', 'RS256', 'EdDSA', 'opaque'] as const

export type Format = (typeof formats)[number]
