/** One test of another analyser, or one class of tests, and what of ours stands beside it. */
export interface ParityRow {
  readonly test: string
  readonly looksAt: string
  readonly ours: string
  /** Covered where units come first; a reason is whatever is neither covered nor waiting. */
  readonly state: 'covered' | 'waiting' | 'reason'
  /** The units and requirements that stand in the cell, in its order. */
  readonly names: readonly string[]
  /** The documents without which there is no surface, by their ids. */
  readonly waitsFor: readonly string[]
}

export interface ParityPage {
  readonly rows: readonly ParityRow[]
  /** What the page says of its own rows. */
  readonly figures: ReadonlyMap<string, number>
}

/** Reads a page of `docs/parity`: a table of figures, and tables of tests under headings. */
export function parityOf(text: string): ParityPage {
  const [opening = '', ...sections] = text.split(/^## /m)
  return {
    rows: sections.flatMap(tableIn).map(([test = '', looksAt = '', ours = '']) => rowOf(test, looksAt, ours)),
    figures: new Map(tableIn(opening).map(([name = '', number = '']) => [name, Number(number)])),
  }
}

/** The cells of the rows of the tables in a section. */
const tableIn = (section: string): readonly (readonly string[])[] =>
  section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

function rowOf(test: string, looksAt: string, ours: string): ParityRow {
  const waits = ours.startsWith('waits for ')
  return {
    test: test.replaceAll('`', ''),
    looksAt,
    ours,
    state: ours.startsWith('`') ? 'covered' : waits ? 'waiting' : 'reason',
    names: [...ours.matchAll(/`([^`\s]+\/[^`\s]+)`/g)].map(([, name = '']) => name),
    waitsFor: waits ? [...ours.matchAll(/\bRFC (\d+)/g)].map(([, number]) => `rfc${number}`) : [],
  }
}
