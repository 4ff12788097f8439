import fc from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { isNonEmpty, type NonEmpty } from '../../core/verdict.ts'
import type { Params } from '../../core/wire/form.ts'
import type { CheckContext } from '../../harness/check.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { beginsLikeAPattern } from '../../harness/target/redirect-patterns.ts'
import { type RedirectUriVariation, redirectUriVariation } from '../generators/redirect-uri.ts'
import { loopbackPort } from '../generators/uri-parts.ts'
import { encodedOctets, type OctetText } from '../octets.ts'
import { namings, type OfferedUri, offerUri } from '../offered-uri.ts'
import { bringsToken, expectNoToken } from '../oracles/answers.ts'
import { opinionOn } from '../oracles/browser-opinion.ts'
import {
  exactRequirements,
  isForeign,
  isTaken,
  judgeDestination,
  judgeTaken,
  judgeUnregistered,
  leadsAstray,
  openRedirectRequirements,
  passesFor,
} from '../oracles/redirects.ts'
import { post, rawRequest } from '../raw-request.ts'
import { foreignVariation, registeredOf } from '../registered-uris.ts'

/** What a redirect breaks for which client and URI do not belong together. */
const wrongPairRequirements = [...openRedirectRequirements, rfc9700.noRedirectForWrongPair] as const

/** A browser is redirected to registered URIs and to nothing that is made of them. */
export const nearlyRegisteredUriIsRefused = property({
  proves: exactRequirements,
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: ({ client }) => unregistered(client),
  holds: refuses,
})

/** No URI of somebody else's is redirected to, however it is named and whatever else of the request has to be reported. */
export const foreignUriIsNotRedirectedTo = property({
  proves: wrongPairRequirements,
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: ({ client }) =>
    fc.record({ uri: foreign(client), more: otherFault, naming: fc.constantFrom(...namings), method: anyMethod }),

  async holds({ uri, more, ...how }, context) {
    const { client } = context
    const sent = sentIn(uri)
    await judgeOffer(context, { ...how, uri: sent, params: more }, client.account.redirect_uris)
  },
})

/** A client that nobody knows has no URI at all: the browser is sent neither to what it names nor to what others have. */
export const unknownClientIsRedirectedNowhere = property({
  proves: [rfc6749.errorNotToBadUri, rfc9700.noOpenRedirect, rfc9700.noRedirectForWrongPair],
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: ({ client }) =>
    fc.record({
      id: unknownId,
      uri: fc.oneof(fc.constantFrom(...registeredOf(client)), foreign(client)),
      more: otherFault,
      method: anyMethod,
    }),

  async holds({ id, uri, more, method }, context) {
    await judgeOffer(context, { uri: sentIn(uri), method, params: { ...more, client_id: id } }, [])
  },
})

async function judgeOffer(context: CheckContext, offered: OfferedUri, registered: readonly string[]) {
  const { client, expect } = context
  const arrival = await offerUri(client, offered)
  if (arrival === undefined) return
  const isAstray = leadsAstray(arrival, [offered.uri], registered)
  const opinion = isAstray ? await opinionOn(arrival, client.endpoint(place)) : ''

  judgeDestination(expect, arrival, [offered.uri], registered, { opinion, about: wrongPairRequirements })
}

/** Of a public client's loopback address the port may vary (RFC 8252 §7.3), and nothing else. */
export const nearlyRegisteredUriOfAPublicClientIsRefused = property({
  proves: exactRequirements,
  needs: ['authorization_code', 'public_client'],
  as: 'none',
  arrange: async ({ client }) => await client.authorize(),
  inputs: ({ client }) => unregistered(client),
  holds: refuses,
})

/** A client that listens on a port which it is given may name it: any port stands in for the one left out. */
export const anyLoopbackPortIsAccepted = property({
  proves: [rfc8252.anyLoopbackPort],
  needs: ['authorization_code', 'public_client'],
  as: 'none',
  arrange: async ({ client }) => await client.authorize(),
  inputs: ({ client }) => fc.record({ registered: fc.constantFrom(...loopbackUrisOf(client)), port: loopbackPort }),

  async holds({ registered, port }, { client, expect }) {
    const uri = registered.replace(loopback, `$&:${port}`)

    expect.arrival(await client.requestAuthorization({ redirect_uri: uri })).toBringCode(uri)
  },
})

/** A code is redeemed with the redirect_uri that it was asked for with, letter by letter. */
export const codeIsRedeemedWithTheSameUriOnly = property({
  proves: [rfc6749.codeRedirectUriMatches],
  needs: ['authorization_code'],
  inputs: ({ client }) => redirectUriVariation([client.redirectUri], (uri) => uri === client.redirectUri),

  async holds({ sent }, { client, expect }) {
    const { value, verifier, redirectUri } = await client.authorize()
    const { headers, form } = await rawRequest(client, {
      grant_type: 'authorization_code',
      code: value,
      code_verifier: verifier,
    })
    const answer = await post(client, 'token_endpoint', {
      headers,
      form: [...form, `redirect_uri=${encodedOctets(sent)}`],
    })
    const about = rfc6749.codeRedirectUriMatches

    judgeTaken(
      expect,
      { known: [redirectUri], portVaries: false },
      { uri: sent, isTaken: bringsToken(answer), actual: describeAnswer(answer) },
      [about],
    )
    expectNoToken(expect, answer, about)
  },
})

/** What leads to hosts where this client has nothing, and what others have registered there. */
const foreign = (client: ProtocolClient) => {
  const made = foreignVariation(client)
  const ofOthers = othersOf(client)
  return isNonEmpty(ofOthers)
    ? fc.oneof({ weight: 9, arbitrary: made }, { weight: 1, arbitrary: fc.constantFrom(...ofOthers) })
    : made
}

const othersOf = ({ target, account }: ProtocolClient): readonly string[] =>
  target.clients
    .flatMap(({ redirect_uris: uris }) => uris)
    .filter((uri) => isForeign(uri, account.redirect_uris) && !passesFor(uri, account.redirect_uris))

const sentIn = (uri: string | RedirectUriVariation): OctetText => (typeof uri === 'string' ? uri : uri.sent)

const anyMethod = fc.constantFrom('GET' as const, 'GET' as const, 'POST' as const)

/** A name that no client has. */
const unknownId = fc.oneof(
  fc.constant(undefined),
  fc.stringMatching(/^[a-z0-9 ._~-]{0,12}$/).map((rest) => `assay-unknown-${rest}`),
)

/** What a server would report to the client, if it knew where. */
const otherFault = fc.constantFrom<Params>(
  {},
  { response_type: undefined },
  { response_type: 'assay-unknown' },
  { scope: undefined },
  // Grants of OpenID Connect that look for its scope first.
  { response_type: 'id_token', scope: undefined },
  { response_type: 'code id_token', scope: 'assay:unknown' },
  { scope: 'assay:unknown' },
  { code_challenge_method: 'assay-unknown' },
  { prompt: 'none' },
  { prompt: 'none login' },
  { response_mode: 'fragment' },
  { response_mode: 'form_post' },
  { response_mode: 'query' },
  { response_mode: 'jwt' },
  { response_mode: 'form_post.jwt' },
  { response_mode: 'web_message' },
  { response_mode: 'assay-unknown' },
  { response_type: 'code', response_mode: 'fragment', prompt: 'none' },
  { response_type: 'token' },
  { response_type: 'code id_token' },
  { request: 'assay' },
  { request_uri: 'assay' },
  { request_uri: 'urn:ietf:params:oauth:request_uri:assay' },
)

interface Offered {
  readonly variation: RedirectUriVariation
  readonly method: 'GET' | 'POST'
}

const unregistered = (client: ProtocolClient) => {
  const registered = registeredOf(client)
  const passes = (uri: string) => passesFor(uri, registered) || beginsLikeAPattern(uri, client.account)
  return fc.record<Offered>({ variation: redirectUriVariation(registered, passes), method: anyMethod })
}

async function refuses({ variation: { sent }, method }: Offered, context: CheckContext) {
  const { client } = context
  const { redirect_uris: registered } = client.account
  const arrival = await offerUri(client, { uri: sent, method })
  if (arrival === undefined) return
  const opinion = isTaken(arrival, sent, registered) ? await opinionOn(arrival, client.endpoint(place)) : ''

  judgeUnregistered(context, arrival, sent, registered, opinion)
}

const place = 'authorization_endpoint'

const loopback = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?=[/?]|$)/

/** Of those that name a port the client may mean just that one. */
function loopbackUrisOf({ account }: ProtocolClient): NonEmpty<string> {
  const uris = account.redirect_uris.filter((uri) => loopback.test(uri))
  if (isNonEmpty(uris)) return uris
  throw new Untestable(`the client ${account.client_id} has no redirect_uri like http://127.0.0.1/callback`)
}
