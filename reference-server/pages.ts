import type { Context } from './context.ts'
import type { Interaction } from './model.ts'

/** Text as it may stand in HTML, between tags and in quoted attributes. */
export const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

export const loginPage = (context: Context, interaction: Interaction, problem?: string): Response =>
  page(
    context,
    'Sign in',
    `<h1>Sign in</h1>
<p>to continue to <strong>${escapeHtml(interaction.request.client.name)}</strong></p>
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

export const consentPage = (context: Context, interaction: Interaction): Response =>
  page(
    context,
    'Allow access',
    `<h1>Allow access?</h1>
<p><strong>${escapeHtml(interaction.request.client.name)}</strong> asks for:</p>
<ul>
${interaction.request.scopes.map((scope) => `<li>${escapeHtml(scopeNames[scope] ?? scope)}</li>`).join('\n')}
</ul>
<form method="post" action="consent">
${hidden(interaction)}
<button type="submit" name="decision" value="accept">Allow</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny</button>
</form>`,
  )

/** A failure that no client may be told of by redirect. */
export const errorPage = (context: Context, message: string, request?: Request): Response =>
  page(
    context,
    'This request cannot be completed',
    `<h1>This request cannot be completed</h1>\n<p role="alert">${escapeHtml(message)}</p>`,
    400,
    request,
  )

const scopeNames: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name',
  email: 'See your email address',
  offline_access: 'Keep access while you are away',
}

const hidden = (interaction: Interaction) =>
  `<input type="hidden" name="interaction" value="${interaction.id}">
<input type="hidden" name="csrf" value="${interaction.csrf}">`

function page({ enforce }: Context, title: string, main: string, status = 200, request?: Request): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`
  return new Response(html, {
    status,
    headers: { ...enforce.pageHeaders(), ...enforce.authorizationCors(request?.headers.get('origin') ?? null) },
  })
}

const style = `:root{color-scheme:light dark;--ink:#1c2430;--paper:#f6f7f9;--card:#fff;--line:#8a94a3;--accent:#1d5fbf}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf0;--paper:#12161c;--card:#1b212a;--line:#76808f;--accent:#7db3ff}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:min(24rem,100vw - 2rem);background:var(--card);padding:2rem;border-radius:.75rem}h1{margin:0 0 .5rem;font-size:1.5rem}
label{display:block;margin-top:1rem}input[type=text],input[type=password]{width:100%;padding:.6rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.4rem}
button{margin:1.5rem .5rem 0 0;padding:.6rem 1.4rem;font:inherit;color:var(--card);background:var(--accent);border:1px solid var(--accent);border-radius:.4rem;cursor:pointer}
button.quiet{color:var(--accent);background:transparent}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.problem{border-left:4px solid #d33;padding-left:.75rem}`
