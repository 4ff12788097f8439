import { membersReader } from '../core/json-members.ts'
import { populationOf } from '../core/population.ts'
import { clientCredentialsForm, credentialsOf, post } from './lib/oauth.ts'
import { signAhead } from './lib/assertion.ts'
import { plan, turn } from './lib/plan.ts'
import { bodyOf, tell } from './lib/story.ts'

/** One client for each method of authentication, which take turns. */
const serviceOf = populationOf(
  plan.services.map((client) => ({ client, credentials: credentialsOf(client) })),
  plan.skew,
)

const tokenIn = membersReader(['access_token', 'token_type'])

const noStore = /no-store/i

/** Whose turn it is in the iteration at hand. */
let service: ReturnType<typeof serviceOf> | undefined

export const clientCredentials = tell(
  'client-credentials',
  ({ holds, sample, read }) => {
    const { client, credentials } = service ?? serviceOf(turn())
    const answer = post('token', plan.endpoints.token, clientCredentialsForm, credentials)
    const { access_token: token, token_type: type } = tokenIn(bodyOf(answer))

    holds(
      'every request is answered with a token',
      answer.status === 200 && typeof token === 'string' && typeof type === 'string',
    )
    holds('no answer may be stored', noStore.test(answer.headers['Cache-Control'] ?? ''))
    if (typeof token !== 'string') return
    read('access_token', token, client.client_id, '', '')
    sample('access_token', token, client.client_id)
  },
  () => {
    service = serviceOf(turn())
    return signAhead(service.client)
  },
)
