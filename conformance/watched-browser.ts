import type { HttpRequest, HttpResponse } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { browserlessAgent, type UserAgent } from '../harness/client/user-agent.ts'

/** One request of a browser and its answer. */
interface Step {
  readonly request: HttpRequest
  readonly response: HttpResponse
}

/** A fresh browser of its own, for a check that must see every request on the way. */
export function watchedBrowser(client: ProtocolClient): { readonly agent: UserAgent; readonly steps: readonly Step[] } {
  const steps: Step[] = []
  const send = async (request: HttpRequest) => {
    const response = await client.send(request)
    steps.push({ request, response })
    return response
  }
  return { agent: browserlessAgent({ http: { send }, login: client.target.login }), steps }
}

/** Takes a person to the login form, fills it in, and hands over the request that would send it; `undefined` where none came. */
export async function unsentLogin(client: ProtocolClient): Promise<HttpRequest | undefined> {
  const held: { login?: HttpRequest } = {}
  const send = async (request: HttpRequest) => {
    if (!isLogin(client, request)) return await client.send(request)
    held.login ??= request
    return page('<p>held back</p>', request.url)
  }
  await client.travel(
    client.authorizationParams().params,
    {},
    browserlessAgent({ http: { send }, login: client.target.login }),
  )
  return held.login
}

/** A browser that has never been at the server, brought there by a page of somebody else's. */
export const foreignBrowser = (client: ProtocolClient): UserAgent =>
  browserlessAgent({
    http: {
      send: async (request) => await client.send(request.method === 'POST' ? asFromElsewhere(request) : request),
    },
    login: client.target.login,
  })

/** Whether this request carries the person's password. */
export const isLogin = ({ user }: ProtocolClient, { method, body }: HttpRequest) =>
  method === 'POST' &&
  user !== undefined &&
  [...new URLSearchParams(body ?? '').values()].includes(user.password.reveal())

const asFromElsewhere = (request: HttpRequest): HttpRequest => ({
  ...request,
  headers: [
    ...(request.headers ?? []).filter(([name]) => !/^(?:origin|referer|sec-fetch-site)$/i.test(name)),
    ['origin', 'https://attacker.example'],
    ['sec-fetch-site', 'cross-site'],
  ],
})

const page = (body: string, url: string): HttpResponse => ({
  status: 200,
  headers: [['content-type', 'text/html']],
  body,
  truncated: false,
  url,
})
