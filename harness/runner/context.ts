import { Redactor } from '../../core/redact.ts'
import { binds } from '../../core/spec/claims.ts'
import type { Unit } from '../../core/unit.ts'
import type { CheckContext, ClientKind } from '../check.ts'
import type { Breach } from '../breach.ts'
import { browserAgent } from '../client/browser-agent.ts'
import { HttpClient } from '../client/http.ts'
import { ProtocolClient } from '../client/protocol-client.ts'
import { SamlClient, type SamlClientParts, watchedBrowser } from '../client/saml-client.ts'
import { browserlessAgent, type UserAgent } from '../client/user-agent.ts'
import { Inapplicable, Untestable } from '../error.ts'
import { expectFor } from '../expect.ts'
import type { ClientAccount, Target, UserAccount } from '../target/target.ts'
import { type AnswerLog, answerLog } from './answers.ts'
import type { Pacer } from './pace.ts'
import type { TargetClock } from './clock.ts'

/** Everything that one unit works with; nothing of it is shared with another unit but the target. */
export interface Workplace {
  readonly context: CheckContext
  readonly http: HttpClient
  /** Knows the secrets of the target file, and those of the exchanges once they are read. */
  readonly redactor: Redactor
  readonly breaches: Breach[]
  readonly answers: AnswerLog
  close(): Promise<void>
}

/** Sets up a unit's clients, browsers and record, or says why the target file does not let it. */
export function setUp(
  unit: Unit & { readonly as?: ClientKind },
  target: Target,
  pace: Pacer,
  clock: TargetClock,
  signal: AbortSignal,
): Workplace {
  const redactor = redactorFor(target)
  const answers = answerLog()
  const http = new HttpClient({ timeoutMs: target.limits.timeout_ms, redactor, pace, signal, onAnswer: answers.hear })
  const breaches: Breach[] = []
  const agents: UserAgent[] = []
  const agent = (over: Pick<HttpClient, 'send' | 'load'> = http) => {
    const made = target.login.browser
      ? browserAgent({ http: over, login: target.login })
      : browserlessAgent({ http: over, login: target.login })
    agents.push(made)
    return made
  }
  const [first, second] = target.users
  const client = (account: ClientAccount, user: UserAccount | undefined) =>
    new ProtocolClient({ target, account, user, http, agent: agent(), now: clock.now })
  // Made when a unit asks for them: a unit about SAML needs no OAuth client, and the other way round.
  const accounts = once(() => accountsFor(unit, target))
  const own = once(() => client(accounts().account, first))
  const other = once(() => client(accounts().other, first))
  const stranger = once(() => client(accounts().account, second))
  const saml = once(() =>
    samlClient({ target, user: first, http, browser: watchedBrowser(http, agent), now: clock.now }),
  )
  return {
    http,
    redactor,
    breaches,
    answers,
    context: {
      target,
      get client() {
        return own()
      },
      get other() {
        return other()
      },
      get stranger() {
        return stranger()
      },
      get saml() {
        return saml()
      },
      expect: expectFor(unit.proves, (breach) => {
        // What comes after the unit was stopped comes of that.
        if (!signal.aborted && binds(breach.requirement, target.claims)) breaches.push(breach)
      }),
      wait: async (milliseconds) => await clock.advance(milliseconds, http),
    },
    close: async () => void (await Promise.all(agents.map(async (made) => await made.close()))),
  }
}

function once<T>(make: () => T): () => T {
  const made: T[] = []
  return () => (made[0] ??= make())
}

function samlClient({
  user,
  ...parts
}: Omit<SamlClientParts, 'provider' | 'user'> & { readonly user: UserAccount | undefined }): SamlClient {
  const provider = parts.target.saml?.service_providers[0]
  if (provider === undefined)
    throw new Untestable('the target file names no service provider; add one under saml.service_providers')
  if (user === undefined) throw new Untestable('it needs somebody who signs in; add one under users')
  return new SamlClient({ ...parts, provider, user })
}

/** Shorter values are words like `https` and `en`, in characters. */
const shortestHeader = 8

/** Knows every secret of the target file before the first exchange. */
function redactorFor(target: Target): Redactor {
  const redactor = new Redactor()
  for (const { client_secret: secret, private_key: key } of target.clients) {
    if (secret) redactor.learn('client_secret', secret.reveal())
    if (key) redactor.learn('private_key', key.reveal())
  }
  for (const { private_key: key } of target.saml?.service_providers ?? [])
    if (key) redactor.learn('private_key', key.reveal())
  const { initial_access_token: token, software_publisher: publisher } = target.registration ?? {}
  if (token) redactor.learn('initial_access_token', token.reveal())
  if (publisher) redactor.learn('private_key', publisher.private_key.reveal())
  for (const { password } of target.users) redactor.learn('password', password.reveal())
  // A header that the target file adds to a sign-in may be what lets it past a gate.
  for (const [name, value] of Object.entries(target.login.headers))
    if (value.length >= shortestHeader && !target.issuer.includes(value)) redactor.learn(name.toLowerCase(), value)
  return redactor
}

/** The grants that units need, by what they are called in registrations. */
const grantOf: ReadonlyMap<Unit['needs'][number], string> = new Map([
  ['authorization_code', 'authorization_code'],
  ['client_credentials', 'client_credentials'],
  ['refresh_token', 'refresh_token'],
  ['implicit', 'implicit'],
  ['password_grant', 'password'],
])

const asksPeople: ReadonlySet<string> = new Set(['authorization_code', 'implicit', 'password'])

const isPublic = ({ token_endpoint_auth_method: method }: ClientAccount) => method === 'none'

function nameOf(kind: ClientKind | undefined): string {
  switch (kind) {
    case undefined:
      return 'client'
    case 'none':
      return 'public client'
    case 'confidential':
      return 'confidential client'
    default:
      return `client with token_endpoint_auth_method ${kind}`
  }
}

/** The client that the unit acts as, and another one beside it. */
function accountsFor(unit: Unit & { readonly as?: ClientKind }, { clients, users }: Target) {
  const grants = unit.needs.flatMap((need) => grantOf.get(need) ?? [])
  // RFC 6749 §4.4: the grant is for confidential clients alone, whatever the target file lists.
  const mayDo = (account: ClientAccount) =>
    grants.every((grant) => account.grant_types.includes(grant)) &&
    !(grants.includes('client_credentials') && isPublic(account))
  const suits = (account: ClientAccount) =>
    mayDo(account) &&
    (unit.as === undefined || unit.as === 'confidential'
      ? !isPublic(account)
      : account.token_endpoint_auth_method === unit.as)
  const account = clients.find(suits) ?? (unit.as === undefined ? clients.find(mayDo) : undefined)
  if (account === undefined) {
    const forbidden = grants.find((grant) => grant === 'implicit' || grant === 'password')
    if (forbidden !== undefined)
      throw new Inapplicable(`the target file has no client that may use the ${forbidden} grant, and need not`)
    if (clients.length === 0)
      throw new Untestable(
        'the target file names no clients; list some under clients, or write `registration: dynamic`',
      )
    if (unit.as === 'confidential' && clients.every(isPublic))
      throw new Inapplicable('the target file has no confidential client')
    const kind = nameOf(unit.as)
    throw new Untestable(
      `the target file has no ${kind}${grants.length > 0 ? ` for ${grants.join(' and ')}` : ''}; add one under clients`,
    )
  }
  const others = clients.filter((one) => one.client_id !== account.client_id && mayDo(one))
  const other = others.find((one) => !isPublic(one)) ?? others[0]
  if (unit.needs.includes('second client') && other === undefined)
    throw new Untestable('it needs a second client; add one under clients')
  if (unit.needs.includes('second user') && users.length < 2)
    throw new Untestable('it needs a second user; add one under users')
  if (grants.some((grant) => asksPeople.has(grant)) && users.length === 0)
    throw new Untestable('it needs somebody who signs in; add one under users')
  return { account, other: other ?? account }
}
