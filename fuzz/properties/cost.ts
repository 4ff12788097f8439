import fc from 'fast-check'
import { cwe } from '../../core/spec/cwe.ts'
import { encodeForm } from '../../core/wire/form.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { authnRequest, redirectQuery } from '../../harness/client/saml-request.ts'
import { property } from '../../harness/property.ts'
import { type Growth, grown, longForm, longJson, longToken, longUri, longValue, longXml } from '../generators/growth.ts'
import { type Growing, judgeCost } from '../oracles/cost.ts'
import { post, rawRequest } from '../raw-request.ts'

/** No longer body is sent, in characters; a URI and a header are cut off by most servers long before. */
const longest = { body: 65_536, line: 8192 }

/** Each input is sent in a dozen lengths. */
const price = 10

/** Sends a text of any length, and as many letters in its place. */
const growing = (growth: Growth, most: number, send: (text: string) => ReturnType<Growing['send']>): Growing => ({
  longest: most,
  send: async (length) => await send(grown(growth, length)),
  sendHarmless: async (length) => await send('a'.repeat(length)),
})

/** Texts of a token request that somebody reads before he knows what they are good for. */
const textParameters = [
  'scope',
  'grant_type',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'client_id',
  'client_assertion',
  'resource',
] as const

/** However long a form is, and whatever is in it, it is answered in time. */
export const longFormIsAnsweredInTime = property({
  price,
  proves: [cwe.workInProportion, cwe.failuresHandled],
  needs: ['client_credentials'],
  inputs: () =>
    fc.oneof(
      fc.record({ parameter: fc.constantFrom(...textParameters), growth: fc.oneof(longValue, longUri, longToken) }),
      fc.record({ parameter: fc.constant('scope' as const), growth: longValue }),
      fc.record({ parameter: fc.constant(undefined), growth: longForm }),
    ),

  async holds({ parameter, growth }, { client, expect }) {
    const { headers, form } = await rawRequest(client, { grant_type: 'client_credentials' })
    const send = async (text: string) => {
      const own = form.filter((pair) => parameter === undefined || !pair.startsWith(`${parameter}=`))
      const more = parameter === undefined ? text : encodeForm({ [parameter]: text })
      return await post(client, 'token_endpoint', { headers, form: [...own, more] })
    }
    await judgeCost(expect, growing(growth, longest.body, send))
  },
})

/** So is an authorization request, as long as URIs may be. */
export const longAuthorizationRequestIsAnsweredInTime = property({
  price,
  proves: [cwe.workInProportion, cwe.failuresHandled],
  needs: ['authorization_code'],
  inputs: () =>
    fc.oneof(
      fc.record({
        parameter: fc.constantFrom('scope', 'state', 'nonce', 'login_hint', 'ui_locales', 'claims', 'code_challenge'),
        growth: longValue,
      }),
      fc.record({ parameter: fc.constantFrom('redirect_uri', 'request_uri', 'resource'), growth: longUri }),
    ),

  async holds({ parameter, growth }, { client, expect }) {
    const send = async (text: string) => await authorizationAnswer(client, { [parameter]: text })
    await judgeCost(expect, growing(growth, longest.line, send))
  },
})

/** So is whatever is shown as an access token. */
export const longTokenIsAnsweredInTime = property({
  price,
  proves: [cwe.workInProportion],
  needs: ['userinfo'],
  inputs: () => longToken,

  async holds(growth, { client, expect }) {
    await judgeCost(
      expect,
      growing(growth, longest.line, async (text) => await client.userinfo(text)),
    )
  },
})

/** So is a registration, however deep its JSON is. */
export const longRegistrationIsAnsweredInTime = property({
  price,
  proves: [cwe.workInProportion, cwe.failuresHandled],
  needs: ['registration'],
  inputs: () => longJson,

  async holds(growth, { client, expect }) {
    const send = async (text: string) => {
      const answer = await client.register(text)
      await client.unregister(answer)
      return answer
    }
    await judgeCost(expect, growing(growth, longest.body, send))
  },
})

/** So is a request for sign-on by SAML, which may be much longer than the URI that it comes in. */
export const longSamlRequestIsAnsweredInTime = property({
  price,
  proves: [cwe.workInProportion, cwe.failuresHandled],
  needs: ['saml_idp'],
  inputs: () => longXml,

  async holds(growth, { saml, expect }) {
    const destination = await saml.signOnLocation()
    const { provider } = saml
    const right = { issuer: provider.entity_id, destination, consumer: provider.acs_url, now: saml.now() }
    const send = async (content: string) => {
      const { xml } = authnRequest(right, { content })
      const query = redirectQuery(xml, {})
      const arrival = await saml.agent.arrive(`${destination}${destination.includes('?') ? '&' : '?'}${query}`, {
        stopAt: [provider.acs_url],
      })
      return { status: arrival.kind === 'page' ? arrival.status : 200 }
    }
    await judgeCost(expect, growing(growth, longest.body, send))
  },
})

async function authorizationAnswer(client: ProtocolClient, params: Readonly<Record<string, string>>) {
  const endpoint = client.endpoint('authorization_endpoint')
  const query = encodeForm(client.authorizationParams(params).params)
  return await client.send({ method: 'GET', url: `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query}` })
}
