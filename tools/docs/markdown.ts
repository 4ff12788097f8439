/** A table of Markdown. Cells are Markdown too; a bar in them is escaped. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  const isFigure = (at: number) => rows.every((cells) => typeof cells[at] === 'number')
  return [line(heads), line(heads.map((_, at) => (isFigure(at) ? '--:' : '---'))), ...rows.map(line)].join('\n')
}

/** A block of code of this language. */
export const block = (language: string, code: string): string => `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``
