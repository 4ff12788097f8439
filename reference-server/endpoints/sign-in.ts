import { respondWithError, respondWithGrant } from '../authorization-response.ts'
import { seconds } from '../clock.ts'
import type { Context, Endpoint, Place } from '../context.ts'
import { readCookie, readForm } from '../http.ts'
import type { Interaction, Session, User } from '../model.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import { consentPage, errorPage, loginPage } from '../pages.ts'
import { readParams } from '../parameters.ts'
import { continueInteraction, cookie, moveInteraction, sessionOf } from '../sign-in.ts'

export const loginEndpoint =
  (context: Context): Endpoint =>
  async (request, url) =>
    await onPage(context, request, url, async (interaction, form) => {
      if (form === undefined) return loginPage(context, interaction)
      const { store, clock, config, enforce } = context
      const username = form.get('username') ?? ''
      if (config.identifierFirst && !form.has('password')) return loginPage(context, interaction, { username })
      const user = personBehind(context, username, form.get('password') ?? '')
      if (user === undefined) {
        return loginPage(context, interaction, { problem: 'The user name or the password is wrong.' })
      }
      const session: Session = { id: enforce.newSecret(), sub: user.sub, authTime: seconds(clock.now()) }
      await store.saveSession(session, clock.now() + config.lifetimes.session * 1000)
      await store.removeInteraction(interaction.id)
      const cookies = [cookie(context, 'assay_session', session.id)]
      const id = config.movingSignIns ? interaction.id : undefined
      return await continueInteraction(context, interaction.request, session, interaction.browser, cookies, id)
    })

/** Nobody where the name and the password do not belong together. */
function personBehind({ enforce, config }: Context, username: string, password: string): User | undefined {
  try {
    return enforce.passwordIsRight(config.users, username, password)
  } catch (error) {
    if (error instanceof OAuthError) return undefined
    throw error
  }
}

export const consentEndpoint =
  (context: Context): Endpoint =>
  async (request, url) =>
    await onPage(context, request, url, async (interaction, form) => {
      const { store, enforce } = context
      const session = enforce.whoDecides(interaction, await sessionOf(context, request))
      const { request: pending } = interaction
      if (session === undefined || pending.kind !== 'authorization') throw new NotRedirectable('nobody is signed in')
      if (form === undefined) return consentPage(context, interaction, pending)
      await store.removeInteraction(interaction.id)
      const { client, scopes } = pending
      try {
        enforce.personAgreed(form.get('decision'))
      } catch (error) {
        if (error instanceof OAuthError) return respondWithError(context, pending, error)
        throw error
      }
      const before = await store.findConsent(session.sub, client.clientId)
      await store.saveConsent(session.sub, client.clientId, [...new Set([...before, ...scopes])])
      return await respondWithGrant(context, pending, session)
    })

type Turn = (interaction: Interaction, form: ReadonlyMap<string, string> | undefined) => Promise<Response>

/** Finds what waits for this person. */
async function onPage(context: Context, request: Request, url: Place, turn: Turn): Promise<Response> {
  const { enforce, store, config } = context
  try {
    const form = request.method === 'POST' ? new Map(await readForm(request)) : undefined
    const address = new Map(readParams(url.search.slice(1)))
    const found = await store.findInteraction(form?.get('interaction') ?? address.get('interaction') ?? '')
    if (found === undefined) throw new NotRedirectable('this sign-in is over; start again at the application')
    const interaction = { ...found, request: enforce.requestThatWaits(found.request, address, form) }
    const browser = readCookie(request, 'assay_browser')
    if (form !== undefined) enforce.formCameFromPage(interaction, browser, form.get('csrf'))
    else if (config.movingSignIns && browser !== interaction.browser) {
      const moved = await moveInteraction(context, interaction)
      const response = await turn(moved, form)
      response.headers.append('set-cookie', cookie(context, 'assay_browser', moved.browser))
      return response
    }
    return await turn(interaction, form)
  } catch (error) {
    if (error instanceof NotRedirectable || error instanceof OAuthError)
      return errorPage(context, error.message, request)
    throw error
  }
}
