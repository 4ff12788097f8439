import { type Cheerio, type CheerioAPI, load } from 'cheerio'
import type { Element } from 'domhandler'
import { encodeComponent } from '../../core/wire/form.ts'
import type { LoginHints } from '../target/target.ts'
import type { Person } from './user-agent.ts'

/** A form filled in and ready to be sent. */
export interface FilledForm {
  /** As it stands in the page; '' for the page's own URL. */
  readonly action: string
  readonly method: 'GET' | 'POST'
  readonly body: string
  readonly pairs: readonly (readonly [name: string, value: string])[]
  /** True where a password was filled in. */
  readonly signsIn: boolean
}

/** Pages with more forms than this are not looked at further. */
const formsAtMost = 50

export const refusing = /\b(?:deny|den(?:y|ied)|cancel|abort|reject|decline|refuse|no|disallow|not now|back|logout|sign out)\b/i
export const accepting = /\b(?:allow|accept|approve|authori[sz]e|agree|grant|consent|continue|yes|ok|confirm|sign[- ]?in|log[- ]?in|login|next|submit)\b/i

/** The form of a page that brings a person on: the login form, a consent, or the only one there is. */
export function fillForm(html: string, person: Person | undefined, decide: 'accept' | 'deny', hints: LoginHints['selectors']): FilledForm | undefined {
  const $ = load(html)
  const forms = $('form').toArray().slice(0, formsAtMost)
  const ranked = forms
    .map((element) => ({ form: $(element), score: score($, $(element), hints, decide) }))
    .toSorted((a, b) => b.score - a.score)
  const [best] = ranked
  return best === undefined ? undefined : fill($, best.form, person, decide, hints)
}

/** A link that refuses, for pages on which refusal is no button. */
export function refusingLink(html: string): string | undefined {
  const $ = load(html)
  const link = $('a[href]')
    .toArray()
    .slice(0, 500)
    .find((element) => refusing.test($(element).text()))
  return link === undefined ? undefined : $(link).attr('href')
}

/** The target of a page that moves on by itself. */
export function metaRefresh(html: string): string | undefined {
  const content = load(html)('meta[http-equiv="refresh" i]').attr('content')
  return content === undefined ? undefined : /^\s*\d+\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(content)?.[1]?.trim()
}

type Form = Cheerio<Element>

function score($: CheerioAPI, form: Form, hints: LoginHints['selectors'], decide: 'accept' | 'deny'): number {
  if (hints.password !== undefined && form.find(hints.password).length > 0) return 100
  if (hints.consent !== undefined && form.find(hints.consent).length > 0) return 90
  if (passwordField(form, hints).length > 0) return 80
  if (userNameField(form, hints).length > 0) return 60
  const wording = buttons(form).toArray().map((button) => label($, $(button))).join(' ')
  const wanted = decide === 'accept' ? accepting : refusing
  return (wanted.test(wording) ? 40 : 20) + (form.attr('method')?.toUpperCase() === 'POST' ? 5 : 0)
}

const passwordField = (form: Form, hints: LoginHints['selectors']) => form.find(hints.password ?? 'input[type="password" i]').first()

/** The user name by what the field says of itself, else the first text field before a password. */
function userNameField(form: Form, hints: LoginHints['selectors']) {
  if (hints.username !== undefined) return form.find(hints.username).first()
  const named = form.find('input[autocomplete~="username" i], input[type="email" i], input[name*="user" i], input[name*="login" i]:not([type="hidden" i]), input[name*="email" i], input[id*="user" i]').not('[type="hidden" i], [type="password" i], [type="submit" i], [type="checkbox" i]')
  return named.length > 0 ? named.first() : form.find('input:not([type]), input[type="text" i]').first()
}

const buttons = (form: Form) => form.find('button:not([type]), button[type="submit" i], input[type="submit" i], input[type="image" i]')

const label = ($: CheerioAPI, button: Cheerio<Element>) => `${button.text()} ${button.attr('value') ?? ''} ${button.attr('name') ?? ''} ${button.attr('id') ?? ''} ${$(button).attr('aria-label') ?? ''}`

function fill($: CheerioAPI, form: Form, person: Person | undefined, decide: 'accept' | 'deny', hints: LoginHints['selectors']): FilledForm {
  const password = passwordField(form, hints)
  const userName = userNameField(form, hints)
  if (person !== undefined) {
    if (userName.length > 0) userName.val(person.username)
    if (password.length > 0) password.val(person.password.reveal())
  }
  if (decide === 'accept') form.find('input[type="checkbox" i]').attr('checked', 'checked')
  const button = chooseButton($, form, decide, password.length > 0, hints)
  const name = button?.attr('name')
  const pairs = [
    ...form.serializeArray().map((pair) => [pair.name, pair.value] as const),
    ...(name !== undefined && button !== undefined ? [[name, button.attr('value') ?? ''] as const] : []),
  ]
  return {
    action: button?.attr('formaction') ?? form.attr('action') ?? '',
    method: (button?.attr('formmethod') ?? form.attr('method'))?.toUpperCase() === 'POST' ? 'POST' : 'GET',
    body: pairs.map(([key, value]) => `${encodeComponent(key)}=${encodeComponent(value)}`).join('&'),
    pairs,
    signsIn: password.length > 0,
  }
}

/** The button that decides as wanted; on a login form simply the first that does not refuse. */
function chooseButton($: CheerioAPI, form: Form, decide: 'accept' | 'deny', signsIn: boolean, hints: LoginHints['selectors']): Cheerio<Element> | undefined {
  const hint = signsIn ? hints.submit : hints.consent
  const hinted = hint === undefined || decide === 'deny' ? undefined : form.find(hint).first()
  if (hinted !== undefined && hinted.length > 0) return hinted
  const all = buttons(form).toArray().map((button) => $(button))
  const refuses = (button: Cheerio<Element>) => refusing.test(label($, button))
  if (decide === 'deny' && !signsIn) return all.find(refuses)
  const willing = all.filter((button) => !refuses(button))
  return willing.find((button) => accepting.test(label($, button))) ?? willing[0]
}
