import type { Place } from './context.ts'
import { OAuthError } from './oauth-error.ts'
import { type RawParams, readParams } from './parameters.ts'

/** No form or registration that this server understands is larger, in octets. */
const bodyLimit = 64 * 1024

type Headers = Readonly<Record<string, string>>

/** What is answered to a client, scripts of any origin may read: nothing of it depends on a cookie. */
const forClients = { 'cache-control': 'no-store', 'access-control-allow-origin': '*' }

export const json = (status: number, body: unknown, headers: Headers = {}): Response =>
  jsonText(status, JSON.stringify(body), headers)

/** JSON that was written before. */
export const jsonText = (status: number, body: string, headers: Headers = {}): Response =>
  new Response(body, { status, headers: { 'content-type': 'application/json', ...forClients, ...headers } })

/** An answer whose status and headers say it all. */
export const nothing = (status: number, headers: Headers = {}): Response =>
  new Response(null, { status, headers: { ...forClients, ...headers } })

/** How to authenticate, for scripts to read as well; nothing where that is not to be said. */
export const challenged = (challenge: string | undefined): Headers =>
  challenge === undefined ? {} : { 'www-authenticate': challenge, 'access-control-expose-headers': 'WWW-Authenticate' }

/** The body as text. One that is too large is not read to its end. */
export async function readBody(request: Request): Promise<string> {
  const length = request.headers.get('content-length')
  // Whoever says the length beforehand is held to it by the runtime: the whole may be read at once, which is faster.
  if (length !== null && Number(length) <= bodyLimit) return await request.text()
  if (length !== null) throw tooLarge()
  let text = ''
  let size = 0
  const decoder = new TextDecoder()
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > bodyLimit) throw tooLarge()
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

const tooLarge = () => new OAuthError('invalid_request', 'the request is too large')

/** The parameters of a request: those of its query where it has no body, else those of its form. */
export const readRequest = async (request: Request, url: Place, decode = readParams): Promise<RawParams> =>
  request.method === 'GET' || request.method === 'HEAD' ? decode(url.search.slice(1)) : await readForm(request, decode)

export async function readForm(request: Request, decode = readParams): Promise<RawParams> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
    throw new OAuthError('invalid_request', 'the request is not application/x-www-form-urlencoded')
  return decode(await readBody(request))
}

export function readCookie(request: Request, name: string): string | undefined {
  const pair = request.headers
    .get('cookie')
    ?.split(/;\s*/)
    .find((one) => one.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}
