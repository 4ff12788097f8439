import { clientCredentialsForm, memberOf, post, randomText, textIn, tokenForm } from './lib/oauth.ts'
import { plan, turn } from './lib/plan.ts'
import { tell } from './lib/story.ts'

/** How often this virtual user asks about one token before it gets another, and how often the old one is revoked first. */
const asksPerToken = 4
let live: { readonly token: string; asked: number } | undefined

export const introspection = tell('introspection', ({ holds }) => {
  live ??= {
    token: textIn(post('token', plan.endpoints.token, clientCredentialsForm), 'access_token'),
    asked: 0,
  }
  holds('a live token is active', isActive(live.token) === true)
  live.asked += 1

  if (turn() % 5 === 0) holds('an unknown token is inactive', isActive(randomText(32)) === false)
  if (live.asked < asksPerToken) return
  const { token } = live
  live = undefined
  if (plan.endpoints.revocation !== '' && post('revoke', plan.endpoints.revocation, tokenForm(token)).status === 200) {
    holds('a revoked token is inactive', isActive(token) === false)
  }
})

const isActive = (token: string) =>
  memberOf(post('introspect', plan.endpoints.introspection, tokenForm(token)), 'active')
