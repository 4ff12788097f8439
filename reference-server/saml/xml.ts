import { namespaces } from './names.ts'

/** An element as it is written: its name with a prefix, its attributes by name, its children in order. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (XmlElement | string)[]
}

/** An element; what is `undefined` is left out. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (XmlElement | string | undefined)[]
): XmlElement => ({
  name,
  attributes: Object.fromEntries(
    Object.entries(attributes).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ),
  children: children.filter((child) => child !== undefined),
})

/**
 * The text of an element in exclusive canonical form: whatever verifies it will find these very octets again. A namespace
 * is declared where its prefix is first in use; `inScope` has the prefixes that an ancestor declared.
 */
export function canonicalXml(
  { name, attributes, children }: XmlElement,
  known: Readonly<Record<string, string>> = namespaces,
  inScope: ReadonlySet<string> = new Set(),
): string {
  const names = Object.keys(attributes)
  const used = [prefixOf(name), ...names.filter((one) => one.includes(':')).map(prefixOf)]
  const fresh = [...new Set(used)].filter((prefix) => !inScope.has(prefix)).toSorted()
  const declarations = fresh.map((prefix) => ` xmlns${prefix && `:${prefix}`}="${attributeText(uriOf(prefix, known))}"`)
  // Attributes without a prefix are in no namespace and come first (Canonical XML §2.2).
  const order = (one: string) => (one.includes(':') ? `${uriOf(prefixOf(one), known)} ${one}` : ` ${one}`)
  const pairs = names
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    .map((one) => ` ${one}="${attributeText(attributes[one] ?? '')}"`)
  const scope = new Set([...inScope, ...fresh])
  const content = children.map((child) => (typeof child === 'string' ? text(child) : canonicalXml(child, known, scope)))
  return `<${name}${declarations.join('')}${pairs.join('')}>${content.join('')}</${name}>`
}

const prefixOf = (name: string) => (name.includes(':') ? name.slice(0, name.indexOf(':')) : '')

function uriOf(prefix: string, known: Readonly<Record<string, string>>): string {
  const uri = known[prefix]
  if (uri === undefined) throw new TypeError(`the prefix ${prefix} stands for no namespace`)
  return uri
}

/** What XML 1.0 §2.2 lets no document hold, escaped or not. */
const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

const escaped =
  (pattern: RegExp) =>
  (value: string): string => {
    if (unwritable.test(value)) throw new TypeError('the text holds characters that XML cannot')
    return value.replaceAll(pattern, (character) => references[character] ?? character)
  }

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

const text = escaped(/[&<>\r]/g)

const attributeText = escaped(/[&<"\t\n\r]/g)
