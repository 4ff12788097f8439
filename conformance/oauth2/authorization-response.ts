import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { redirectParams } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import { type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import { Untestable } from '../../harness/error.ts'
import type { Expect } from '../../harness/expect.ts'
import { registeredWith, registering, webClient } from '../registering.ts'

/** A challenge method that no server knows: an error that every server with PKCE owes its client. */
const wrongMethod = { code_challenge_method: 'assay-unknown' }

/** No parameter comes back twice, be it with a code or with an error. */
export const parametersOfAResponseStandOnce = check({
  proves: [rfc6749.responseParamsNotRepeated],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const arrival of [await client.requestAuthorization(), await client.requestAuthorization(wrongMethod)])
      toHaveEachOnce(expect, namesIn(arrival))
  },
})

/**
 * Nor where the client itself has such a parameter in the query that it registered: whoever read the response could not
 * tell which of the two is meant. A server need not register such a URI.
 */
export const parametersOfAQueryStandOnce = check({
  proves: [rfc6749.responseParamsNotRepeated],
  needs: ['authorization_code', 'registration', 'client_secret_basic'],

  async run({ client, expect }) {
    for (const query of ['code=1', 'state=1', 'keep=this&error=1']) {
      const uri = `https://rp.example/callback?${query}`
      await registering(client, webClient(uri), async (answer) => {
        const id = registeredWith(answer, uri)
        if (id === undefined) return
        const registered = client.as({ ...client.account, client_id: id, redirect_uris: [uri] })
        for (const wrong of [{}, wrongMethod]) {
          const arrival = await registered.requestAuthorization(wrong)
          // An error page sends nothing to the client.
          if (arrival.kind !== 'page') toHaveEachOnce(expect, namesIn(arrival))
        }
      })
    }
  },
})

/** A code is put into the query of the redirection URI, where a client that listens there can see it. */
export const codeComesInTheQuery = check({
  proves: [rfc6749.codeByQuery],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const arrival = await client.requestAuthorization()
    if (arrival.kind !== 'redirect') throw new Untestable('the browser was not redirected')
    const { query, fragment } = redirectParams(arrival.location)
    if (responseOf(arrival).has('error')) throw new Untestable('the server answers with an error')

    expect.that(
      query.some(([name]) => name === 'code'),
      {
        violation: 'missing-value',
        expected: 'code in the query',
        actual: fragment.some(([name]) => name === 'code') ? 'code in the fragment' : 'no code',
      },
    )
  },
})

/** What a client is told of an error is in characters that every client can show. */
export const errorsAreInTheirCharacters = check({
  proves: [rfc6749.authorizationErrorCharset, rfc6749.authorizationDescriptionCharset, rfc6749.authorizationErrorUri],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const odd = 'assay:"quoted\\café"'
    for (const wrong of [wrongMethod, { response_type: odd }, { [odd]: ['1', '2'] }]) {
      const arrival = await client.requestAuthorization(wrong)
      const error = responseOf(arrival).get('error')
      // Which error it is, other checks judge.
      if (error !== undefined)
        expect.arrival(arrival, rfc6749.authorizationErrorCharset).toBringError(client.redirectUri, error)
    }
  },
})

/** Where the client is told that a parameter stands twice, it is told that the request is invalid. */
export const repeatedParameterIsReported = check({
  proves: [rfc6749.authorizationInvalidRequest],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const twice of [{ scope: ['openid', 'openid'] }, { code_challenge_method: ['S256', 'S256'] }]) {
      const error = responseOf(await client.requestAuthorization(twice)).get('error')
      // A page is as good where the server trusts nothing of such a request.
      if (error === undefined) continue

      expect.that(error === 'invalid_request', {
        violation: 'wrong-error',
        expected: 'error=invalid_request',
        actual: `error=${error}`,
      })
    }
  },
})

/** A response type that the server does not have is reported by an error that is true of it. */
export const unknownResponseTypeIsReported = check({
  proves: [rfc6749.unsupportedResponseType],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const error = responseOf(await client.requestAuthorization({ response_type: 'assay_unknown' })).get('error')
    if (error === undefined) throw new Untestable('no error came back by redirect')

    // The value is invalid as well, and the client is not authorized for what does not exist.
    expect.that(['unsupported_response_type', 'invalid_request', 'unauthorized_client'].includes(error), {
      violation: 'wrong-error',
      expected: 'error=unsupported_response_type',
      actual: `error=${error}`,
    })
  },
})

/** Letters of other alphabets are read as they were written, and written as they were read. */
export const formEncodingIsOfUtf8 = check({
  proves: [rfc6749.formDecoded, rfc6749.formEncoded],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    for (const [state, about] of [
      ['a b+c&d', [rfc6749.formDecoded]],
      ['é€ü', [rfc6749.formEncoded, rfc6749.formDecoded]],
    ] as const) {
      const returned = await returnedState(client, state)
      // The grammar of state has printable ASCII alone, so that any other may be refused.
      if (returned === undefined) continue
      for (const requirement of about) {
        expect.that(
          holds(requirement === rfc6749.formEncoded, returned, state),
          { expected: 'the state as it was sent', actual: 'another state' },
          requirement,
        )
      }
    }
  },
})

/** What was not written as UTF-8 cannot be read as such; what was, and reads otherwise, was misread before. */
const holds = (isWriting: boolean, returned: string, sent: string) =>
  isWriting ? returned === sent || !returned.includes('%') : returned === sent || returned.includes('%')

async function returnedState(client: ProtocolClient, state: string): Promise<string | undefined> {
  const response = responseOf(await client.requestAuthorization({ state }))
  return response.has('code') || response.has('error') ? response.get('state') : undefined
}

function toHaveEachOnce(expect: Expect, names: readonly string[]) {
  const twice = names.filter((name, at) => names.indexOf(name) !== at)
  expect.that(twice.length === 0, {
    violation: 'malformed',
    expected: 'each parameter once',
    actual: `${[...new Set(twice)].join(', ')} more than once`,
  })
}

/** The names of the parameters of a response; what the client has in its own query is its own. */
function namesIn(arrival: Arrival): readonly string[] {
  if (arrival.kind === 'form_post') return arrival.params.map(([name]) => name)
  if (arrival.kind !== 'redirect') throw new Untestable('the browser was not redirected')
  const { query, fragment } = redirectParams(arrival.location)
  const ofResponses = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'session_state']
  return [...query, ...fragment].map(([name]) => name).filter((name) => ofResponses.includes(name))
}
