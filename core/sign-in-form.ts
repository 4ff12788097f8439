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

/** What a field is sent with: what the person knows, or what the page hides, a constant of it or one of the values that differ. */
type Source = (person: Person, hidden: readonly string[]) => string

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
      fields.set(name, ({ password }) => password)
    } else if (type === 'text' || type === 'email') fields.set(name, ({ username }) => username)
    else if (type !== 'checkbox' && type !== 'submit') fields.set(name, hiddenIn(piece, value, hidden))
  })
  if (button !== undefined) fields.set(button.name, constant(button.value))
  const action = actionOf(pieces)
  const made = fillerOf([...fields], (body) => ({ action, body, asksPassword }))
  return { result: made(hidden), like: { values: hidden, escape: '&', made } }
}

const refusal = /deny|cancel|abort|reject|no\b/i

const constant =
  (value: string): Source =>
  () =>
    value

/** What a page hides in a field: where that is told apart in the page as it stands there, it may be another one in the next. */
function hiddenIn(piece: string, value: string, hidden: string[]): Source {
  if (!isTellable(value) || !piece.includes(` value="${value}"`)) return constant(value)
  const slot = hidden.push(value) - 1
  return (_, values) => values[slot] ?? ''
}

const fillerOf = (fields: readonly (readonly [name: string, Source])[], formOf: (body: string) => FilledForm) => {
  const names = fields.map(([name]) => `&${encodeComponent(name)}=`)
  const sources = fields.map(([, source]) => source)
  return (hidden: readonly string[]): Fill =>
    (person) => {
      let body = ''
      sources.forEach((source, at) => (body += names[at] + encodeComponent(source(person, hidden))))
      return formOf(body.slice(1))
    }
}
