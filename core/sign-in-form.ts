import { formsIn } from './markup.ts'
import { actionOf, type Control, controlIn } from './page-form.ts'
import { isTellable, type Reading, shapeReader } from './shape.ts'
import { encodeComponent } from './wire/form.ts'

export interface Person {
  readonly username: string
  readonly password: string
}

/** A form as a browser would send it once a person has filled it in. */
export interface FilledForm {
  /** Where it goes, as the page has it. */
  readonly action: string
  readonly body: string
  readonly asksPassword: boolean
}

/** The first form of a page, filled in: hidden fields as they are, the person's name and password, the first button that does not refuse. */
export const filledForm = (html: string, person: Person): FilledForm | undefined => formIn(html)?.(person)

/** Pages for signing in differ in little but what their forms hide. */
const formIn = shapeReader(readForm)

type Fill = (person: Person) => FilledForm

/** What a field is sent with, encoded: a constant, what the person knows, or one of the values that differ. */
type Source = string | ((person: Person, hidden: readonly string[]) => string)

function readForm(html: string): Reading<Fill | undefined> {
  const pieces = formsIn(html)[0]
  if (pieces === undefined) return { result: undefined }
  const hidden: string[] = []
  const fields = new Map<string, Source>()
  let asksPassword = false
  let button: Control | undefined
  pieces.forEach((piece) => {
    const control = controlIn(piece)
    if (control === undefined) return
    const { isButton, name, type, value } = control
    if (isButton) {
      if (button === undefined && !refusal.test(value)) button = control
    } else if (type === 'password') {
      asksPassword = true
      fields.set(name, ({ password }) => encodeComponent(password))
    } else if (type === 'text' || type === 'email') fields.set(name, ({ username }) => encodeComponent(username))
    else if (type !== 'checkbox' && type !== 'submit') fields.set(name, hiddenIn(piece, value, hidden))
  })
  if (button !== undefined) fields.set(button.name, constant(button.value))
  const action = actionOf(pieces)
  const made = fillerOf([...fields], (body) => ({ action, body, asksPassword }))
  return { result: made(hidden), like: { values: hidden, escape: '&', made } }
}

const refusal = /deny|cancel|abort|reject|no\b/i

const constant = (value: string): Source => encodeComponent(value)

/** What a page hides in a field: where that is told apart in the page as it stands there, it may be another one in the next. */
function hiddenIn(piece: string, value: string, hidden: string[]): Source {
  if (!isTellable(value) || !piece.includes(` value="${value}"`)) return constant(value)
  const slot = hidden.push(value) - 1
  return (_, values) => encodeComponent(values[slot] ?? '')
}

function fillerOf(fields: readonly (readonly [name: string, Source])[], formOf: (body: string) => FilledForm) {
  // Constants beside each other are one.
  const parts: Source[] = []
  const add = (part: Source) => {
    const last = parts.at(-1)
    if (typeof last === 'string' && typeof part === 'string') parts[parts.length - 1] = last + part
    else parts.push(part)
  }
  fields.forEach(([name, source], at) => {
    add(`${at === 0 ? '' : '&'}${encodeComponent(name)}=`)
    add(source)
  })
  return (hidden: readonly string[]): Fill =>
    (person) => {
      let body = ''
      for (let at = 0; at < parts.length; at++) {
        const part = parts[at] ?? ''
        body += typeof part === 'string' ? part : part(person, hidden)
      }
      return formOf(body)
    }
}
