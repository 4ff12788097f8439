import { headerOf, type HttpResponse } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import type { Arrival } from '../harness/client/user-agent.ts'
import type { Params } from '../core/wire/form.ts'
import { Untestable } from '../harness/error.ts'

/** An authorization request, and every page with a form that a person was shown on its way. */
export async function journeyOf(
  client: ProtocolClient,
  overrides: Params,
): Promise<{ readonly arrival: Arrival; readonly asked: readonly HttpResponse[] }> {
  const pages: HttpResponse[] = []
  const arrival = await client.requestAuthorization(overrides, { onPage: (page) => void pages.push(page) })
  // The form that carries a response to the client asks nobody anything.
  const shown = arrival.kind === 'form_post' ? pages.slice(0, -1) : pages
  return { arrival, asked: shown.filter(asksThePerson) }
}

/** The pages that a person acts on between the authorization request and its response: the sign-in and the consent. */
export async function pagesOnTheWay(client: ProtocolClient): Promise<readonly HttpResponse[]> {
  // A server that knows nothing of prompt ignores it.
  const { asked } = await journeyOf(client, { prompt: 'consent' })
  if (asked.length === 0) throw new Untestable('the server showed no page')
  return asked
}

/** Whether there is a form on a page; one that sends itself counts too. */
export const asksThePerson = (page: HttpResponse): boolean => isHtml(page) && /<form\b/i.test(page.body)

export const isHtml = (page: HttpResponse): boolean => /html/i.test(headerOf(page, 'content-type') ?? '')

export const asksForPassword = ({ body }: HttpResponse): boolean =>
  /<input\b[^>]*\btype\s*=\s*["']?password/i.test(body)
