import type * as Library from 'libxml2-wasm'
import type { XmlDocument, XmlElement as LibraryElement, XmlNode } from 'libxml2-wasm'

/** An element as plain data: comments, processing instructions and prefixes are gone. */
export interface XmlElement {
  /** '' where it is in none. */
  readonly namespace: string
  readonly name: string
  /** Those without a prefix by their name, others as `{namespace}name`. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The text between the tags, that of children left out. */
  readonly text: string
}

/** What came is no XML that anybody should read: it is not well-formed, it has a DTD, or it is made to take long. */
export class MalformedXml extends Error {
  override readonly name = 'MalformedXml'
}

export type XmlLibrary = typeof Library

let loading: Promise<XmlLibrary> | undefined

/** Loaded when it is first needed, for most runs have nothing to do with XML; and once, for an import costs as much as a parse. */
const xmlLibrary = async (): Promise<XmlLibrary> => await (loading ??= import('libxml2-wasm'))

/** No message or metadata of one server has more tags, comments and the like together. */
const tagsAtMost = 40_000

/** Parses octets, lets `work` see the document, and frees it. Loads nothing, expands nothing. Throws {@link MalformedXml}. */
export async function withDocument<T>(
  octets: Uint8Array,
  work: (document: XmlDocument, library: XmlLibrary) => T,
): Promise<T> {
  if (hasMoreTags(octets, tagsAtMost)) throw new MalformedXml('it has too many elements to be read')
  const library = await xmlLibrary()
  const document = parsed(octets, library)
  try {
    if (document.dtd !== null) throw new MalformedXml('it has a DTD')
    return work(document, library)
  } finally {
    document.dispose()
  }
}

/** UTF-16 has the same octet for the bracket, beside one that is none. */
function hasMoreTags(octets: Uint8Array, atMost: number): boolean {
  let tags = 0
  for (let at = octets.indexOf(0x3c); at >= 0; at = octets.indexOf(0x3c, at + 1)) if (++tags > atMost) return true
  return false
}

function parsed(octets: Uint8Array, { XmlDocument, ParseOption, XmlParseError }: XmlLibrary): XmlDocument {
  try {
    return XmlDocument.fromBuffer(octets, { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE })
  } catch (error) {
    if (error instanceof XmlParseError) throw new MalformedXml('it is not well-formed XML')
    throw error
  }
}

export const parseXml = async (octets: Uint8Array): Promise<XmlElement> =>
  await withDocument(octets, ({ root }, library) => plainElement(root, library))

/** An element of the library's tree as plain data. */
export function plainElement(element: LibraryElement, library: XmlLibrary): XmlElement {
  const nodes = nodesIn(element)
  return {
    namespace: element.namespaceUri,
    name: element.name,
    attributes: new Map(
      element.attrs.map(({ name, namespaceUri, value }) => [
        namespaceUri === '' ? name : `{${namespaceUri}}${name}`,
        value,
      ]),
    ),
    children: nodes
      .filter((node): node is LibraryElement => node instanceof library.XmlElement)
      .map((child) => plainElement(child, library)),
    text: nodes
      .filter((node) => node instanceof library.XmlText || node instanceof library.XmlCData)
      .map(({ content }) => content)
      .join(''),
  }
}

/** The elements directly below. */
export const elementsIn = (element: LibraryElement, library: XmlLibrary): readonly LibraryElement[] =>
  nodesIn(element).filter((node): node is LibraryElement => node instanceof library.XmlElement)

function nodesIn(element: LibraryElement): readonly XmlNode[] {
  const nodes: XmlNode[] = []
  for (let node = element.firstChild; node !== null; node = node.next) nodes.push(node)
  return nodes
}

/** The children of that name. */
export const childrenOf = (element: XmlElement | undefined, namespace: string, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.namespace === namespace && child.name === name) ?? []

/** The first child of that name. */
export const childOf = (element: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined =>
  childrenOf(element, namespace, name)[0]

/** The element and all that is in it, in the order of the document. */
export function* elementsOf(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* elementsOf(child)
}
