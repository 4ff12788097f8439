import { attribute, attributesOf, formsIn, tagIn, unescaped } from './markup.ts'

/** A form that a page brings to somebody else. */
export interface Carrier {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** The form that brings a SAML response, as the page has it; nothing where there is none. */
export function carrierOn(body: string): Carrier | undefined {
  if (!body.includes('SAMLResponse')) return undefined
  const usual = usualCarrierIn(body)
  if (usual !== undefined) return usual
  for (const pieces of formsIn(body)) {
    const fields: Record<string, string> = {}
    pieces.forEach((piece) => {
      const control = controlIn(piece)
      if (control !== undefined && !control.isButton) fields[control.name] = control.value
    })
    if (fields['SAMLResponse'] !== undefined) return { action: actionOf(pieces), fields }
  }
  return undefined
}

/** The form of a page that brings a SAML response, or all of the page; nothing where none does. What is in it takes longer to find. */
export function carrierFormIn(body: string): string | undefined {
  const at = body.indexOf(usualResponse)
  const start = at < 0 ? -1 : body.lastIndexOf('<form', at)
  const end = start < 0 ? -1 : body.indexOf('</form', at)
  if (end >= 0) return body.slice(start, end)
  return carrierOn(body) === undefined ? undefined : body
}

const usualStart = (name: string) => `<input type="hidden" name="${name}" value="`
const usualResponse = usualStart('SAMLResponse')

/** What a page with one form brings, where that is written as nearly everywhere: to read all tags takes longer. */
function usualCarrierIn(body: string): Carrier | undefined {
  const from = body.indexOf('<form')
  const end = body.indexOf('</form', from)
  if (from < 0 || body.includes('<form', from + 1)) return undefined
  const form = body.slice(from + 1, end < 0 ? undefined : end)
  const response = usualValueIn(form, 'SAMLResponse')
  const relayState = usualValueIn(form, 'RelayState')
  if (response === undefined || (relayState === undefined && form.includes('RelayState'))) return undefined
  const fields = { SAMLResponse: response, ...(relayState !== undefined && { RelayState: relayState }) }
  return { action: attribute(tagIn(form), 'action') ?? '', fields }
}

function usualValueIn(form: string, name: string): string | undefined {
  const before = usualStart(name)
  const at = form.indexOf(before)
  const end = at < 0 ? -1 : form.indexOf('"', at + before.length)
  return end < 0 ? undefined : unescaped(form.slice(at + before.length, end))
}

/** Where a form is sent, as its tag has it. */
export const actionOf = (pieces: readonly string[]) => attribute(tagIn(pieces[0] ?? ''), 'action') ?? ''

/** What can be filled in or pressed, and has a name. */
export interface Control {
  readonly isButton: boolean
  readonly name: string
  readonly type: string
  readonly value: string
}

/** Pages differ in little: what most of their tags are is known from the last time. So many, in so many characters, are kept. */
const controls = new Map<string, Control | null>()
const controlsAtMost = { count: 500, length: 400 }

/** The control that a tag is; nothing where it is something else. */
export function controlIn(piece: string): Control | undefined {
  if (piece.length > controlsAtMost.length) return readControl(tagIn(piece))
  const known = controls.get(piece)
  if (known !== undefined) return known ?? undefined
  const read = readControl(tagIn(piece))
  if (controls.size >= controlsAtMost.count) controls.clear()
  controls.set(piece, read ?? null)
  return read
}

function readControl(tag: string): Control | undefined {
  const isButton = buttonTag.test(tag)
  if (!isButton && !inputTag.test(tag)) return undefined
  const attributes = attributesOf(tag)
  const name = attributes.get('name')
  if (name === undefined) return undefined
  return { isButton, name, type: attributes.get('type') ?? 'text', value: attributes.get('value') ?? '' }
}

// A regular expression that stands where it is used is made anew by k6 each time.
const inputTag = /^input\b/i
const buttonTag = /^button\b/i
