import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { encodeComponent, withQuery } from '../../core/wire/form.ts'
import { check } from '../../harness/check.ts'
import type { HttpRequest } from '../../harness/client/http.ts'
import { redirectOf } from '../../harness/client/navigation.ts'
import { describeArrival, type ProtocolClient, responseOf } from '../../harness/client/protocol-client.ts'
import { browserlessAgent, type UserAgent } from '../../harness/client/user-agent.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { isLogin, watchedBrowser } from '../watched-browser.ts'

/**
 * Whoever begins a sign-in and has somebody else finish it does not decide in that person's place: the page that asks them
 * is theirs, and its address does not follow from what the other browser was shown.
 */
export const onlyWhoSignedInDecides = check({
  proves: [rfc6749.consentExplicit],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const ordinary = await decisionAfter(client, authorizationUrl(client))
    if (ordinary.logins === 0) throw new Untestable('no login form was sent')
    if (ordinary.url === undefined) throw new Inapplicable('who signs in is asked nothing more')

    const begun = await beginSignIn(client)
    const { url } = await decisionAfter(client, begun.url)
    // The sign-in itself is of use in one browser only.
    if (url === undefined) return
    const guess = guessed(url, { ordinary: ordinary.url, seen: begun.seen })
    if (guess === undefined) return
    const arrival = await begun.agent.arrive(guess, { stopAt: client.account.redirect_uris })

    expect.that(!responseOf(arrival).has('code'), {
      violation: 'accepted',
      expected: 'no code for a browser in which nobody signed in',
      actual: describeArrival(arrival),
    })
  },
})

/** Consent is asked for even where it was given before, if the server knows that parameter. */
const authorizationUrl = (client: ProtocolClient) =>
  withQuery(
    client.endpoint('authorization_endpoint'),
    client.authorizationParams(client.target.capabilities.has('openid') ? { prompt: 'consent' } : {}).params,
  )

interface BegunSignIn {
  readonly agent: UserAgent
  /** The address of the login form. */
  readonly url: string
  /** All addresses and pages on the way there. */
  readonly seen: string
}

/** Goes as far as the login form, in a fresh browser with nobody before it. */
async function beginSignIn(client: ProtocolClient): Promise<BegunSignIn> {
  const { agent, steps } = watchedBrowser(client)
  await agent.arrive(authorizationUrl(client), { stopAt: client.account.redirect_uris })
  const last = steps.at(-1)?.request
  if (last?.method !== 'GET') throw new Untestable('the login form has no address to send somebody to')
  const seen = steps
    .flatMap(({ request, response }) => [request.url, response.body.replaceAll('&amp;', '&')])
    .join('\n')
  return { agent, url: last.url, seen }
}

/** Signs the person in from this address on, in a fresh browser, and says on which page they were asked what was not answered. */
async function decisionAfter(client: ProtocolClient, start: string) {
  const held: { logins: number; page?: string; url?: string } = { logins: 0 }
  const send = async (request: HttpRequest) => {
    if (held.page !== undefined) {
      held.url ??= held.page
      return heldBack(request.url)
    }
    const response = await client.send(request)
    if (isLogin(client, request)) held.logins += 1
    if (held.logins > 0 && redirectOf(response) === undefined) held.page = request.url
    return response
  }
  const agent = browserlessAgent({ http: { send }, login: client.target.login })
  const { user } = client
  await agent.arrive(start, { stopAt: client.account.redirect_uris, ...(user !== undefined && { person: user }) })
  return held
}

const heldBack = (url: string) => ({
  status: 200,
  headers: [['content-type', 'text/html'] as const],
  body: '<p>held back</p>',
  truncated: false,
  url,
})

/**
 * An address as somebody knows it who saw what the other browser was shown and how it goes in general: without the
 * parameters whose values they cannot know. Nothing where its path has such a part.
 */
function guessed(url: string, known: { readonly ordinary: string; readonly seen: string }): string | undefined {
  const [there, ordinary] = [new URL(url), new URL(known.ordinary)]
  const isKnown = (value: string, usual: string | null | undefined) =>
    value === usual || known.seen.includes(value) || known.seen.includes(encodeComponent(value))
  const usualPath = ordinary.pathname.split('/')
  if (!there.pathname.split('/').every((part, which) => isKnown(part, usualPath[which]))) return undefined
  const unknown = [...there.searchParams].filter(([name, value]) => !isKnown(value, ordinary.searchParams.get(name)))
  for (const [name] of unknown) there.searchParams.delete(name)
  return there.href
}
