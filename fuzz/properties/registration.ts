import fc from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { CheckContext } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { describeArrival, type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { bodyOf, rawRegistration, registrationType, typesOfMetadata } from '../generators/client-metadata.ts'
import { applied } from '../generators/edit.ts'
import { notAbsolute, redirectUriEdits, webRedirectUri } from '../generators/redirect-uri.ts'
import { isCrash } from '../oracles/answers.ts'
import { isResponseAt, judgeUnregistered, passesFor } from '../oracles/redirects.ts'

const needs = ['registration', 'client_secret_basic'] as const

/** What is no absolute URI, or has a fragment, is not registered as a redirection URI. */
export const onlyAnAbsoluteUriIsRegistered = property({
  proves: [rfc7591.invalidRedirectUri, rfc6749.redirectUriNoFragment, rfc6749.redirectUriAbsolute],
  needs,
  arrange: async ({ client }) => await client.unregister(await registered(client, 'https://rp.example/callback')),
  inputs: () => notAbsolute,

  async holds({ uri }, { client, expect }) {
    const answer = await client.register(clientWith(uri))
    await client.unregister(answer)

    const breach = { expected: 'a refusal of the redirection URI', actual: describeAnswer(answer) }
    const broken = uri.includes('#')
      ? [rfc6749.redirectUriNoFragment]
      : [rfc7591.invalidRedirectUri, rfc6749.redirectUriAbsolute]
    for (const about of broken) {
      expect.that(!keeps(answer, uri), { ...breach, violation: 'accepted' }, about)
      expect.that(!isCrash(answer), { ...breach, violation: 'crashed' }, about)
    }
    // What JSON or HTTP make of other characters is no longer this URI.
    const isRefused = answer.status === 400 && /^[\x21-\x7E]+$/.test(uri)
    const { error } = objectOf(answer) ?? {}
    expect.that(
      !isRefused || error === undefined || error === 'invalid_redirect_uri',
      { violation: 'wrong-error', expected: 'the error invalid_redirect_uri', actual: describeAnswer(answer) },
      rfc7591.invalidRedirectUri,
    )
  },
})

/** A redirection URI that was registered is matched as it is, and its query is kept. */
export const registeredUriIsMatchedAsItIs = property({
  proves: [rfc9700.exactRedirectUri, rfc6749.redirectUriQueryKept],
  needs: [...needs, 'authorization_code'],

  async arrange({ client }) {
    const answer = await registered(client, 'https://rp.example/callback')
    const arrival = await authorize(client, answer, 'https://rp.example/callback')
    await client.unregister(answer)
    if (!responseOf(arrival).has('code'))
      throw new Untestable(`a client that was just registered gets no code: ${describeArrival(arrival)}`)
  },
  inputs: () => fc.record({ uri: webRedirectUri, edits: redirectUriEdits }),

  async holds({ uri, edits }, context) {
    const { client } = context
    const answer = await client.register(clientWith(uri))
    try {
      // What may be registered, and in which spelling, is for the server to say (RFC 7591 §3.2.1).
      if (keeps(answer, uri)) await judgeRegistered(context, answer, uri, applied(edits, uri))
    } finally {
      await client.unregister(answer)
    }
  },
})

async function judgeRegistered(context: CheckContext, answer: HttpResponse, uri: string, sent: string) {
  const { client, expect } = context
  const arrival = await authorize(client, answer, uri)
  const actual = describeArrival(arrival)
  // Another reason to refuse, told where it belongs, says nothing of the URI.
  if (responseOf(arrival).has('error')) return
  const isSent = arrival.kind === 'redirect' || arrival.kind === 'form_post'
  expect.that(isSent, { violation: 'refused', expected: `a redirect to ${uri}`, actual }, rfc9700.exactRedirectUri)
  expect.that(
    !isSent || (isResponseAt(arrival, uri) && responseOf(arrival).has('code')),
    { violation: 'wrong-value', expected: `a code at ${uri}, all of its query kept`, actual },
    rfc6749.redirectUriQueryKept,
  )
  if (sent === '' || passesFor(sent, [uri])) return
  judgeUnregistered(context, await authorize(client, answer, sent), sent, [uri])
}

/** Whatever is registered is answered with 201 and a client, or with 400 and a reason; what comes back has its types. */
export const anyMetadataAreAnswered = property({
  proves: [rfc7591.created, rfc7591.errorStatus, rfc7591.errorMember, rfc7591.metadataTypes],
  needs,
  arrange: async ({ client }) => await client.unregister(await registered(client, 'https://rp.example/callback')),
  inputs: () => fc.record({ request: rawRegistration, contentType: registrationType }),

  async holds({ request, contentType }, { client, expect }) {
    const body = bodyOf(request, clientWith('https://rp.example/callback'))
    const answer = await client.register(body, { contentType })
    await client.unregister(answer)

    const actual = describeAnswer(answer)
    if (ofHttp.has(answer.status)) return
    if (idOf(answer) === undefined) judgeRefusal(expect, answer)
    else {
      expect.that(
        answer.status === 201,
        { violation: 'wrong-status', expected: 'status 201 with a client', actual },
        rfc7591.created,
      )
      for (const [name, isTyped] of Object.entries(typesOfMetadata)) {
        const value = objectOf(answer)?.[name]
        // A member that is null is none.
        expect.that(
          value === undefined || value === null || isTyped(value),
          { violation: 'malformed', expected: `${name} in its own type`, actual: `${actual} and another type` },
          rfc7591.metadataTypes,
        )
      }
    }
  },
})

/** What HTTP has a status for: a body that is too large, a media type, a limit, a name that does not fit. */
const ofHttp: ReadonlySet<number> = new Set([413, 414, 415, 429, 431, 503])

function judgeRefusal(expect: CheckContext['expect'], answer: HttpResponse) {
  const actual = describeAnswer(answer)
  const violation = isCrash(answer) ? 'crashed' : 'wrong-status'
  const refused = answer.status === 400
  expect.that(refused, { violation, expected: 'status 400', actual }, rfc7591.errorStatus)
  const { error } = objectOf(answer) ?? {}
  expect.that(
    !refused || (typeof error === 'string' && /^[\x20-\x7E]+$/.test(error)),
    { violation: 'malformed', expected: 'a JSON object with the member error', actual },
    rfc7591.errorMember,
  )
}

/** The metadata of a client that may be redirected to this URI and to no other. */
const clientWith = (uri: string) => ({
  client_name: 'Assay',
  redirect_uris: [uri],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
})

async function registered(client: ProtocolClient, uri: string): Promise<HttpResponse> {
  const answer = await client.register(clientWith(uri))
  if (idOf(answer) === undefined)
    throw new Untestable(`the server registers no client without more ado: ${describeAnswer(answer)}`)
  return answer
}

const idOf = (answer: HttpResponse): string | undefined => {
  const id = objectOf(answer)?.['client_id']
  return typeof id === 'string' ? id : undefined
}

/** Whether a client was registered with this URI; a server that drops it says so in its answer. */
const keeps = (answer: HttpResponse, uri: string): boolean => {
  const uris = objectOf(answer)?.['redirect_uris']
  return idOf(answer) !== undefined && (!Array.isArray(uris) || uris.includes(uri))
}

const authorize = async (client: ProtocolClient, registration: HttpResponse, uri: string) =>
  await client.requestAuthorization({ client_id: idOf(registration) ?? '', redirect_uri: uri })
