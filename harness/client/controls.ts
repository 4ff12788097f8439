import type { Element, Outline, PageForm } from './page-outline.ts'
import { type Intent, intentOf, wordsOf } from './wording.ts'

/** A browser puts these on the elements of a page before it hands it over: a number each, and whether it is not seen. */
export const markAttribute = 'data-assay-mark'
export const hiddenAttribute = 'data-assay-hidden'

/** `text`, `password`, `submit` …; the element's own name where it is no input. */
export const typeOf = ({ name, attribs }: Element): string =>
  name === 'input' ? (attribs['type'] ?? '').trim().toLowerCase() || 'text' : name

/** Whether a person sees the element, as far as its own markup says; a browser knows better and says so. */
export function isSeen(element: Element): boolean {
  const { style = '', hidden } = element.attribs
  if (element.attribs[hiddenAttribute] !== undefined || typeOf(element) === 'hidden') return false
  return hidden === undefined && !/display\s*:\s*none|visibility\s*:\s*hidden/i.test(style.slice(0, 500))
}

/** What a field is called where people do not see it. */
export const namesOf = ({ attribs }: Element): string =>
  wordsOf(`${attribs['name'] ?? ''} ${attribs['id'] ?? ''} ${attribs['autocomplete'] ?? ''}`)

/** A field for a code that somebody is sent or shown. */
export const codeLike = /\b(?:otp|totp|mfa|code|captcha|pin|one time|verification)\b/

const isTyped = (control: Element) => ['text', 'email', 'tel', 'number', 'textarea'].includes(typeOf(control))

/** A field that must be filled before the form can be sent. */
export function isOwed(control: Element): boolean {
  const { required, value = '', disabled } = control.attribs
  if (!isTyped(control) || !isSeen(control) || value !== '' || disabled !== undefined) return false
  return required !== undefined || codeLike.test(namesOf(control))
}

const isButton = (control: Element) =>
  ['submit', 'image', 'button'].includes(typeOf(control)) || control.attribs['role'] === 'button'

/** The buttons that send a form; in a browser also those that are left to a script. */
export function buttonsOf({ controls }: PageForm): readonly Element[] {
  return controls.filter((control) => {
    const { type = 'submit', disabled } = control.attribs
    if (!isButton(control) || disabled !== undefined || !isSeen(control)) return false
    if (control.attribs[markAttribute] !== undefined) return true
    return control.name === 'button'
      ? !/^\s*(?:button|reset)\s*$/i.test(type)
      : ['submit', 'image'].includes(typeOf(control))
  })
}

/** Whether there is nothing in a form that a person would fill in or choose. */
export const isOnlyButtons = ({ controls }: PageForm): boolean =>
  controls.every((control) => !isSeen(control) || isButton(control))

export const isSearch = ({ element, controls }: PageForm): boolean =>
  element?.attribs['role'] === 'search' ||
  controls.some((control) => typeOf(control) === 'search' || /^(?:q|query|search)\b/.test(namesOf(control)))

export function visibleText({ $ }: Outline, element: Element): string {
  const { value = '', title = '' } = element.attribs
  const shown = element.name === 'input' ? value : $(element).text().trim()
  return element.attribs['aria-label'] ?? (shown === '' ? title : shown)
}

export function intentOfButton(outline: Outline, button: Element): Intent {
  const { value = '', name = '', id = '', formaction = '' } = button.attribs
  return intentOf(visibleText(outline, button), `${value} ${name} ${id} ${formaction}`)
}

/** The button that brings a person on: one that says so, else one that says nothing else. */
export function acceptingButton(outline: Outline, form: PageForm): Element | undefined {
  const buttons = buttonsOf(form).map((button) => ({ button, intent: intentOfButton(outline, button) }))
  return (buttons.find(({ intent }) => intent === 'accepts') ?? buttons.find(({ intent }) => intent === 'says nothing'))
    ?.button
}
