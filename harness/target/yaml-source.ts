import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
} from 'yaml'

/** Something wrong at one place of a file: `what is wrong; what to do`. Never holds a value of the file. */
export interface Mistake {
  /** In UTF-16 units from the beginning of the file. */
  readonly offset: number
  readonly text: string
}

/** A member's way down from the root, as zod has it. */
export type Path = readonly PropertyKey[]

/** A YAML file with its positions. */
export interface YamlSource {
  readonly document: Document.Parsed
  readonly lines: LineCounter
  /** What keeps the file from being read; nothing else of it means anything then. */
  readonly mistakes: readonly Mistake[]
}

const aliasesAtMost = 20

/** Reads YAML 1.2. The parser recurses, so what is nested beyond reason is turned away before it. */
export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter()
  const deep = tooDeepAt(text)
  if (deep !== undefined) {
    lines.addNewLine(0)
    for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1)
    const mistakes = [{ offset: deep, text: 'the file is nested too deeply; write what the schema describes' }]
    return { document: parseDocument(''), lines, mistakes }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const syntax = [...document.errors, ...document.warnings].map((error) => syntaxMistake(error, text))
  return { document, lines, mistakes: syntax.length > 0 ? firstOfEachLine(syntax, lines) : aliasMistakes(document) }
}

/** The values of the file, its aliases followed. Throws a ReferenceError where they multiply without bound. */
export const valuesOf = ({ document }: YamlSource): unknown => document.toJS({ maxAliasCount: aliasesAtMost })

/** `4:11` of an offset, both counted from one. */
export function positionOf({ lines }: YamlSource, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `${line}:${col}`
}

/** Where the value of a member begins; for one that is not there, the mapping or list that lacks it. */
export function offsetOf({ document }: YamlSource, path: Path): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const segment of path) {
    node = childOf(followed(node, document), segment)?.value
    if (node === undefined) return offset
    offset = startOf(node) ?? offset
  }
  return offset
}

/** Where the name of a member begins. */
export function keyOffsetOf(source: YamlSource, path: Path, key: string): number {
  let node: unknown = source.document.contents
  for (const segment of path) node = childOf(followed(node, source.document), segment)?.value
  const child = childOf(followed(node, source.document), key)
  return startOf(child?.key) ?? offsetOf(source, path)
}

/** The scalar that a path leads to, if it is one. */
export function scalarAt({ document }: YamlSource, path: Path): Scalar | undefined {
  let node: unknown = document.contents
  for (const segment of path) node = childOf(followed(node, document), segment)?.value
  const end = followed(node, document)
  return isScalar(end) ? end : undefined
}

/** Visits every scalar that is a value, not a name. */
export function forEachValue({ document }: YamlSource, look: (scalar: Scalar, offset: number) => void) {
  visit(document, {
    Scalar: (key, scalar) => {
      if (key !== 'key') look(scalar, scalar.range?.[0] ?? 0)
    },
  })
}

const startOf = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0]

const followed = (node: unknown, document: Document.Parsed): unknown => (isAlias(node) ? node.resolve(document) : node)

function childOf(node: unknown, segment: PropertyKey): { readonly key: unknown; readonly value: unknown } | undefined {
  if (isSeq(node)) return { key: undefined, value: node.items[Number(segment)] }
  if (!isMap(node)) return undefined
  return node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === segment)
}

const bracketsAtMost = 100
const indentAtMost = 200
const indicatorsAtMost = 50

/** The offset at which brackets, indentation, or mappings and lists within one line go beyond what any target file needs. */
function tooDeepAt(text: string): number | undefined {
  let open = 0
  for (const { index, 0: bracket } of text.matchAll(/[[{\]}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1)
    if (open > bracketsAtMost) return index
  }
  for (const { index, 0: line } of text.matchAll(/[^\r\n]+/g)) {
    if (line.search(/[^ \t]/) > indentAtMost || (line.match(/[-?:](?=\s|$)/g)?.length ?? 0) > indicatorsAtMost)
      return index
  }
  return undefined
}

const malformed = 'this is not YAML; compare indentation and punctuation with the lines above'

/** In our own words, for the parser's quote the file, and with it whatever secret stands there. */
const syntaxTexts: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; indent with spaces',
  DUPLICATE_KEY: 'the member stands here a second time; keep one of the two',
  BAD_SCALAR_START: 'no value can begin with this character; put the value in quotes',
  MISSING_CHAR: 'a colon, quote, bracket or comma is missing; look here and at the line above',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon makes this line ambiguous; put the value in quotes',
  MULTILINE_IMPLICIT_KEY: 'this line is no member; write name: value',
  BAD_DQ_ESCAPE: 'the backslash begins no escape that YAML knows; put the value in single quotes',
  BAD_INDENT: 'the indentation does not fit what surrounds it; close brackets, and align the members of a mapping',
  MULTIPLE_DOCS: 'a second document begins here; remove the line ---',
  TAG_RESOLVE_FAILED: 'the value has a tag that is not known; remove it, or put the value in quotes',
}

function syntaxMistake({ code, pos: [offset] }: YAMLError, text: string): Mistake {
  const reference = code === 'UNEXPECTED_TOKEN' && text.slice(offset - 1, offset + 1) === '${'
  if (reference)
    return {
      offset: offset - 1,
      text: 'a reference stands unquoted within braces or brackets; put it in quotes: "${NAME}"',
    }
  return { offset, text: syntaxTexts[code] ?? malformed }
}

/** One slip makes the parser stumble several times over the same line. */
function firstOfEachLine(mistakes: readonly Mistake[], lines: LineCounter): readonly Mistake[] {
  const first = new Map<number, Mistake>()
  for (const mistake of mistakes.toSorted((a, b) => a.offset - b.offset)) {
    const { line } = lines.linePos(mistake.offset)
    if (!first.has(line)) first.set(line, mistake)
  }
  return [...first.values()]
}

function aliasMistakes(document: Document.Parsed): readonly Mistake[] {
  const offsets: number[] = []
  const mistakes: Mistake[] = []
  visit(document, {
    Alias: (_, alias) => {
      const offset = alias.range?.[0] ?? 0
      offsets.push(offset)
      if (offsets.length > aliasesAtMost) return visit.BREAK
      if (alias.resolve(document) === undefined)
        mistakes.push({ offset, text: 'the alias refers to no anchor above it; write the value itself' })
      return undefined
    },
  })
  const last = offsets.at(-1)
  if (offsets.length > aliasesAtMost && last !== undefined)
    return [{ offset: last, text: `the file has more than ${aliasesAtMost} aliases; write the values themselves` }]
  if (mistakes.length > 0 || last === undefined) return mistakes
  try {
    document.toJS({ maxAliasCount: aliasesAtMost })
    return []
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return [{ offset: offsets[0] ?? last, text: 'the aliases multiply; write the values themselves' }]
  }
}
