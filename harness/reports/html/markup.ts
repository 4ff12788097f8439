import { printable } from '../../printable.ts'

/** Text that is HTML already; only {@link html} makes it. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Piece = string | number | Markup | undefined | readonly Piece[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A template whose values are text, put in escaped, unless they are markup themselves. Attributes must be quoted. */
export const html = (parts: TemplateStringsArray, ...values: readonly Piece[]): Markup =>
  new Markup(parts.map((part, at) => part + written(values[at])).join(''))

function written(piece: Piece): string {
  if (piece === undefined) return ''
  if (piece instanceof Markup) return piece.text
  if (typeof piece === 'number') return String(piece)
  return typeof piece === 'string' ? escaped(piece) : piece.map(written).join('')
}

/** The one way of text into a page: what is invisible is spelt out, what is markup is an entity. Lines and tabs stay. */
const escaped = (text: string) =>
  text
    .replaceAll(/[^\n\t]+/gu, (run) => printable(run, run.length))
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')

/** Names are cut after so many characters: longer ones are somebody's joke. */
export const longestName = 200

/** A text that may be long, cut after so many characters; it says how much is left out. */
export const cut = (text: string, atMost: number) =>
  text.length <= atMost ? text : `${text.slice(0, atMost)}… (${text.length - atMost} more characters)`

/** `the server …` → `The server …`. */
export const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
