import type { Requirement } from '../core/spec/document.ts'
import { rfc7592 } from '../core/spec/rfc7592.ts'
import type { CheckContext } from '../harness/check.ts'
import { type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { type Management, managementOf } from '../harness/client/registration.ts'
import { Inapplicable, Untestable } from '../harness/error.ts'
import { describeAnswer } from '../harness/expect.ts'
import { registering, webClient } from './registering.ts'

export type Information = Readonly<Record<string, unknown>>

/** A client with more than it needs, so that there is something to change and to leave out. */
export const managed = {
  ...webClient('https://rp.example/callback'),
  client_uri: 'https://rp.example/',
  tos_uri: 'https://rp.example/terms',
}

/** A client that registered itself, and manages that by the token that it was given last. */
export interface Managed {
  /** What the registration was answered with. */
  readonly information: Information
  /** What the client manages its registration by now. */
  readonly management: () => Management
  readonly read: () => Promise<HttpResponse>
  /** Sends everything that is registered, but for these members; `undefined` leaves one out. */
  readonly update: (changes?: Information) => Promise<HttpResponse>
  readonly remove: () => Promise<HttpResponse>
}

/** Registers a client, lets it manage its registration, and removes it. A server need not let it do so. */
export async function managing(
  client: ProtocolClient,
  metadata: Information,
  judge: (managed: Managed, registration: HttpResponse) => Promise<void>,
): Promise<void> {
  await registering(client, metadata, async (registration) => {
    const information = registeredInformation(registration)
    const first = managementOf(registration, client.endpoint('registration_endpoint'))
    if (first === undefined)
      throw new Inapplicable(
        'the server gives its clients no registration_client_uri, so they cannot manage themselves',
      )
    let management = first
    const told = { information }
    const kept = (answer: HttpResponse) => {
      const body = objectOf(answer)
      const token = body?.['registration_access_token']
      if (answer.status === 200 && typeof token === 'string') management = { ...management, token }
      if (answer.status === 200 && body !== undefined) told.information = body
      return answer
    }
    const managed: Managed = {
      information,
      management: () => management,
      read: async () => kept(await client.readRegistration(management)),
      update: async (changes = {}) =>
        kept(await client.updateRegistration(management, { ...ofTheClient(told.information), ...changes })),
      remove: async () => await client.deleteRegistration(management),
    }
    try {
      await judge(managed, registration)
    } finally {
      // The token of the first answer may be replaced by now.
      if (management !== first) await managed.remove()
    }
  })
}

/** What a registration was answered with; a unit that needs a client cannot judge without one. */
export function registeredInformation(registration: HttpResponse): Information {
  const information = objectOf(registration)
  if (registration.status < 300 && typeof information?.['client_id'] === 'string') return information
  throw new Untestable(`the server registers no client like that: ${describeAnswer(registration)}`)
}

/** RFC 7592 §2.2: what a client may send back. */
export const ofTheClient = (information: Information): Information =>
  Object.fromEntries(Object.entries(information).filter(([name]) => !ofTheServer.has(name)))

const ofTheServer: ReadonlySet<string> = new Set([
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
])

/** The information of an answer, where the client may do what it asked for; it need not be let. */
export function granted(answer: HttpResponse, operation: string): Information {
  if ([403, 404, 405, 501].includes(answer.status))
    throw new Inapplicable(`the server does not let a client ${operation} its registration`)
  const information = objectOf(answer)
  if (answer.status === 200 && information !== undefined) return information
  throw new Untestable(`a client cannot ${operation} its registration: ${describeAnswer(answer)}`)
}

export type Judge = Pick<CheckContext, 'expect'>

/** Client information that came as it is owed: with 200 and as a JSON object. */
export function judgeStatus({ expect }: Judge, answer: HttpResponse, about: Requirement) {
  const response = expect.response(answer, about)
  response.toHaveStatus(200)
  if (answer.status !== 200) return
  response.toHaveHeader('content-type', /^application\/json\s*(?:;|$)/i, 'application/json')
  response.toBeJsonObject()
}

/** The client of an answer is the one that it was, and is told its credentials. */
export function judgeSameClient({ expect }: Judge, before: Information, now: Information) {
  expect.that(
    now['client_id'] === before['client_id'],
    { expected: 'the client_id of the registration', actual: 'another or none' },
    rfc7592.clientIdKept,
  )
  for (const name of ['client_secret', 'registration_access_token']) {
    expect.that(
      before[name] === undefined || typeof now[name] === 'string',
      { violation: 'missing-value', expected: `the current ${name}`, actual: 'none' },
      rfc7592.credentialsReturned,
    )
  }
}
