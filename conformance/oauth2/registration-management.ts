import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc7592 } from '../../core/spec/rfc7592.ts'
import { check } from '../../harness/check.ts'
import { headersOf, type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import type { Target } from '../../harness/target/target.ts'
import {
  granted,
  type Information,
  type Judge,
  judgeSameClient,
  judgeStatus,
  managed,
  managing,
  registeredInformation,
} from '../managing.ts'
import { isConfidential } from '../published.ts'
import { registering } from '../registering.ts'
import { altered, guessBits } from '../token-text.ts'

const needs = ['registration', 'client_secret_basic'] as const

/** Who can manage its registration is told where and by what; one of the two alone is of no use. */
export const managementIsTold = check({
  proves: [rfc7592.configurationUri, rfc7592.registrationToken, rfc7592.tls],
  needs,

  async run({ client, expect, target }) {
    await registering(client, managed, (answer) => {
      const information = registeredInformation(answer)
      const { registration_client_uri: uri, registration_access_token: token } = information
      if (uri === undefined && token === undefined)
        throw new Inapplicable('the server gives its clients no registration_client_uri')
      judgeManagement({ expect }, information)
      const isSafe =
        typeof uri !== 'string' ||
        !URL.canParse(uri) ||
        isConfidential(uri) ||
        new URL(uri).origin === new URL(target.issuer).origin
      expect.that(isSafe, { expected: 'a registration_client_uri by https', actual: String(uri) }, rfc7592.tls)
    })
  },
})

/** A client reads what is registered of it: all that it was told at first, and by the same name. */
export const registrationIsRead = check({
  proves: [
    rfc7592.readAnswered,
    rfc7592.clientIdKept,
    rfc7592.registeredMetadataReturned,
    rfc7592.credentialsReturned,
    rfc7592.registrationToken,
    rfc7592.configurationUri,
    rfc7591.registeredMetadataReturned,
  ],
  needs,

  async run({ client, expect, target }) {
    await managing(client, managed, async ({ information, read, update, remove }) => {
      const answer = await read()
      if (answer.status === 405) throw new Inapplicable('the server does not let clients read their registration')
      demandMore(target, await update(), await remove())
      judgeStatus({ expect }, answer, rfc7592.readAnswered)
      const now = objectOf(answer)
      if (now === undefined) return
      judgeSameClient({ expect }, information, now)
      judgeManagement({ expect }, now)
      // What a server may have several of, or renew, is not compared.
      const missing = (have: Information, want: Information) =>
        Object.keys(want).find((name) => !ofTheMoment.has(name) && isSaid(want[name]) && have[name] === undefined)
      const untold = missing(now, information)
      expect.that(
        untold === undefined,
        { violation: 'missing-value', expected: `${untold} as it was registered`, actual: 'a read without it' },
        rfc7592.registeredMetadataReturned,
      )
      const concealed = missing(information, now)
      expect.that(
        concealed === undefined,
        { violation: 'missing-value', expected: `${concealed} as a read has it`, actual: 'a registration without it' },
        rfc7591.registeredMetadataReturned,
      )
    })
  },
})

/** The URI says whose it is, unless it is that of the registration endpoint itself. */
export const uriNamesTheClient = check({
  proves: [rfc7592.uriCombined],
  needs,

  async run({ client, expect }) {
    const endpoint = client.endpoint('registration_endpoint')
    await registering(client, managed, (answer) => {
      const { registration_client_uri: uri, client_id: id } = registeredInformation(answer)
      if (typeof uri !== 'string') throw new Inapplicable('the server gives its clients no registration_client_uri')
      const named = [String(id), encodeURIComponent(String(id))].some((name) => uri.includes(name))
      expect.that(uri === endpoint || (uri.startsWith(endpoint) && named), {
        expected: 'the registration_endpoint and the client_id in one URL',
        actual: 'another URL',
      })
    })
  },
})

/** A registration opens by its own token, and by nothing that resembles it. */
export const badRegistrationTokenIsRefused = check({
  proves: [rfc7592.invalidTokenRefused],
  needs,

  async run({ client, expect }) {
    await managing(client, managed, async ({ management, read, update }) => {
      granted(await read(), 'read')
      const updated = await update()
      // What is not supported may be told before anybody is asked for a token.
      const unsupported = new Set([405, 501, ...(foreignMethod.has(updated.status) ? [updated.status] : [])])
      const { token } = management()
      for (const wrong of [undefined, 'no-such-token', altered(token), token.slice(0, -1), `${token}x`]) {
        const answers = [
          await client.readRegistration(management(), { token: wrong }),
          await client.updateRegistration(management(), managed, { token: wrong }),
          await client.deleteRegistration(management(), { token: wrong }),
        ]
        for (const answer of answers) if (!unsupported.has(answer.status)) judgeDenial({ expect }, answer)
      }
    })
  },
})

/** A token opens the registration that it was issued for, and no other. */
export const tokenOpensOneRegistration = check({
  proves: [rfc7592.tokenMatchesClient],
  needs,

  async run({ client, expect }) {
    await managing(client, managed, async (one) => {
      await managing(client, managed, async (other) => {
        const [mine, theirs] = [one.management(), other.management()]
        if (mine.uri === theirs.uri)
          throw new Inapplicable('one URI is for all clients, so a token is all that tells them apart')
        const answer = await client.readRegistration({ uri: theirs.uri, token: mine.token })
        expect.that(objectOf(answer)?.['client_id'] !== other.information['client_id'], {
          violation: 'leaked',
          expected: 'a refusal of the token of another client',
          actual: describeAnswer(answer),
        })
        expect.response(answer).toBeRefused()
      })
    })
  },
})

/** No token of a registration tells the next one. */
export const registrationTokensAreUnguessable = check({
  proves: [rfc7592.tokenUnguessable],
  needs,

  async run({ client, expect }) {
    const tokens: string[] = []
    for (let count = 0; count < 8; count++)
      await managing(client, managed, async ({ management }) => void tokens.push(management().token))
    const bits = Math.floor(guessBits(tokens))
    expect.that(new Set(tokens).size === tokens.length && bits >= 128, {
      expected: 'tokens that are guessed with a probability of at most 2^-128',
      actual: `tokens of ${bits} bits at most`,
    })
  },
})

/** A client manages itself for as long as it exists: nothing but a read or an update changes the token. */
export const registrationTokenLasts = check({
  proves: [rfc7592.tokenLasts],
  needs: [...needs, 'clock'],

  async run({ client, expect, wait }) {
    await managing(client, managed, async ({ management, read }) => {
      await wait(400 * day)

      const answer = await client.readRegistration(management())
      expect.that(answer.status !== 401, {
        violation: 'refused',
        expected: 'the registration after 400 days',
        actual: describeAnswer(answer),
      })
      await read()
    })
  },
})

/** In milliseconds. */
const day = 24 * 3600 * 1000

/** A method that the endpoint does not know is called by its name. */
export const unsupportedMethodIsReported = check({
  proves: [rfc7592.unsupportedMethod],
  needs,

  async run({ client, expect, target }) {
    await managing(client, managed, async (managed) => {
      granted(await managed.read(), 'read')
      const { uri, token } = managed.management()
      const answer = await client.send({
        method: 'PATCH',
        url: uri,
        headers: [
          ['authorization', `Bearer ${token}`],
          ['content-type', 'application/json'],
        ],
        body: '{}',
      })
      if (answer.status < 300) throw new Inapplicable('the server supports PATCH')
      demandMore(target, await managed.update(), await managed.remove())
      expect.response(answer).toHaveStatus(405, 501)
    })
  },
})

/** A client that may not do something is told so, and is not sent looking for another token. */
export const forbiddenOperationIsReported = check({
  proves: [rfc7592.forbidden, rfc7592.deletionUnsupported],
  needs,

  async run({ client, expect, target }) {
    await managing(client, managed, async ({ read, update, remove }) => {
      const [reading, updating, removal] = [await read(), await update(), await remove()]
      demandMore(target, updating, removal)
      for (const answer of [reading, updating]) {
        if (answer.status < 400 || answer.status === 405) continue
        const isForeign = foreignMethod.has(answer.status)
        if (isForeign) expect.response(answer, rfc7592.unsupportedMethod).toHaveStatus(405, 501)
        else expect.response(answer, rfc7592.forbidden).toHaveStatus(403)
      }
      if (removal.status < 300 || removal.status === 403) return
      const isForeign = removal.status === 405 || foreignMethod.has(removal.status)
      expect.response(removal, isForeign ? rfc7592.deletionUnsupported : rfc7592.forbidden).toHaveStatus(405)
    })
  },
})

/** OpenID Connect Registration §4 has the same endpoint, no method but GET, and fewer demands on what is read. */
function demandMore({ capabilities }: Target, updating: HttpResponse, removal: HttpResponse) {
  const isUnknown = ({ status }: HttpResponse) => status === 405 || foreignMethod.has(status)
  if (capabilities.has('openid') && isUnknown(updating) && isUnknown(removal))
    throw new Inapplicable('a client reads its registration as OpenID Connect has it, and does no more with it')
}

/** What servers answer to a method that they do not know: nothing of the client or its token. */
const foreignMethod: ReadonlySet<number> = new Set([404, 501])

/** Members of an answer that may change from one to the next. */
const ofTheMoment: ReadonlySet<string> = new Set([
  'client_id',
  'client_secret',
  'client_secret_expires_at',
  'client_id_issued_at',
  'registration_access_token',
  'registration_client_uri',
])

/** A member that says nothing may as well be left out. */
const isSaid = (value: unknown) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)

function judgeManagement({ expect }: Judge, information: Information) {
  const { registration_client_uri: uri, registration_access_token: token } = information
  expect.that(
    typeof uri === 'string' && /^https?:\/\//i.test(uri) && URL.canParse(uri),
    { violation: 'missing-value', expected: 'a full URL as registration_client_uri', actual: 'none' },
    rfc7592.configurationUri,
  )
  expect.that(
    typeof token === 'string' && token !== '',
    { violation: 'missing-value', expected: 'registration_access_token', actual: 'none' },
    rfc7592.registrationToken,
  )
}

/** RFC 6750 §3: 401 with a challenge of the scheme Bearer. */
function judgeDenial({ expect }: Judge, answer: HttpResponse) {
  const actual = describeAnswer(answer)
  expect.that(answer.status >= 300, { violation: 'accepted', expected: 'a refusal of the token', actual })
  if (answer.status < 300) return
  expect.response(answer).toHaveStatus(401)
  expect.that(
    headersOf(answer, 'www-authenticate').some((value) => /(?:^|,\s*)bearer\b/i.test(value)),
    { violation: 'missing-header', expected: 'WWW-Authenticate: Bearer', actual },
  )
}
