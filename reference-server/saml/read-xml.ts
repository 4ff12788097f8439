import { SaxesParser, type SaxesTagNS } from 'saxes'
import { NotAnswerable } from './saml-error.ts'

/** An element as it was read: comments, processing instructions and prefixes are gone. */
export interface ReadElement {
  readonly namespace: string
  readonly name: string
  /** Those without a prefix, by name. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly ReadElement[]
  /** All text between the tags, that of children left out. */
  readonly text: string
}

/** No request nests deeper, or names more. */
const depthAtMost = 32
const elementsAtMost = 1000

/** Reads a document that has no DTD: what a DTD could define, entities above all, is nothing that a request needs. */
export function readXml(octets: Buffer): ReadElement {
  const open: Draft[] = []
  let root: Draft | undefined
  let elements = 0
  const parser = new SaxesParser({ xmlns: true, position: false })
  parser.on('doctype', () => refuse('holds a DTD'))
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-(?:8|16)$/i.test(encoding)) refuse('is neither in UTF-8 nor in UTF-16')
  })
  parser.on('opentag', (tag) => {
    const draft = draftOf(tag)
    elements += 1
    if (open.length >= depthAtMost || elements > elementsAtMost) refuse('is too large')
    open.at(-1)?.children.push(draft)
    root ??= draft
    open.push(draft)
  })
  parser.on('closetag', () => void open.pop())
  const addText = (text: string) => {
    const inner = open.at(-1)
    if (inner !== undefined) inner.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  try {
    parser.write(textOf(octets)).close()
  } catch (error) {
    if (error instanceof NotAnswerable) throw error
    refuse('is not well-formed')
  }
  return root ?? refuse('is empty')
}

type Draft = { -readonly [Key in keyof ReadElement]: ReadElement[Key] } & { children: Draft[] }

const draftOf = ({ uri, local, attributes }: SaxesTagNS): Draft => ({
  namespace: uri,
  name: local,
  attributes: new Map(
    Object.values(attributes).flatMap((one) => (one.prefix === '' ? [[one.local, one.value] as const] : [])),
  ),
  children: [],
  text: '',
})

/** UTF-16 says so by its first two octets (XML 1.0 §4.3.3). */
function textOf(octets: Buffer): string {
  const mark = octets.subarray(0, 2).toString('hex')
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding, { fatal: true }).decode(octets)
}

function refuse(why: string): never {
  throw new NotAnswerable(`the message ${why}`)
}

/** The first child of that name. */
export const childOf = (element: ReadElement, namespace: string, name: string): ReadElement | undefined =>
  element.children.find((child) => child.namespace === namespace && child.name === name)

export const childrenOf = (element: ReadElement, namespace: string, name: string): readonly ReadElement[] =>
  element.children.filter((child) => child.namespace === namespace && child.name === name)
