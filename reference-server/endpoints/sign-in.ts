import { seconds } from '../clock.ts'
import type { Context, Endpoint } from '../context.ts'
import { readCookie, readForm } from '../http.ts'
import type { Interaction, Session } from '../model.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import { consentPage, errorPage, loginPage } from '../pages.ts'
import { sameText } from '../rules/client-authentication.ts'
import { codeRedirect, continueInteraction, cookie, errorRedirect, sessionOf } from '../sign-in.ts'

export const loginEndpoint =
  (context: Context): Endpoint =>
  async (request, url) =>
    await onPage(context, request, url, async (interaction, form) => {
      if (form === undefined) return loginPage(context, interaction)
      const { store, clock, config, enforce } = context
      const user = config.users.find(({ username }) => username === form.get('username'))
      if (user === undefined || !sameText(user.password, form.get('password') ?? '')) {
        return loginPage(context, interaction, 'The user name or the password is wrong.')
      }
      const session: Session = { id: enforce.newSecret(), sub: user.sub, authTime: seconds(clock.now()) }
      await store.saveSession(session, clock.now() + config.lifetimes.session * 1000)
      await store.removeInteraction(interaction.id)
      return await continueInteraction(context, interaction.request, session, interaction.browser, [
        cookie(context, 'assay_session', session.id),
      ])
    })

export const consentEndpoint =
  (context: Context): Endpoint =>
  async (request, url) =>
    await onPage(context, request, url, async (interaction, form) => {
      const { store, enforce } = context
      const session = await sessionOf(context, request)
      const { request: pending } = interaction
      if (session === undefined || !interaction.authenticated || pending.kind === 'sso')
        throw new NotRedirectable('nobody is signed in')
      if (form === undefined) return consentPage(context, interaction, pending)
      await store.removeInteraction(interaction.id)
      const { client, redirectUri, state, scopes } = pending
      try {
        enforce.personAgreed(form.get('decision'))
      } catch (error) {
        if (error instanceof OAuthError) return errorRedirect(context, redirectUri, state, error)
        throw error
      }
      const before = await store.findConsent(session.sub, client.clientId)
      await store.saveConsent(session.sub, client.clientId, [...new Set([...before, ...scopes])])
      return await codeRedirect(context, pending, session)
    })

type Turn = (interaction: Interaction, form: ReadonlyMap<string, string> | undefined) => Promise<Response>

/** Finds what waits for this person. */
async function onPage(context: Context, request: Request, url: URL, turn: Turn): Promise<Response> {
  const { enforce, store } = context
  try {
    const form = request.method === 'POST' ? new Map(await readForm(request)) : undefined
    const interaction = await store.findInteraction(
      form?.get('interaction') ?? url.searchParams.get('interaction') ?? '',
    )
    if (interaction === undefined) throw new NotRedirectable('this sign-in is over; start again at the application')
    if (form !== undefined)
      enforce.formCameFromPage(interaction, readCookie(request, 'assay_browser'), form.get('csrf'))
    return await turn(interaction, form)
  } catch (error) {
    if (error instanceof NotRedirectable || error instanceof OAuthError)
      return errorPage(context, error.message, request)
    throw error
  }
}
