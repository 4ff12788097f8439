/** Characters that take two columns of a terminal: those of East Asian scripts, and emoji. */
const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}|[\u{20000}-\u{3FFFD}]/u

/** Characters that stand on the one before them. */
const combining = /\p{M}/u

/** How many columns a text takes. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += columnsOfOne(character)
  return columns
}

function columnsOfOne(character: string): number {
  if (combining.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** A text in lines of at most so many columns: broken at spaces, and within a word that is longer than a line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    const joined = line === '' ? word : `${line} ${word}`
    if (columnsOf(joined) <= width) {
      line = joined
    } else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line].filter((one, at) => one !== '' || at === 0)
}

/** A word in pieces of at most so many columns, broken after a slash or a dash where there is one near the end. */
function pieces(word: string, width: number): readonly string[] {
  const parts: string[] = []
  let rest = word
  while (columnsOf(rest) > width) {
    const whole = cutAt(rest, width)
    const seam = /^.*[/&?,_-]/su.exec(whole)?.[0]
    const part = seam !== undefined && seam.length > whole.length / 2 ? seam : whole
    parts.push(part)
    rest = rest.slice(part.length)
  }
  return [...parts, rest]
}

/** The beginning of a text that fits into so many columns; never empty. */
export function cutAt(text: string, width: number): string {
  let columns = 0
  let end = 0
  for (const character of text) {
    columns += columnsOfOne(character)
    if (columns > width && end > 0) break
    end += character.length
  }
  return text.slice(0, end)
}
