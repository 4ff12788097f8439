import {
  clientCredentialsForm,
  type Credentials,
  credentialsOf,
  get,
  memberOf,
  post,
  textIn,
  tokenForm,
} from './lib/oauth.ts'
import { personOf, plan, turn } from './lib/plan.ts'
import { codeRequests, signInWithCode } from './lib/sign-in-with-code.ts'
import { type Answer, type Narrator, tell } from './lib/story.ts'
import { type Shot, volley } from './lib/volley.ts'

type Holds = Narrator<'revocation-storm'>['holds']

const { client, endpoints } = plan

/** So many tokens are revoked at once. */
const burst = 3

/** In one iteration of so many a person's token is revoked as well. */
const personEvery = 4

const own = credentialsOf(client)

/** Another client, where there is one that need not sign: nobody revokes anything of it. */
const bystander = plan.services.find(
  ({ client_id: id, method }) => id !== client.client_id && method !== 'private_key_jwt',
)
const askers = [
  ...Array.from({ length: burst }, () => own),
  ...(bystander === undefined ? [] : [credentialsOf(bystander)]),
]

/** Whether people sign in for the client, and the server has something for it that only their tokens open. */
const servesPeople =
  plan.openid && endpoints.userinfo !== '' && plan.users.length > 0 && client.grant_types.includes('authorization_code')

/** A token, and the credentials of its client. */
interface Owned {
  readonly token: string
  readonly credentials: Credentials
}

export const revocationStorm = tell('revocation-storm', ({ holds }) => {
  // Where answers are cached they are from now on.
  const live = activeAmong(newTokens())
  const ours = live.filter(({ credentials }) => credentials === own)
  const others = live.filter(({ credentials }) => credentials !== own)

  // Whoever asks while the revocation is on its way may be told either; whoever asks from then on may not.
  const answers = volley(ours.flatMap((one) => [revocation(one), question(one)]))
  const revoked = ours.filter((_, at) => isRevoked(answers[2 * at], holds))
  const active = activeAmong([...revoked, ...others])
  for (const one of revoked) holds('a revoked token is inactive at once', !active.includes(one))
  for (const one of others) holds('a live token of another client stays active', active.includes(one))

  if (servesPeople && turn() % personEvery === 0) revokeForPerson(holds)
})

function newTokens(): readonly Owned[] {
  const answers = volley(
    askers.map((credentials) => ({ name: 'token', url: endpoints.token, form: clientCredentialsForm, credentials })),
  )
  const tokens = answers.map((answer) => textIn(answer, 'access_token'))
  // A server may hand out the same token again while it is good.
  return askers.flatMap((credentials, at) => {
    const token = tokens[at]
    return token === undefined || tokens.indexOf(token) !== at ? [] : [{ token, credentials }]
  })
}

const revocation = ({ token, credentials }: Owned): Shot => ({
  name: 'revoke',
  url: endpoints.revocation,
  form: tokenForm(token),
  credentials,
})

const question = ({ token, credentials }: Owned): Shot => ({
  name: 'introspect',
  url: endpoints.introspection,
  form: tokenForm(token),
  credentials,
})

function activeAmong(tokens: readonly Owned[]): readonly Owned[] {
  const answers = volley(tokens.map(question))
  return tokens.filter((_, at) => {
    const answer = answers[at]
    return answer !== undefined && memberOf(answer, 'active') === true
  })
}

/** Whether a token is revoked; a server may say that it revokes no tokens of the kind, or none for now (RFC 7009 §2.2.1). */
function isRevoked(answer: Answer | undefined, holds: Holds): boolean {
  if (answer === undefined || answer.status === 503) return false
  if (memberOf(answer, 'error') === 'unsupported_token_type') return false
  holds('a revocation is answered with 200', answer.status === 200)
  return answer.status < 300
}

const requests = codeRequests(client, { scope: 'openid' })

/** A person signs in, and what the client was given for them is revoked right after its first use. */
function revokeForPerson(holds: Holds): void {
  const token = textIn(signInWithCode(requests, personOf(turn())), 'access_token')
  const ask = () => get('userinfo', endpoints.userinfo, { authorization: `Bearer ${token}` }).status
  if (ask() !== 200) return
  if (isRevoked(post('revoke', endpoints.revocation, tokenForm(token)), holds))
    holds('a revoked token is refused at userinfo', ask() >= 400)
}
