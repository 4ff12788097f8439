import { OAuthError } from './oauth-error.ts'
import { type RawParams, readParams } from './parameters.ts'

/** No form or registration that this server understands is larger, in octets. */
const bodyLimit = 64 * 1024

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })

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

export async function readForm(request: Request): Promise<RawParams> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
    throw new OAuthError('invalid_request', 'the request is not application/x-www-form-urlencoded')
  return readParams(await readBody(request))
}

export function readCookie(request: Request, name: string): string | undefined {
  const pair = request.headers
    .get('cookie')
    ?.split(/;\s*/)
    .find((one) => one.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}
