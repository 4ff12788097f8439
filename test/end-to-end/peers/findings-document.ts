import { readFileSync } from 'node:fs'

/** One finding that the document explains, and the configurations with which it is seen. */
export interface ExplainedFinding {
  readonly requirement: string
  readonly unit: string
  readonly seenWith: (configuration: string) => boolean
}

/** Why units do not apply, as a run says it, and the configurations with which it does. */
export interface ExplainedReason {
  readonly because: string
  readonly seenWith: (configuration: string) => boolean
}

export interface FindingsDocument {
  readonly text: string
  readonly findings: readonly ExplainedFinding[]
  readonly reasons: readonly ExplainedReason[]
  /** What is said of each requirement, by its id. */
  readonly explanations: ReadonlyMap<string, string>
  /** Every configuration that a table names. */
  readonly configurations: readonly string[]
}

/**
 * Reads a document of `docs/findings`: a table of findings, one of reasons, and sections whose headings name the
 * requirements that they explain. Parts in between gather sections, and explain nothing themselves.
 */
export function readFindings(name: string): FindingsDocument {
  const text = readFileSync(new URL(`../../../docs/findings/${name}.md`, import.meta.url), 'utf8')
  const findings = tableUnder(text, 'What is found')
  const reasons = tableUnder(text, 'What does not apply')
  const sections = text.split(/^(?=##)/m).flatMap((part) => (part.startsWith('### ') ? [part.slice(4)] : []))
  return {
    text,
    findings: findings.map(([requirement = '', unit = '', seen = '']) => ({
      requirement,
      unit,
      seenWith: within(seen),
    })),
    reasons: reasons.map(([because = '', seen = '']) => ({ because, seenWith: within(seen) })),
    explanations: new Map(sections.flatMap((section) => idsOf(section).map((id) => [id, section] as const))),
    configurations: [...findings, ...reasons].flatMap((cells) => namesOf(cells.at(-1) ?? '')),
  }
}

/** The cells of the rows of the first table under a heading, without the marks of code. */
function tableUnder(text: string, heading: string): readonly (readonly string[])[] {
  const [, section = ''] = text.split(`## ${heading}\n`)
  const [before = ''] = section.split(/^## /m)
  const [, , ...rows] = before.split('\n').filter((line) => line.startsWith('|'))
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  )
}

/** `all`, `all but one, another`, or `one, another`. */
const within = (seen: string) => (configuration: string) =>
  /^all\b/.test(seen) !== namesOf(seen).includes(configuration)

const namesOf = (seen: string): readonly string[] =>
  seen
    .replace(/^all(?: but)?\b/, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** The requirements that the heading of a section names. */
const idsOf = (section: string): readonly string[] =>
  [...(section.split('\n')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, id = '']) => id)
