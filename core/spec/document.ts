/** The keyword of a normative sentence; `STATES` is a plain statement that the document makes without a keyword. */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY' | 'STATES'

/** One normative sentence of one document, in our own words. */
export interface Requirement {
  /** `document/name-of-the-row`, for instance `rfc6749/code-single-use`. */
  readonly id: string
  readonly document: string
  readonly section: string
  readonly level: Level
  /** What the server does, as a clause that follows "the server". */
  readonly text: string
  /** Why nobody outside the server can see whether it is met. */
  readonly unobservable?: string
}

export type Row =
  | readonly [section: string, level: Level, text: string]
  | readonly [section: string, level: Level, text: string, { readonly unobservable: string }]

export interface SpecDocument {
  readonly id: string
  readonly title: string
  /** Where the text is published. */
  readonly url: string
  readonly requirements: readonly Requirement[]
}

export type Requirements<Rows> = { readonly [Name in keyof Rows]: Requirement }

/** A document's rows as named requirements, and what the document itself is. */
export type DocumentTable<Rows> = Requirements<Rows> & { readonly [about]: SpecDocument }

/** The key under which a table holds its {@link SpecDocument}: a symbol, so that it never collides with a row. */
export const about: unique symbol = Symbol('about')

/** Where the RFC Editor publishes an RFC. */
export const rfc = (number: number) => `https://www.rfc-editor.org/rfc/rfc${number}`

/** Makes the table of one document: each row `name: [section, level, what the server does]` becomes a requirement. */
export function document<const Rows extends Readonly<Record<string, Row>>>(
  id: string,
  title: string,
  url: string,
  rows: Rows,
): DocumentTable<Rows> {
  const entries = Object.entries(rows).map(([name, [section, level, text, more]]): [string, Requirement] => [
    name,
    { id: `${id}/${kebabCase(name)}`, document: id, section, level, text, ...more },
  ])
  const requirements = Object.fromEntries(entries) as Requirements<Rows>
  return { ...requirements, [about]: { id, title, url, requirements: entries.map(([, row]) => row) } }
}

/** `codeSingleUse` → `code-single-use`. */
export const kebabCase = (name: string) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
