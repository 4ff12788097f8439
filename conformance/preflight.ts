import { headersOf, type HttpResponse } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'

/** What a browser asks before it lets the script of an application send a request with a token to another origin. */
export const preflight = async (client: ProtocolClient, url: string, method: 'GET' | 'POST') =>
  await client.send({
    method: 'OPTIONS',
    url,
    headers: [
      ['origin', originOf(client)],
      ['access-control-request-method', method],
      ['access-control-request-headers', 'authorization'],
    ],
  })

/** Where the application comes from: the server that it is sent back to, which its own server knows best. */
export function originOf({ account }: ProtocolClient): string {
  const own = account.redirect_uris.find((uri) => /^https:/i.test(uri) && URL.canParse(uri))
  return own === undefined ? 'https://rp.example' : new URL(own).origin
}

/** Whether the answer lets a script of this origin read what the server has. */
export const letsIn = (answer: HttpResponse, origin: string): boolean =>
  answer.status >= 200 && answer.status <= 299 && namedIn(answer, 'access-control-allow-origin', '*', origin)

/** Fetch §4.8: a star among the headers stands for every one but Authorization. */
export const letsSendTokens = (answer: HttpResponse): boolean =>
  namedIn(answer, 'access-control-allow-headers', 'authorization')

const namedIn = (answer: HttpResponse, name: string, ...values: readonly string[]) =>
  headersOf(answer, name)
    .flatMap((value) => value.split(','))
    .some((one) => values.includes(one.trim().toLowerCase()))
