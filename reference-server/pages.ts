import type { Context } from './context.ts'
import type { AuthorizationRequest, Client, Interaction, PendingRequest } from './model.ts'
import { escapeHtml, pageFrame } from './page-frame.ts'

/** The page on which a person signs in; where the user name comes first, one for each of the two things asked. */
export function loginPage(
  context: Context,
  interaction: Interaction,
  { username, problem }: { readonly username?: string; readonly problem?: string } = {},
): Response {
  const fields = context.config.identifierFirst
    ? username === undefined
      ? usernameField
      : `${knownUsername(username)}\n${passwordField}`
    : `${usernameField}\n${passwordField}`
  return page(
    context,
    'Sign in',
    `<h1>Sign in</h1>
<p>to continue to <strong>${escapeHtml(applicationOf(context, interaction.request))}</strong></p>
${problem === undefined ? '' : `<p role="alert" class="problem">${escapeHtml(problem)}</p>`}
<form method="post" action="${formAction(context, 'login')}">
${hidden(interaction)}
${fields}
<button type="submit">Sign in</button>
</form>`,
    problem === undefined ? 200 : 401,
  )
}

const usernameField = `<label for="username">User name</label>
<input id="username" name="username" type="text" autocomplete="username" required autofocus>`

const passwordField = `<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>`

const knownUsername = (username: string) =>
  `<input name="username" type="text" autocomplete="username" value="${escapeHtml(username)}" readonly>`

export const consentPage = (context: Context, interaction: Interaction, request: AuthorizationRequest): Response =>
  page(
    context,
    'Allow access',
    `<h1>Allow access?</h1>
${logoOf(context, request.client)}<p><strong>${escapeHtml(applicationOf(context, request))}</strong> asks for:</p>
<ul>
${request.scopes.map((scope) => `<li>${escapeHtml(scopeNames[scope] ?? scope)}</li>`).join('\n')}
</ul>
${linksOf(context, request.client)}<form method="post" action="${formAction(context, 'consent')}">
${hidden(interaction)}
<button type="submit" name="decision" value="accept">Allow</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny</button>
</form>`,
  )

/** A failure that nobody but the person may be told of. */
export const errorPage = (context: Context, message: string, request?: Request, status = 400): Response =>
  page(
    context,
    'This request cannot be completed',
    context.enforce.problemShown(message, request?.url),
    status,
    request,
  )

/** What the person knows the application by. */
const applicationOf = ({ enforce }: Context, request: PendingRequest) =>
  request.kind === 'sso' ? request.provider.entityId : enforce.clientNameShown(request.client.name)

function logoOf({ enforce }: Context, { metadata = {} }: Client): string {
  const uri = enforce.clientLogoShown(metadata)
  return uri === undefined ? '' : `<p><img src="${escapeHtml(uri)}" alt="" width="64"/></p>\n`
}

/** What an application says of itself is nothing that this server answers for (RFC 7591 §5). */
function linksOf({ enforce }: Context, { metadata = {} }: Client): string {
  const links = enforce
    .clientLinksShown(metadata)
    .map(([text, uri]) => `<li><a href="${escapeHtml(uri)}" rel="noreferrer">${text}</a></li>`)
  return links.length === 0
    ? ''
    : `<p>The application links to pages of its own, which nobody here has looked at:</p>\n<ul>\n${links.join('\n')}\n</ul>\n`
}

const scopeNames: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name',
  email: 'See your email address',
  offline_access: 'Keep access while you are away',
}

/** Each page is answered where it lies. */
const formAction = ({ config }: Context, page: 'login' | 'consent') =>
  escapeHtml(config.paths[page].slice(config.paths[page].lastIndexOf('/') + 1))

const hidden = (interaction: Interaction) =>
  `<input type="hidden" name="interaction" value="${interaction.id}">
<input type="hidden" name="csrf" value="${interaction.csrf}">`

const page = ({ enforce }: Context, title: string, main: string, status = 200, request?: Request): Response =>
  new Response(pageFrame(title, `${main}${enforce.furtherContent()}`), {
    status,
    headers: { ...enforce.pageHeaders(), ...enforce.authorizationCors(request?.headers.get('origin') ?? null) },
  })
