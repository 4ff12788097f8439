import fc from 'fast-check'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { isNonEmpty, type NonEmpty } from '../../core/verdict.ts'
import type { Params } from '../../core/wire/form.ts'
import type { CheckContext } from '../../harness/check.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { property } from '../../harness/property.ts'
import { loopbackPort, type RedirectUriVariation, redirectUriVariation } from '../generators/redirect-uri.ts'
import { expectNoToken } from '../oracles/answers.ts'
import {
  exactRequirements,
  isForeign,
  judgeDestination,
  judgeUnregistered,
  openRedirectRequirements,
  passesFor,
} from '../oracles/redirects.ts'

/** A browser is redirected to registered URIs and to nothing that is made of them. */
export const nearlyRegisteredUriIsRefused = property({
  proves: exactRequirements,
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: ({ client }) => unregistered(client),
  holds: refuses,
})

/** No URI of somebody else's is redirected to, whatever else is wrong with the request and has to be reported. */
export const foreignUriIsNotRedirectedTo = property({
  proves: openRedirectRequirements,
  needs: ['authorization_code'],
  arrange: async ({ client }) => await client.authorize(),
  inputs: ({ client }) => fc.record({ variation: foreign(client), more: otherFault }),

  async holds({ variation, more }, { client, expect }) {
    const arrival = await client.requestAuthorization({ redirect_uri: variation.sent, ...more })

    judgeDestination(expect, arrival, [variation.sent], client.account.redirect_uris)
  },
})

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
    const code = await client.authorize()

    expectNoToken(expect, await client.redeem(code, { redirect_uri: sent }), rfc6749.codeRedirectUriMatches)
  },
})

const foreign = (client: ProtocolClient) => {
  const registered = registeredOf(client)
  return redirectUriVariation(registered, (uri) => !isForeign(uri, registered))
}

/** What a server would report to the client, if it knew where. */
const otherFault = fc.constantFrom<Params>(
  {},
  { response_type: undefined },
  { response_type: 'assay-unknown' },
  { scope: undefined },
  { scope: 'assay:unknown' },
  { code_challenge_method: 'assay-unknown' },
  { prompt: 'none' },
  { prompt: 'none login' },
  { response_mode: 'fragment' },
  { response_mode: 'form_post' },
  { response_mode: 'assay-unknown' },
  { request: 'assay' },
)

const unregistered = (client: ProtocolClient) => {
  const registered = registeredOf(client)
  return redirectUriVariation(registered, (uri) => passesFor(uri, registered))
}

async function refuses({ sent }: RedirectUriVariation, context: CheckContext) {
  const { client } = context
  const arrival = await client.requestAuthorization({ redirect_uri: sent })

  judgeUnregistered(context, arrival, sent, client.account.redirect_uris)
}

const loopback = /^http:\/\/(?:127\.0\.0\.1|\[::1\])(?=[/?]|$)/

/** Of those that name a port the client may mean just that one. */
function loopbackUrisOf({ account }: ProtocolClient): NonEmpty<string> {
  const uris = account.redirect_uris.filter((uri) => loopback.test(uri))
  if (isNonEmpty(uris)) return uris
  throw new Untestable(`the client ${account.client_id} has no redirect_uri like http://127.0.0.1/callback`)
}

function registeredOf({ account }: ProtocolClient): NonEmpty<string> {
  if (isNonEmpty(account.redirect_uris)) return account.redirect_uris
  throw new Untestable(`the client ${account.client_id} has no redirect_uris`)
}
