/**
 * The lines of a source file that begin with the one line which starts with `start`: what it opens, to its end, and the
 * comment right above. Where that line is the first in a bare `{`, they are all of what is in these brackets. They are
 * moved to the left. Throws unless just one line starts so.
 */
export function excerpt(source: string, start: string): string {
  const lines = source.split('\n')
  const starts = lines.flatMap((line, at) => (line.trimStart().startsWith(start) ? [at] : []))
  const [found] = starts
  if (found === undefined || starts.length > 1)
    throw new TypeError(`${starts.length} lines start with ${start}, and just one should`)
  const at = lines[found - 1]?.trim() === '{' ? found - 1 : found
  const margin = indentOf(lines[at] ?? '')
  return lines
    .slice(firstOfComment(lines, at), endOf(lines, at, margin))
    .map((line) => line.slice(margin))
    .join('\n')
}

const indentOf = (line: string) => line.length - line.trimStart().length

function firstOfComment(lines: readonly string[], at: number): number {
  let first = at
  while (first > 0 && /^\s*(?:\/\*\*|\*|\/\/)/.test(lines[first - 1] ?? '')) first -= 1
  return first
}

/** Everything further to the right belongs to it, and so do the brackets that close what it opened. */
function endOf(lines: readonly string[], at: number, margin: number): number {
  let end = at + 1
  for (const [offset, line] of lines.slice(at + 1).entries()) {
    if (line.trim() === '') continue
    if (indentOf(line) < margin || (indentOf(line) === margin && !/^\s*[)\]}]/.test(line))) break
    end = at + offset + 2
  }
  return end
}
