import type { Context } from './context.ts'
import type { AuthorizationRequest, Interaction, PendingRequest } from './model.ts'
import { escapeHtml, pageFrame } from './page-frame.ts'

export const loginPage = (context: Context, interaction: Interaction, problem?: string): Response =>
  page(
    context,
    'Sign in',
    `<h1>Sign in</h1>
<p>to continue to <strong>${escapeHtml(applicationOf(interaction.request))}</strong></p>
${problem === undefined ? '' : `<p role="alert" class="problem">${escapeHtml(problem)}</p>`}
<form method="post" action="login">
${hidden(interaction)}
<label for="username">User name</label>
<input id="username" name="username" type="text" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>`,
    problem === undefined ? 200 : 401,
  )

export const consentPage = (context: Context, interaction: Interaction, request: AuthorizationRequest): Response =>
  page(
    context,
    'Allow access',
    `<h1>Allow access?</h1>
<p><strong>${escapeHtml(request.client.name)}</strong> asks for:</p>
<ul>
${request.scopes.map((scope) => `<li>${escapeHtml(scopeNames[scope] ?? scope)}</li>`).join('\n')}
</ul>
<form method="post" action="consent">
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
    `<h1>This request cannot be completed</h1>\n<p role="alert">${escapeHtml(message)}</p>`,
    status,
    request,
  )

/** What the person knows the application by. */
const applicationOf = (request: PendingRequest) =>
  request.kind === 'sso' ? request.provider.entityId : request.client.name

const scopeNames: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name',
  email: 'See your email address',
  offline_access: 'Keep access while you are away',
}

const hidden = (interaction: Interaction) =>
  `<input type="hidden" name="interaction" value="${interaction.id}">
<input type="hidden" name="csrf" value="${interaction.csrf}">`

const page = ({ enforce }: Context, title: string, main: string, status = 200, request?: Request): Response =>
  new Response(pageFrame(title, main), {
    status,
    headers: { ...enforce.pageHeaders(), ...enforce.authorizationCors(request?.headers.get('origin') ?? null) },
  })
