import { createHash } from 'node:crypto'

/** Text as it may stand in HTML and XHTML, between tags and in quoted attributes. */
export const escapeHtml = (text: string) =>
  text.replaceAll(/[&<>"'\t\r\n]/g, (character) => `&#${character.charCodeAt(0)};`)

/** A page around its main content. It is XHTML as well, as long as `main` is. */
export const pageFrame = (title: string, main: string): string => `<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
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

/** Sends the only form of a page. */
export const submitScript = 'document.forms[0].submit()'

/** The policy of a page that holds {@link submitScript}: that very script may run, and nothing else. */
export const submitPolicy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256')
  .update(submitScript)
  .digest('base64')}'; frame-ancestors 'none'; base-uri 'none'`

const style = `:root{color-scheme:light dark;--ink:#1c2430;--paper:#f6f7f9;--card:#fff;--line:#8a94a3;--accent:#1d5fbf}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf0;--paper:#12161c;--card:#1b212a;--line:#76808f;--accent:#7db3ff}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:min(24rem,100vw - 2rem);background:var(--card);padding:2rem;border-radius:.75rem}h1{margin:0 0 .5rem;font-size:1.5rem}
label{display:block;margin-top:1rem}input[type=text],input[type=password]{width:100%;padding:.6rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.4rem}
button{margin:1.5rem .5rem 0 0;padding:.6rem 1.4rem;font:inherit;color:var(--card);background:var(--accent);border:1px solid var(--accent);border-radius:.4rem;cursor:pointer}
button.quiet{color:var(--accent);background:transparent}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}.problem{border-left:4px solid #d33;padding-left:.75rem}`
