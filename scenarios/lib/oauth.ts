import crypto from 'k6/crypto'
import encoding from 'k6/encoding'
import http from 'k6/http'
import { basicCredentials } from '../../core/wire/basic.ts'
import type { LoadClient } from '../../core/story.ts'
import { encodeForm, type Params } from '../../core/wire/form.ts'
import { plan } from './plan.ts'
import { Abandoned, type Answer, answered } from './story.ts'

/** How a client authenticates, prebuilt, for every request carries it. */
interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  /** What a client that authenticates in the body adds to every form. */
  readonly params: string
}

export const credentialsOf = ({ client_id: id, client_secret: secret, method }: LoadClient): Credentials => ({
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    ...(method === 'client_secret_basic' && {
      authorization: basicCredentials(id, secret, (ascii) => encoding.b64encode(ascii)),
    }),
  },
  params:
    method === 'client_secret_basic'
      ? ''
      : `&${encodeForm({ client_id: id, ...(method === 'client_secret_post' && { client_secret: secret }) })}`,
})

const ofTheService = credentialsOf(plan.client)

/** A form that a client posts itself, authenticated. `name` is what the request is called in the figures. */
export const post = (name: string, url: string, params: Params, { headers, params: own } = ofTheService): Answer =>
  answered(http.post(url, encodeForm(params) + own, { headers, redirects: 0, responseType: 'text', tags: { name } }))

/** The members of a JSON answer; none where it is no JSON object. */
export function membersOf(answer: Answer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(answer.body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The claims of a JWT, its signature not looked at: a sample of the tokens is verified in full elsewhere. */
export function claimsOf(token: unknown): Readonly<Record<string, unknown>> | undefined {
  const payload = typeof token === 'string' ? token.split('.')[1] : undefined
  if (payload === undefined) return undefined
  try {
    return JSON.parse(encoding.b64decode(payload, 'rawurl', 's')) as Record<string, unknown>
  } catch {
    return undefined
  }
}

export const textOf = (members: Readonly<Record<string, unknown>>, name: string): string => {
  const value = members[name]
  if (typeof value !== 'string') throw new Abandoned()
  return value
}

export const randomText = (bytes: number) => encoding.b64encode(crypto.randomBytes(bytes), 'rawurl')

export const s256 = (verifier: string) => crypto.sha256(verifier, 'base64rawurl')
