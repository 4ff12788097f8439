import { rfc7592 } from '../../core/spec/rfc7592.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { registeredAccount } from '../../harness/client/registration.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { Secret } from '../../harness/target/secret.ts'
import {
  granted,
  type Information,
  judgeSameClient,
  judgeStatus,
  managed,
  type Managed,
  managing,
} from '../managing.ts'
import { registering } from '../registering.ts'

const needs = ['registration', 'client_secret_basic'] as const

/** An update is answered with what is registered from then on, and the client is who it was. */
export const registrationIsUpdated = check({
  proves: [rfc7592.updateAnswered, rfc7592.credentialsReturned],
  needs,

  async run({ client, expect }) {
    await managing(client, managed, async ({ information, update }) => {
      const answer = await update({ client_name: 'Assay again' })
      if (answer.status >= 400) granted(answer, 'update')
      judgeStatus({ expect }, answer, rfc7592.updateAnswered)
      const now = objectOf(answer)
      if (now !== undefined) judgeSameClient({ expect }, information, now)
    })
  },
})

/** What an update sends stands in the place of what there was. */
export const updateReplacesValues = check({
  proves: [rfc7592.updateReplaces],
  needs,

  async run({ client, expect }) {
    await managing(client, managed, async ({ read, update }) => {
      const uri = 'https://rp.example/elsewhere'
      const updated = granted(await update({ redirect_uris: [uri] }), 'update')
      const now = await read()
      for (const { redirect_uris: uris } of [updated, now.status === 200 ? (objectOf(now) ?? {}) : updated]) {
        expect.that(Array.isArray(uris) && uris.length === 1 && uris[0] === uri, {
          expected: `redirect_uris of ${uri} alone`,
          actual: JSON.stringify(uris) ?? 'none',
        })
      }
    })
  },
})

/**
 * What an update leaves out is what it sends as null, whatever the server makes of that: it may ignore null like any
 * other value.
 */
export const omissionIsLikeNull = check({
  proves: [rfc7592.omissionIsEmpty],
  needs,

  async run({ client, expect }) {
    await managing(client, managed, async ({ information, update }) => {
      const name = (['client_uri', 'tos_uri'] as const).find((one) => information[one] === managed[one])
      if (name === undefined) throw new Inapplicable('the server registers no pages of clients')
      const emptied = await update({ [name]: null })
      if (emptied.status !== 200 || objectOf(emptied)?.[name] === managed[name])
        throw new Inapplicable('the server does not let an update empty anything')
      granted(await update({ [name]: managed[name] }), 'update')
      const { [name]: left } = granted(await update({ [name]: undefined }), 'update')
      expect.that(left !== managed[name], {
        violation: 'wrong-value',
        expected: `${name} to be gone as it is where it is null`,
        actual: 'what was registered before',
      })
    })
  },
})

/** No client gives itself a secret. */
export const secretIsNotChosen = check({
  proves: [rfc7592.secretNotChosen],
  needs: [...needs, 'authorization_code'],

  async run({ client, expect }) {
    const chosen = 'assay-chose-this-very-long-client-secret'
    await managing(client, managed, async ({ update }) => {
      const answer = await update({ client_secret: chosen })
      expect.that(objectOf(answer)?.['client_secret'] !== chosen, {
        violation: 'accepted',
        expected: 'a client_secret that the server made',
        actual: 'the one that the client had chosen',
      })
      if (answer.status !== 200) return
      const { client_secret: told, ...account } = registeredAccount(answer, managed)
      if (told === undefined || told.reveal() === chosen) return
      const usurper = client.as({ ...account, client_secret: new Secret(chosen) })
      const unheardOf = { value: 'no-such-code', redirectUri: usurper.redirectUri, verifier: 'v'.repeat(43) }
      const denied = await usurper.redeem({ ...unheardOf, response: new Map() })
      expect.that(objectOf(denied)?.['error'] === 'invalid_client', {
        violation: 'accepted',
        expected: 'the error invalid_client for the secret that the client had chosen',
        actual: describeAnswer(denied),
      })
    })
  },
})

/** Nor does it give itself another name, a token, or another age. */
export const serverMembersAreKept = check({
  proves: [rfc7592.serverMembersKept, rfc7592.clientIdKept],
  needs,

  async run({ client, expect }) {
    const chosen = {
      registration_access_token: 'assay-chose-this-registration-access-token',
      registration_client_uri: 'https://rp.example/registration',
      client_secret_expires_at: 4102444800,
      client_id_issued_at: 1,
    }
    await managing(client, managed, async ({ information, update }) => {
      for (const [name, value] of [...Object.entries(chosen), ['client_id', 'assay-chose-this-client-id'] as const]) {
        const answer = await update({ [name]: value })
        if (answer.status >= 500) throw new Untestable(`the update is not answered: ${describeAnswer(answer)}`)
        const isTaken = information[name] !== value && objectOf(answer)?.[name] === value
        expect.that(
          !isTaken,
          { violation: 'accepted', expected: `${name} as the server has it`, actual: 'what the client had sent' },
          name === 'client_id' ? rfc7592.clientIdKept : rfc7592.serverMembersKept,
        )
      }
    })
  },
})

/** Whatever a server makes of values that it does not take, it says so: the next read tells the same. */
export const replacementIsTold = check({
  proves: [rfc7592.replacedReturned],
  needs,

  async run({ client, expect, target }) {
    const scope = target.capabilities.has('openid') ? 'openid assay-no-such-scope' : 'assay-no-such-scope'
    await managing(client, managed, async ({ read, update }) => {
      const updated = objectOf(await updatedWith(update, { scope }))
      const now = granted(await read(), 'read')
      if (updated === undefined) throw new Inapplicable('the server refuses what it could replace')
      for (const name of ['scope', 'redirect_uris', 'grant_types', 'response_types', 'token_endpoint_auth_method']) {
        expect.that(JSON.stringify(updated[name]) === JSON.stringify(now[name]), {
          expected: `${name} ${JSON.stringify(now[name])}, as a read has it`,
          actual: JSON.stringify(updated[name]) ?? 'none',
        })
      }
    })
  },
})

async function updatedWith(update: Managed['update'], changes: Information) {
  const answer = await update(changes)
  if (answer.status === 400) throw new Inapplicable('the server refuses what it could replace')
  granted(answer, 'update')
  return answer
}

/** Metadata that a registration would be refused for are refused in an update, and in the same way. */
export const invalidUpdateIsReported = check({
  proves: [rfc7592.updateErrors],
  needs,

  async run({ client, expect }) {
    await managing(client, managed, async ({ update }) => {
      granted(await update(), 'update')
      for (const invalid of [{ redirect_uris: ['callback'] }, { token_endpoint_auth_method: 'assay-no-such-method' }]) {
        const refused = { status: 0 }
        await registering(client, { ...managed, ...invalid }, (answer) => void (refused.status = answer.status))
        const answer = await update(invalid)
        const { error } = objectOf(answer) ?? {}
        const isRefusal = answer.status === 400 && typeof error === 'string'
        // What one may replace the other may replace as well.
        if (refused.status < 300 || answer.status === 200) continue
        expect.that(isRefusal, {
          violation: answer.status >= 500 ? 'crashed' : 'wrong-status',
          expected: 'status 400 and a JSON object with the member error',
          actual: describeAnswer(answer),
        })
      }
    })
  },
})

/** A token that was replaced opens nothing more. */
export const replacedTokenIsDiscarded = check({
  proves: [rfc7592.oldTokenDiscarded],
  needs,

  async run({ client, expect }) {
    await managing(client, managed, async ({ management, read, update }) => {
      const first = management()
      await read()
      await update()
      if (management().token === first.token) throw new Inapplicable('the server keeps the registration access token')

      expect.response(await client.readRegistration(first)).toBeRefused('a refusal of the token that was replaced')
    })
  },
})
