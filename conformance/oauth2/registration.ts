import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { registeredInformation } from '../managing.ts'
import { isConfidential } from '../published.ts'
import { registering } from '../registering.ts'

const confidential = {
  client_name: 'Assay',
  redirect_uris: ['https://rp.example/callback', 'https://rp.example/other?keep=this'],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
} as const

/** What a server says that takes no registrations by POST, or none in JSON. */
const foreignToJson: ReadonlySet<number> = new Set([404, 405, 406, 415, 501])

/** A registration is answered with 201 and the client in JSON. */
export const registrationIsCreated = check({
  proves: [rfc7591.created, rfc7591.clientIdReturned, rfc7591.postJson],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect }) {
    await registering(client, confidential, (answer) => {
      const actual = describeAnswer(answer)
      const taken = !foreignToJson.has(answer.status)
      expect.that(
        taken,
        { violation: 'refused', expected: 'a registration by POST, in JSON', actual },
        rfc7591.postJson,
      )
      if (!taken) return
      if (answer.status === 400) throw new Untestable(`the server does not register a plain client: ${actual}`)
      const response = expect.response(answer, rfc7591.created)
      response.toHaveStatus(201)
      response.toHaveHeader('content-type', /^application\/json\s*(?:;|$)/i, 'application/json')
      const { client_id: id } = response.toBeJsonObject()
      expect.that(
        typeof id === 'string' && id !== '',
        { violation: 'missing-value', expected: 'client_id', actual: `a client_id that is ${typeof id}` },
        rfc7591.clientIdReturned,
      )
    })
  },
})

/** Secrets are handed out there, so nobody must read along. Who tests a server by http knows what its own address is. */
export const endpointIsHttps = check({
  proves: [rfc7591.tls],
  needs: ['registration'],

  async run({ client, expect, target }) {
    const url = client.endpoint('registration_endpoint')

    expect.that(isConfidential(url) || url.startsWith(`${new URL(target.issuer).origin}/`), {
      expected: 'a registration_endpoint by https',
      actual: url,
    })
  },
})

/** Who is given a secret is told until when it is good. */
export const secretExpiryIsTold = check({
  proves: [rfc7591.secretExpiryTold],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect }) {
    await registering(client, confidential, (answer) => {
      const { client_secret: secret, client_secret_expires_at: expiry } = objectOf(answer) ?? {}
      const told = secret === undefined || (typeof expiry === 'number' && expiry >= 0)
      expect.that(told, {
        violation: 'missing-value',
        expected: 'client_secret_expires_at as a number',
        actual: `one that is ${typeof expiry}`,
      })
    })
  },
})

/** The client learns what was registered, be it what it asked for or what the server made of it. */
export const registeredMetadataIsReturned = check({
  proves: [rfc7591.registeredMetadataReturned, rfc7591.redirectUrisRequired],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect }) {
    await registering(client, confidential, (answer) => {
      const { redirect_uris: uris, token_endpoint_auth_method: method } = registeredInformation(answer)
      const whole = Array.isArray(uris) && confidential.redirect_uris.every((uri) => uris.includes(uri))
      expect.that(whole, {
        violation: 'missing-value',
        expected: 'the redirect_uris that were sent',
        actual: 'others or none',
      })
      const told = typeof method === 'string'
      expect.that(
        told,
        { violation: 'missing-value', expected: 'token_endpoint_auth_method', actual: 'none' },
        rfc7591.registeredMetadataReturned,
      )
    })
  },
})

/** A redirection URI has no fragment, not even an empty one. */
export const fragmentIsRefused = check({
  proves: [rfc6749.redirectUriNoFragment],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect }) {
    for (const uri of ['https://rp.example/callback#section', 'https://rp.example/callback#']) {
      await registering(client, { ...confidential, redirect_uris: [uri] }, (answer) => {
        const kept = objectOf(answer)?.['redirect_uris']
        const taken = answer.status < 300 && (!Array.isArray(kept) || kept.includes(uri))
        expect.that(!taken, {
          violation: 'accepted',
          expected: 'a refusal of the fragment',
          actual: describeAnswer(answer),
        })
      })
    }
  },
})

/** A redirection URI that is none is refused, by 400 and an error that says so. */
export const invalidRedirectUriIsReported = check({
  proves: [rfc7591.invalidRedirectUri, rfc7591.errorStatus],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect }) {
    for (const uri of ['callback', '/callback', 'https://rp.example/callback#section']) {
      await registering(client, { ...confidential, redirect_uris: [uri] }, (answer) => {
        const { error, client_id: id } = objectOf(answer) ?? {}
        const violation = id === undefined ? 'wrong-error' : 'accepted'
        expect.that(
          error === 'invalid_redirect_uri',
          { violation, expected: 'the error invalid_redirect_uri', actual: describeAnswer(answer) },
          rfc7591.invalidRedirectUri,
        )
        if (id !== undefined) return
        expect.response(answer, rfc7591.errorStatus).toHaveStatus(400)
        expect.that(
          typeof error === 'string',
          { violation: 'malformed', expected: 'a JSON object with the member error', actual: describeAnswer(answer) },
          rfc7591.errorStatus,
        )
      })
    }
  },
})

/** A public client without redirection URIs would let its codes be sent anywhere. */
export const publicClientNeedsRedirectUris = check({
  proves: [rfc6749.redirectUriOfPublicClients],
  needs: ['registration', 'public_client'],

  async run({ client, expect }) {
    const { redirect_uris: _left, ...rest } = confidential
    const metadata = {
      ...rest,
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    }
    await registering(client, metadata, (answer) => {
      const { redirect_uris: uris, grant_types: grants } = objectOf(answer) ?? {}
      // The server may register something else than what was asked for, and then says so.
      const harmless =
        (Array.isArray(uris) && uris.length > 0) || (Array.isArray(grants) && !grants.includes('authorization_code'))
      expect.that(answer.status >= 300 || harmless, {
        violation: 'accepted',
        expected: 'a refusal',
        actual: describeAnswer(answer),
      })
    })
  },
})
