import { claimsOf, membersOf, post } from './lib/oauth.ts'
import { plan } from './lib/plan.ts'
import { tell } from './lib/story.ts'

/** The tokens of this virtual user by their jti; enough to see a generator that repeats itself. */
const seen = new Map<string, unknown>()
const rememberAtMost = 10_000

export const clientCredentials = tell('client-credentials', ({ holds, sample }) => {
  const answer = post('token', plan.endpoints.token, { grant_type: 'client_credentials' })
  const { access_token: token, token_type: type } = membersOf(answer)

  holds(
    'every request is answered with a token',
    answer.status === 200 && typeof token === 'string' && typeof type === 'string',
  )
  holds('no answer may be stored', /no-store/i.test(answer.headers['Cache-Control'] ?? ''))
  const jti = claimsOf(token)?.['jti']
  if (typeof jti === 'string') {
    // A server may hand out the same token again while it is good.
    holds('no two tokens share a jti', (seen.get(jti) ?? token) === token)
    if (seen.size < rememberAtMost) seen.set(jti, token)
  }
  if (typeof token === 'string') sample('access_token', token)
})
