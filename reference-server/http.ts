import { OAuthError } from './oauth-error.ts'
import { type RawParams, readParams } from './parameters.ts'

/** No form or registration that this server understands is larger, in characters. */
const bodyLimit = 64 * 1024

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  })

export async function readBody(request: Request): Promise<string> {
  const body = await request.text()
  if (body.length > bodyLimit) throw new OAuthError('invalid_request', 'the request is too large')
  return body
}

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
