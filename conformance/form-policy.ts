import { createHash } from 'node:crypto'
import { headersOf } from '../harness/client/http.ts'
import { buttonsOf } from '../harness/client/controls.ts'
import type { ResponseForm } from './response-modes.ts'

/** Why no browser sends the form of a page; nothing where one may. What a script from elsewhere does is not looked at. */
export function whyNotSent({ page, outline: { $ }, form, action }: ResponseForm): string | undefined {
  const policies = headersOf(page, 'content-security-policy')
    .flatMap((value) => value.split(','))
    .map(directivesOf)
  const blocking = policies
    .map((policy) => policy.get('form-action'))
    .find((sources) => !mayGo(sources, action, page.url))
  if (blocking !== undefined) return `a policy with form-action ${blocking.join(' ')}`
  if (buttonsOf(form).length > 0 || $('script[src]').length > 0) return undefined
  const scripts = $('script').toArray()
  const onload = $('[onload]').length > 0
  if (scripts.length === 0 && !onload) return 'neither a script nor a button'
  const runs = policies.every((policy) => {
    const sources = policy.get('script-src-elem') ?? policy.get('script-src') ?? policy.get('default-src')
    return (
      sources === undefined ||
      sources.some((source) => /^'(?:unsafe-inline|unsafe-hashes)'$/i.test(source)) ||
      scripts.some((script) => isAllowed(sources, $(script).text(), script.attribs['nonce']))
    )
  })
  return runs ? undefined : 'a script that a policy keeps from running, and no button'
}

type Policy = ReadonlyMap<string, readonly string[]>

const directivesOf = (policy: string): Policy =>
  new Map(
    policy
      .split(';')
      .map((directive) => directive.trim().split(/\s+/))
      .map(([name = '', ...sources]) => [name.toLowerCase(), sources] as const)
      .toReversed(),
  )

/** CSP §6.4.1, as far as origins and schemes go: any other source is given the benefit of the doubt. */
function mayGo(sources: readonly string[] | undefined, action: string, page: string): boolean {
  if (sources === undefined || !URL.canParse(action, page)) return true
  const { origin, protocol } = new URL(action, page)
  return sources.some((source) => {
    if (/^'none'$/i.test(source)) return false
    if (/^'self'$/i.test(source)) return origin === new URL(page).origin
    if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return source.toLowerCase() === protocol
    return true
  })
}

function isAllowed(sources: readonly string[], script: string, nonce: string | undefined): boolean {
  return sources.some((source) => {
    const [, algorithm = '', value] = /^'(nonce|sha256|sha384|sha512)-(.*)'$/i.exec(source) ?? []
    if (value === undefined) return false
    if (algorithm.toLowerCase() === 'nonce') return value === nonce
    return value === createHash(algorithm.toLowerCase()).update(script).digest('base64')
  })
}
