import { clientCredentialsForm, type Credentials, credentialsOf, memberOf, post } from './lib/oauth.ts'
import { plan, turn } from './lib/plan.ts'
import {
  accountOf,
  isForbidden,
  isUnavailable,
  manage,
  type Registered,
  registerAtOnce,
  registeredIn,
  remove,
} from './lib/registration.ts'
import { type Answer, answered, type Narrator, tell } from './lib/story.ts'

type Told = Narrator<'registration'>

/** Why this virtual user registers nobody any more: who cannot clean up must not make a mess. */
let whyNot: string | undefined

/** How many clients it registers at once: no more than one until that one was deleted. */
let atOnce = 1

export const registration = tell('registration', (told) => {
  if (whyNot !== undefined) throw new Error(whyNot)
  const number = turn()
  const names = [`one of ${number}`, `other of ${number}`].slice(0, atOnce)
  const answers = registerAtOnce(names.map(metadataOf))
  const clients = answers.flatMap((answer) => registeredIn(answer) ?? [])
  let served: Credentials | undefined
  let deleted: readonly boolean[] = []
  try {
    for (const answer of answers) judgeRegistration(answered(answer), told)
    const [one, other] = clients
    if (one?.id !== undefined && other?.id !== undefined)
      told.holds('clients registered at once are told apart', one.id !== other.id)
    if (one === undefined) return
    clients[0] = asRead(one, told)
    served = getsTokens(clients[0], told)
  } finally {
    deleted = clients.map((client) => isDeleted(client, told))
  }
  const [gone] = clients
  if (gone !== undefined && deleted[0] === true) judgeGone(gone, served, told)
})

/** Two clients have nothing in common that a server could know them again by. */
const metadataOf = (name: string) => ({
  ...plan.registration?.metadata,
  client_name: `Assay, ${name}`,
  redirect_uris: [`https://rp.example/${name.replaceAll(' ', '-')}`],
})

/** A server may refuse a registration, which says nothing of what it does with one that it takes. */
function judgeRegistration(answer: Answer, { holds, unique }: Told): void {
  if (answer.status === 401 || answer.status === 403)
    whyNot = 'nobody is registered without an initial access token: give one under registration in the target file'
  if (answer.status === 400) whyNot = 'the target refuses to register a client that gets codes and tokens by a secret'
  if (whyNot !== undefined) throw new Error(whyNot)
  const id = memberOf(answer, 'client_id')
  holds('a registration is answered with 201', answer.status === 201)
  holds('every new client is told its name', typeof id === 'string' && id !== '')
  if (typeof id === 'string') unique('client_id', id, '')
}

/** The client as it is after it was read, which may bring it another secret and token (RFC 7592 §2.1). */
function asRead(client: Registered, { holds }: Told): Registered {
  if (client.uri === undefined) return client
  const answer = answered(manage('read', client))
  if (isForbidden(answer)) return client
  const read = registeredIn(answer, client)
  holds('a client can read what it registered', answer.status === 200)
  if (read !== undefined) holds('a client keeps its name', read.id === client.id)
  return read ?? client
}

/** How the client authenticates, where it is given a token for itself. It need not be allowed to, but has to be known. */
function getsTokens(client: Registered, { holds }: Told): Credentials | undefined {
  const account = accountOf(client)
  if (account === undefined) return undefined
  const credentials = credentialsOf(account)
  const answer = tokenBy(credentials)
  holds(
    'the credentials of a new client are good at once',
    answer.status !== 401 && memberOf(answer, 'error') !== 'invalid_client',
  )
  return bringsToken(answer) ? credentials : undefined
}

const tokenBy = (credentials: Credentials): Answer =>
  post('token', plan.endpoints.token, clientCredentialsForm, credentials)

const bringsToken = (answer: Answer) => typeof memberOf(answer, 'access_token') === 'string'

/** Deletes a client, whatever else went wrong; throws nothing. */
function isDeleted(client: Registered, { holds }: Told): boolean {
  const answer = client.uri === undefined ? undefined : remove(client)
  if (answer === undefined || isForbidden(answer)) {
    whyNot = 'the target deletes no registration, so that no more are made'
    return false
  }
  if (!isUnavailable(answer)) holds('a deletion is answered with 204', answered(answer).status === 204)
  // One that is unknown is gone as well.
  if (answer.status >= 300 && answer.status !== 401)
    whyNot = `a client was left at the target, which answered its deletion with status ${answer.status}`
  const isDone = answer.status >= 200 && answer.status < 300
  if (isDone) atOnce = 2
  return isDone
}

function judgeGone(client: Registered, served: Credentials | undefined, { holds }: Told): void {
  holds('a deleted registration is answered with 401', answered(manage('read', client)).status === 401)
  if (served !== undefined) holds('a deleted client gets no more tokens', !bringsToken(tokenBy(served)))
}
