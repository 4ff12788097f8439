import { HarnessError } from '../error.ts'
import { printable } from '../printable.ts'
import type { LoginHints, UserAccount } from '../target/target.ts'
import {
  acceptingButton,
  buttonsOf,
  codeLike,
  intentOfButton,
  isOnlyButtons,
  isOwed,
  isSearch,
  isSeen,
  markAttribute,
  namesOf,
  typeOf,
  visibleText,
} from './controls.ts'
import { type Element, type Outline, outlineOf, type PageForm } from './page-outline.ts'
import { baseHref, type Submission, submissionOf } from './submission.ts'
import { intentOf, wordsOf } from './wording.ts'

/** What a person would do on a page. `because` says what keeps them from it and what to do about it. */
export type Step =
  | Submission
  | {
      readonly kind: 'follow'
      readonly href: string
      readonly base: string | undefined
      readonly press: string | undefined
    }
  | { readonly kind: 'stuck'; readonly because: string }
  | { readonly kind: 'nothing' }

export interface Circumstances {
  readonly person: Pick<UserAccount, 'username' | 'password'> | undefined
  readonly decide: 'accept' | 'deny'
  readonly selectors: LoginHints['selectors']
  /** The status that the page came with. */
  readonly status: number
  /** True where the page's scripts have run: what no form owns can be pressed, and what sends itself has been sent. */
  readonly scripted: boolean
}

const nothing: Step = { kind: 'nothing' }
const stuck = (because: string): Step => ({ kind: 'stuck', because })
const needsScript = 'the page needs JavaScript; write browser: true under login in the target file'

/** Finds what brings a person on: the login form, a consent, a page that moves on by itself, or nothing more. */
export function nextStep(html: string, circumstances: Circumstances): Step {
  const failed = circumstances.status >= 400
  const outline = outlineOf(html)
  if (outline === undefined) return failed ? nothing : stuck('the page has more tags than a login page has')
  const step = signIn(outline, circumstances)
  // Whatever else an error page offers, the request has failed. What a script sends is sent from there too.
  if (step !== undefined || failed) return step ?? selfSent(outline, circumstances) ?? nothing
  return decision(outline, circumstances) ?? moveOn(outline, circumstances) ?? remainder(outline, circumstances)
}

function signIn(outline: Outline, { person, selectors, scripted }: Circumstances): Step | undefined {
  const asking = outline.forms
    .map((form) => fieldsOf(outline, form, selectors))
    .filter(({ password, username }) => password !== undefined || username !== undefined)
  if (asking.length === 0) return undefined
  const usable = asking.filter(({ isNew }) => !isNew)
  const best = usable.find(({ password }) => password !== undefined) ?? usable[0]
  if (best === undefined)
    return stuck('the target asks for a new password; choose one by hand and write it under users in the target file')
  if (best.form.element === undefined && !scripted) return stuck(needsScript)
  if (person === undefined)
    return stuck(
      'the target asks for a sign-in and nobody is there to do it; add somebody under users in the target file',
    )
  const owed = best.form.controls.find(
    (control) => control !== best.username && control !== best.password && isOwed(control),
  )
  if (owed !== undefined) return lacking(owed)
  const { username, password } = best
  return submissionOf(outline, best.form, {
    asks: password === undefined ? 'user name' : 'password',
    typed: [
      ...(username === undefined || username.attribs['readonly'] !== undefined
        ? []
        : [[username, person.username] as const]),
      ...(password === undefined ? [] : [[password, person.password.reveal()] as const]),
    ],
    button: hinted(outline, best.form, selectors, 'submit') ?? acceptingButton(outline, best.form),
  })
}

const lacking = ({ attribs }: Element): Step =>
  stuck(
    `the page also asks for ${printable(attribs['name'] ?? attribs['id'] ?? 'something', 40)}, which nobody can fill in; switch that off for this account`,
  )

interface Fields {
  readonly form: PageForm
  readonly username: Element | undefined
  readonly password: Element | undefined
  /** True where a password is chosen or changed. */
  readonly isNew: boolean
}

const nameLike = /\b(?:user|username|userid|uid|login|loginid|logon|e ?mail|account|identifier)\b/

/** The user name by what the field says of itself, else the text field before the password. */
function fieldsOf(outline: Outline, form: PageForm, selectors: LoginHints['selectors']): Fields {
  const seen = form.controls.filter((control) => isSeen(control) && control.attribs['disabled'] === undefined)
  const passwords = seen.filter((control) => typeOf(control) === 'password' && !codeLike.test(namesOf(control)))
  const password = hinted(outline, form, selectors, 'password') ?? passwords[0]
  const texts = seen.filter(
    (control) => ['text', 'email', 'tel'].includes(typeOf(control)) && !codeLike.test(namesOf(control)),
  )
  const before =
    password === undefined ? [] : texts.filter((text) => form.controls.indexOf(text) < form.controls.indexOf(password))
  const username =
    hinted(outline, form, selectors, 'username') ??
    texts.find(({ attribs }) => /\busername\b/i.test(attribs['autocomplete'] ?? '')) ??
    texts.find((text) => typeOf(text) === 'email' || nameLike.test(namesOf(text))) ??
    before.at(-1)
  const isNew = passwords.length > 1 || /\bnew-password\b/i.test(password?.attribs['autocomplete'] ?? '')
  return { form, username, password, isNew: isNew && selectors.password === undefined }
}

/** The element of a form that the target file names. Throws a HarnessError where what it says is no selector. */
function hinted(
  { $ }: Outline,
  { controls }: PageForm,
  selectors: LoginHints['selectors'],
  name: keyof LoginHints['selectors'],
): Element | undefined {
  const selector = selectors[name]
  if (selector === undefined) return undefined
  try {
    const found = new Set($(selector).toArray())
    return controls.find((control) => found.has(control))
  } catch (cause) {
    throw new HarnessError('TARGET_FILE_INVALID', `login.selectors.${name} is not a CSS selector`, {
      hint: 'write one as in a style sheet, for instance input[name="user"]',
      cause,
    })
  }
}

function decision(outline: Outline, circumstances: Circumstances): Step | undefined {
  const forms = outline.forms.filter(
    (form) => (form.element !== undefined || circumstances.scripted) && !isSearch(form),
  )
  return circumstances.decide === 'deny'
    ? refusal(outline, forms, circumstances)
    : consent(outline, forms, circumstances)
}

/** The button that the target file names, else one that bears the person's name, else one that accepts. */
function consent(outline: Outline, forms: readonly PageForm[], { selectors, person }: Circumstances): Step | undefined {
  const candidates = forms.flatMap((form) => {
    const named = hinted(outline, form, selectors, 'consent')
    const own = buttonsOf(form).find((button) => bears(outline, button, person))
    const accepting = acceptingButton(outline, form)
    if (named !== undefined) return [{ form, button: named, rank: 3 }]
    if (own !== undefined) return [{ form, button: own, rank: 2 }]
    if (accepting === undefined) return []
    const says = intentOfButton(outline, accepting) === 'accepts'
    return says || form.element !== undefined ? [{ form, button: accepting, rank: says ? 1 : 0 }] : []
  })
  const [best] = candidates.toSorted((a, b) => b.rank - a.rank)
  if (best === undefined) return undefined
  const owed = best.form.controls.find(isOwed)
  if (owed !== undefined) return lacking(owed)
  const asks = buttonsOf(best.form).length > 1 || !isOnlyButtons(best.form) ? 'decision' : 'nothing'
  return submissionOf(outline, best.form, { asks, typed: [], button: best.button })
}

const bears = (outline: Outline, element: Element, person: Circumstances['person']) =>
  person !== undefined &&
  intentOf(visibleText(outline, element)) !== 'strays' &&
  visibleText(outline, element).toLowerCase().includes(person.username.toLowerCase())

/** The button or link that says no; where something says yes and nothing says no, nobody can refuse. */
function refusal(outline: Outline, forms: readonly PageForm[], circumstances: Circumstances): Step | undefined {
  for (const form of forms) {
    const button = buttonsOf(form).find((one) => intentOfButton(outline, one) === 'refuses')
    if (button !== undefined) return submissionOf(outline, form, { asks: 'decision', typed: [], button })
  }
  const link = outline.links.find((one) => isSeen(one) && intentOf(visibleText(outline, one)) === 'refuses')
  if (link !== undefined) return followed(outline, link)
  const asks = forms.some(
    (form) => acceptingButton(outline, form) !== undefined && !sendsItself(outline, form, circumstances),
  )
  return asks
    ? stuck('the page offers nothing to refuse with; refuse by hand to see what the target makes of it')
    : undefined
}

/** Whether a script of the page sends the form: nobody chooses anything in it, and its buttons are for browsers without. */
function sendsItself({ $ }: Outline, form: PageForm, { scripted }: Circumstances): boolean {
  if (scripted || form.element === undefined || form.controls.length === 0 || !isOnlyButtons(form)) return false
  if (/submit\s*\(/.test(`${$('script').text()} ${$('body').attr('onload') ?? ''}`)) return true
  return $('script[src]').length > 0 && buttonsOf(form).every((button) => $(button).closest('noscript').length > 0)
}

function selfSent(outline: Outline, circumstances: Circumstances): Step | undefined {
  const form = outline.forms.find((one) => sendsItself(outline, one, circumstances))
  return form && submissionOf(outline, form, { asks: 'nothing', typed: [], button: undefined })
}

/** A page that moves on by itself: a form that a script sends, a refresh, or a link that says so. */
function moveOn(outline: Outline, circumstances: Circumstances): Step | undefined {
  const sent = selfSent(outline, circumstances)
  if (sent !== undefined) return sent
  const refresh = refreshTarget(outline.$('meta[http-equiv="refresh" i]').first().attr('content'))
  if (refresh !== undefined) return { kind: 'follow', href: refresh, base: baseHref(outline), press: undefined }
  const link = outline.links.find((one) => isSeen(one) && leadsOn(outline, one, circumstances))
  return link === undefined ? undefined : followed(outline, link)
}

function leadsOn(outline: Outline, link: Element, { person, decide }: Circumstances): boolean {
  const { href = '' } = link.attribs
  if (/^\s*(?:#|javascript:|mailto:)/i.test(href)) return false
  if (bears(outline, link, person)) return /select|choose|account|login|sign-?in|session/i.test(href)
  const text = visibleText(outline, link)
  const words =
    decide === 'deny'
      ? /^(?:continue|proceed)\b/
      : /^(?:continue|proceed|accept|allow|approve|authori[sz]e|agree|yes)\b/
  return words.test(wordsOf(text)) && intentOf(text) === 'accepts'
}

const followed = (outline: Outline, link: Element): Step => ({
  kind: 'follow',
  href: link.attribs['href'] ?? '',
  base: baseHref(outline),
  press: link.attribs[markAttribute],
})

/** Where a `Refresh` header, or the meta element that stands for it, leads. */
export const refreshTarget = (content: string | undefined): string | undefined =>
  content === undefined
    ? undefined
    : /^\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)/i.exec(content.slice(0, 10_000))?.[1]?.trim()

/** A page without anything to act on is the end, unless a script would have shown more. */
function remainder({ $ }: Outline, { scripted }: Circumstances): Step {
  if (scripted || $('script').length === 0) return nothing
  const moves = /\blocation(?:\.(?:replace|assign)\s*\(|(?:\.href)?\s*=[^=])/.test($('script').text())
  const asksForScript = /java ?script/i.test($('noscript').text())
  $('script, style, noscript, title, template').remove()
  const isBlank = $.root().text().trim().length < 40
  return moves || asksForScript || isBlank ? stuck(needsScript) : nothing
}
