import { decodeForm } from '../../core/wire/form.ts'
import type { Overheard } from '../fixtures/listening-proxy.ts'

/** Everything secret that a server gave out, and the verifiers that it was shown. */
export function issuedIn(overheard: readonly Overheard[]): ReadonlySet<string> {
  const issued = new Set<string>()
  for (const { requestBody, responseHeaders, responseBody } of overheard) {
    const verifier = new Map(decodeForm(requestBody)).get('code_verifier') ?? ''
    // Shorter ones are none, and were sent to see them refused.
    if (verifier.length >= 43) issued.add(verifier)
    for (const name of ['access_token', 'refresh_token', 'id_token']) issued.add(memberOf(responseBody, name))
    for (let at = 0; at < responseHeaders.length; at += 2) {
      const [name = '', value = ''] = responseHeaders.slice(at, at + 2)
      if (/^location$/i.test(name)) issued.add(new Map(decodeForm(value.split('?')[1] ?? '')).get('code') ?? '')
      if (/^set-cookie$/i.test(name)) issued.add(/^[^=]*=([^;]*)/.exec(value)?.[1] ?? '')
    }
    for (const [, value = ''] of responseBody.matchAll(/<input type="hidden" name="csrf" value="([^"]*)"/g))
      issued.add(value)
  }
  issued.delete('')
  // A challenge is public, and some checks present it as the verifier.
  for (const { url } of overheard) issued.delete(/[?&]code_challenge=([^&]*)/.exec(url)?.[1] ?? '')
  return issued
}

function memberOf(body: string, name: string): string {
  if (!body.startsWith('{')) return ''
  const value = (JSON.parse(body) as Readonly<Record<string, unknown>>)[name]
  return typeof value === 'string' ? value : ''
}

/** The secrets that stand in a text, in whatever way they may be written there. */
export const leaksIn = (text: string, secrets: readonly string[]) =>
  secrets.filter((secret) => waysToWrite(secret).some((way) => text.includes(way)))

function waysToWrite(secret: string): readonly string[] {
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  const percent = encodeURIComponent(secret)
  const octets = Buffer.from(secret)
  return [
    secret,
    html,
    html.replaceAll("'", '&#39;'),
    percent,
    percent.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    octets.toString('base64'),
    octets.toString('base64url'),
  ]
}

/** What looks like a JWT, or like a code or token of the server behind its name, whether it is known or not. */
export const suspectsIn = (text: string) => [
  ...(text.match(/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g) ?? []),
  ...(text.match(
    /\b(?:code|token|access_token|refresh_token|id_token|code_verifier)(?:=|%3D|"\s*:\s*"|&quot;:\s*&quot;)[\w-]{43}\b/g,
  ) ?? []),
]
