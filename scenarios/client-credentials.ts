import exec from 'k6/execution'
import { claimsOf, credentialsOf, membersOf, post } from './lib/oauth.ts'
import { signAhead } from './lib/assertion.ts'
import { plan } from './lib/plan.ts'
import { tell } from './lib/story.ts'

/** One client for each method of authentication, which take turns. */
const services = plan.services.map((client) => ({ client, credentials: credentialsOf(client) }))

const next = () => services[exec.scenario.iterationInTest % services.length]

export const clientCredentials = tell(
  'client-credentials',
  ({ holds, sample, unique }) => {
    const { client, credentials } = next() ?? {}
    const answer = post('token', plan.endpoints.token, { grant_type: 'client_credentials' }, credentials)
    const { access_token: token, token_type: type } = membersOf(answer)

    holds(
      'every request is answered with a token',
      answer.status === 200 && typeof token === 'string' && typeof type === 'string',
    )
    holds('no answer may be stored', /no-store/i.test(answer.headers['Cache-Control'] ?? ''))
    if (typeof token !== 'string') return
    const { jti, client_id: named } = claimsOf(token) ?? {}
    if (typeof named === 'string') holds('no token names another client', named === client?.client_id)
    // A server may hand out the same token again while it is good.
    if (typeof jti === 'string') unique('jti', jti, token)
    sample({ kind: 'access_token', token, ...(client !== undefined && { client: client.client_id }) })
  },
  () => {
    const { client } = next() ?? {}
    return client && signAhead(client)
  },
)
