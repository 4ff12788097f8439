import { printable } from '../../printable.ts'
import { columnsOf, cutAt } from './wrap.ts'

/** No name is wider, so that the figures beside it stay where they are seen. */
const widestCell = 44

/** Rows of short texts in columns that are as wide as the widest. A heading that begins with a space stands over figures, which end in line. */
export function columns(headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const cells = [
    headings.map((heading) => heading.trim()),
    ...rows.map((row) => row.map((cell) => cutAt(printable(cell), widestCell))),
  ]
  const widths = headings.map((_, at) => Math.max(...cells.map((row) => columnsOf(row[at] ?? ''))))
  const isFigure = headings.map((heading) => heading.startsWith(' '))
  return cells.map((row) =>
    row
      .map((cell, at) => {
        const gap = ' '.repeat((widths[at] ?? 0) - columnsOf(cell))
        return isFigure[at] === true ? gap + cell : cell + gap
      })
      .join('  ')
      .trimEnd(),
  )
}
