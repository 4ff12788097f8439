import { decodeForm, encodeForm, type Params, withQuery } from '../../core/wire/form.ts'
import { Untestable } from '../error.ts'
import type { HttpRequest } from './http.ts'
import type { ProtocolClient } from './protocol-client.ts'
import { type Arrival, browserlessAgent } from './user-agent.ts'

/** Which part of a request says what was added to it. */
export type Part = 'address' | 'form'

/** What the requests of a browser say that its first one did not, and where they do. */
export interface Amendment {
  readonly added: Params
  /** Both unless said. */
  readonly parts?: readonly Part[]
  /** Requests that are sent as they are. */
  readonly isLeftAlone: (request: HttpRequest) => boolean
}

/**
 * Signs the person in by a fresh browser in which every request behind the first one says more than it should. Throws
 * `Untestable` where no page came between the first request and its answer.
 */
export async function amendedSignIn(client: ProtocolClient, params: Params, amendment: Amendment): Promise<Arrival> {
  let isFirst = true
  let changed = 0
  const send = async (request: HttpRequest) => {
    const isChanged = !isFirst && !amendment.isLeftAlone(request)
    isFirst = false
    if (isChanged) changed += 1
    return await client.send(isChanged ? amended(request, amendment) : request)
  }
  const agent = browserlessAgent({ http: { send }, login: client.target.login })
  const arrival = await client.travel({ ...consentAgain(client), ...params }, {}, agent)
  if (arrival.kind === 'stuck') throw new Untestable(arrival.because)
  if (changed === 0) throw new Untestable('no page and no form came between the first request and its answer')
  return arrival
}

/** Consent is asked for even where it was given before, if the server knows that parameter. */
const consentAgain = (client: ProtocolClient): Params =>
  client.target.capabilities.has('openid') ? { prompt: 'consent' } : {}

/** Where pages lead back to the whole authorization request, to change that is to make another one, which may be answered. */
export const isLedBack = ({ url }: HttpRequest): boolean => isWholeRequest(/\?([^#]*)/.exec(url)?.[1] ?? '')

/** The same of forms that hold all of it. */
export const isSentAnew = ({ body = '' }: HttpRequest): boolean => isWholeRequest(body)

const isWholeRequest = (text: string) =>
  decodeForm(text).some(([name]) => name === 'response_type' || name === 'code_challenge')

/** The same request with these parameters in its address and in its form, in the place of those that had their names. */
function amended(request: HttpRequest, { added, parts = ['address', 'form'] }: Amendment): HttpRequest {
  const [address = '', query = ''] = request.url.split(/\?(.*)/s)
  const url = parts.includes('address')
    ? withQuery(query === '' ? address : `${address}?${without(query, added)}`, added)
    : request.url
  if (request.method !== 'POST' || !parts.includes('form')) return { ...request, url }
  const form = without(request.body ?? '', added)
  return { ...request, url, body: [form, encodeForm(added)].filter((part) => part !== '').join('&') }
}

const without = (text: string, names: Params) =>
  text
    .split('&')
    .filter((pair) => decodeForm(pair).every(([name]) => !(name in names)))
    .join('&')
