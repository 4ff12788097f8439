import { printable } from '../../printable.ts'
import type { Colour, Paint } from './paint.ts'
import { columnsOf, cutAt, wrap } from './wrap.ts'

/** How long a value of the target may be, in characters. */
const longestValue = 400

/** Lines for a terminal of a certain width. All that is put on it is made printable here. */
export class Page {
  readonly #lines: string[] = []
  readonly #width: number
  readonly paint: Paint

  constructor(width: number, paint: Paint) {
    this.#width = width
    this.paint = paint
  }

  /** A line as it is: painted already, and of our own words. */
  line(text = '') {
    this.#lines.push(text)
  }

  /** The title of a part, and a remark beside it where there is room. */
  heading(text: string, remark = '') {
    const fits = columnsOf(text) + 2 + columnsOf(remark) <= this.#width
    this.line()
    this.line(this.paint('bold', text) + (fits && remark !== '' ? `  ${this.paint('dim', remark)}` : ''))
  }

  /** A title, cut to one line, and what stands at its end. */
  title(text: string, end: string, colour: Colour, indent = 0) {
    const room = this.#width - indent - columnsOf(end) - 2
    const shown = cutAt(printable(text, longestValue), Math.max(1, room))
    this.line(`${' '.repeat(indent)}${this.paint('bold', shown)}  ${this.paint(['bold', colour], end)}`)
  }

  /** Short pieces of our own words, each in its colour, in as many lines as they take. */
  list(pieces: readonly (readonly [colour: Colour, text: string])[]) {
    let line = ''
    let columns = 0
    pieces.forEach(([colour, text], at) => {
      const piece = at < pieces.length - 1 ? `${text}, ` : text
      if (columns > 0 && columns + piece.trimEnd().length > this.#width) {
        this.line(line.trimEnd())
        line = ''
        columns = 0
      }
      line += this.paint(colour, text) + piece.slice(text.length)
      columns += piece.length
    })
    this.line(line)
  }

  /** A paragraph, indented by so many columns. */
  text(text: string, indent = 0, colour?: Colour | readonly Colour[]) {
    this.field('', text, { indent, gutter: 0, ...(colour !== undefined && { colour }) })
  }

  /** A label and beside it, in a column of its own, a value in as many lines as it takes. */
  field(
    label: string,
    value: string,
    {
      indent = 3,
      gutter = 11,
      colour,
    }: { readonly indent?: number; readonly gutter?: number; readonly colour?: Colour | readonly Colour[] } = {},
  ) {
    const lines = wrap(printable(value, longestValue), Math.max(20, this.#width - indent - gutter))
    lines.forEach((line, at) => {
      const start = at === 0 ? label : ''
      const space = ' '.repeat(Math.max(gutter - columnsOf(start), start === '' ? 0 : 1))
      const shown = colour === undefined ? line : this.paint(colour, line)
      this.line(`${' '.repeat(indent)}${start === '' ? '' : this.paint('dim', start)}${space}${shown}`)
    })
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`
  }
}
