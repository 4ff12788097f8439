import { encodeForm, type Params } from '../core/wire/form.ts'
import { NoAnswer } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import type { Arrival } from '../harness/client/user-agent.ts'
import { encodedOctets, latin1Of, type OctetText } from './octets.ts'

/** How an authorization request names a redirection URI: by the one parameter, or by others with a right one among them. */
export const namings = [
  'alone',
  'before the right one',
  'behind the right one',
  'as a list',
  'as a list beside the right one',
  'by another case beside the right one',
] as const

export type Naming = (typeof namings)[number]

export interface OfferedUri {
  readonly uri: OctetText
  readonly naming?: Naming
  readonly method?: 'GET' | 'POST'
  /** Parameters that differ from those of a right request. */
  readonly params?: Params
}

/** Longer requests than that a server may cut off as it likes, and answers that repeat them as well. */
const longest = 8000

/**
 * Takes an authorization request with this URI to its end, octet by octet. Nothing where it is so long that a server need
 * not answer.
 */
export async function offerUri(client: ProtocolClient, offered: OfferedUri): Promise<Arrival | undefined> {
  const { uri, naming = 'alone', method = 'GET', params = {} } = offered
  const right = client.redirectUri
  const { params: others } = client.authorizationParams({ ...params, redirect_uri: undefined })
  const form = [
    encodeForm(others),
    ...namesFor(naming).map(([name, isRight]) => `${name}=${encodedOctets(isRight ? right : uri)}`),
  ].join('&')
  const endpoint = client.endpoint('authorization_endpoint')
  const start =
    method === 'POST'
      ? ({ url: endpoint, method, form } as const)
      : `${endpoint}${endpoint.includes('?') ? '&' : '?'}${form}`
  try {
    return await client.agent.arrive(start, {
      stopAt: [...client.account.redirect_uris, uri, latin1Of(uri)],
      ...(client.user && { person: client.user }),
    })
  } catch (error) {
    if (error instanceof NoAnswer && form.length > longest) return undefined
    throw error
  }
}

function namesFor(naming: Naming): readonly (readonly [name: string, isRight: boolean])[] {
  switch (naming) {
    case 'alone':
      return [['redirect_uri', false]]
    case 'before the right one':
      return [
        ['redirect_uri', false],
        ['redirect_uri', true],
      ]
    case 'behind the right one':
      return [
        ['redirect_uri', true],
        ['redirect_uri', false],
      ]
    case 'as a list':
      return [['redirect_uri[]', false]]
    case 'as a list beside the right one':
      return [
        ['redirect_uri', true],
        ['redirect_uri[]', false],
      ]
    case 'by another case beside the right one':
      return [
        ['redirect_uri', true],
        ['Redirect_Uri', false],
      ]
  }
}
