/** No tag has more of them that are read. */
const attributesAtMost = 100

/** The value of an attribute in a tag of HTML or XML, from its name on; nothing where it has none. */
export const attribute = (tag: string, name: string): string | undefined => attributesOf(tag).get(name.toLowerCase())

/** The attributes of a tag that have a value, by their names in small letters; of two of one name it is the first. */
export const attributesOf = (tag: string): ReadonlyMap<string, string> => quotedIn(tag) ?? readIn(tag)

/** Where each value stands in double quotes, as nearly everywhere: to take the tag apart there costs little. Nothing elsewhere. */
function quotedIn(tag: string): ReadonlyMap<string, string> | undefined {
  const pieces = tag.split('"')
  const last = pieces.length - 1
  if (last % 2 === 1 || last > 2 * attributesAtMost || pieces[last]?.includes('=') !== false) return undefined
  const found = new Map<string, string>()
  for (let at = 0; at < last; at += 2) {
    const name = nameBefore(pieces[at] ?? '')
    if (name === undefined) return undefined
    if (!found.has(name)) found.set(name, unescaped(pieces[at + 1] ?? ''))
  }
  return found
}

/** What stands before values is the same again and again. */
const names = new Map<string, string>()
const namesAtMost = { count: 500, length: 50 }

/** The name whose value comes next; nothing where something else comes first. */
function nameBefore(piece: string): string | undefined {
  const known = names.get(piece)
  if (known !== undefined) return known
  const equals = piece.indexOf('=')
  if (equals < 0 || piece.slice(equals + 1).trim() !== '') return undefined
  const name = lastWord(piece.slice(0, equals)).toLowerCase()
  if (piece.length <= namesAtMost.length && names.size < namesAtMost.count) names.set(piece, name)
  return name
}

function readIn(tag: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let from = 0
  for (let equals = tag.indexOf('='); equals >= 0 && found.size < attributesAtMost; equals = tag.indexOf('=', from)) {
    const name = lastWord(tag.slice(from, equals)).toLowerCase()
    // White space may stand before a value.
    const rest = tag.slice(equals + 1)
    const start = tag.length - rest.trimStart().length
    const quote = tag.charAt(start)
    const isQuoted = quote === '"' || quote === "'"
    // The value may be long: it is looked for its end, and not matched.
    const end = isQuoted ? tag.indexOf(quote, start + 1) : start + (bareValue.exec(tag.slice(start))?.[0].length ?? 0)
    if (end < 0) break
    if (!found.has(name)) found.set(name, unescaped(isQuoted ? tag.slice(start + 1, end) : tag.slice(start, end)))
    from = Math.max(equals, isQuoted ? end : end - 1) + 1
  }
  return found
}

/** What stands behind the last white space, where that is not at the end. */
function lastWord(text: string): string {
  const word = text.trim()
  const at = word.lastIndexOf(' ')
  const last = at < 0 ? word : word.slice(at + 1)
  return otherSpace.test(last) ? (last.split(otherSpace).at(-1) ?? '') : last
}

const otherSpace = /\s/
const bareValue = /^[^\s"'>]+/

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Text as it is read: character references of numbers, and of the names that HTML and XML share. */
export const unescaped = (text: string): string => (text.includes('&') ? withoutReferences(text) : text)

const withoutReferences = (text: string): string =>
  text.replaceAll(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (reference, decimal?: string, hexadecimal?: string, name?: string) => {
      if (name !== undefined) return named[name.toLowerCase()] ?? reference
      const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
      return code <= 0x10ffff ? String.fromCodePoint(code) : reference
    },
  )

/** A page is read up to here, in characters; so many forms of it, and so many tags of a form. */
const pageAtMost = 256 * 1024
const formsAtMost = 20
const tagsAtMost = 1000

/** The tags of each form of a page, its own first: each from its name on, and the text behind it. */
export function formsIn(html: string): readonly (readonly string[])[] {
  const page = html.slice(0, pageAtMost)
  const forms: (readonly string[])[] = []
  let next = placeOf('<form', page, 0)
  while (next < page.length && forms.length < formsAtMost) {
    const start = next
    next = placeOf('<form', page, start + 1)
    forms.push(
      page
        .slice(start + 1, Math.min(next, placeOf('</form', page, start)))
        .split('<')
        .slice(0, tagsAtMost),
    )
  }
  return forms
}

/** Where a tag begins, in small letters or in capitals; the end of the page where there is none. */
function placeOf(tag: string, page: string, from: number): number {
  const found = page.indexOf(tag, from)
  const other = found < 0 ? page.indexOf(tag.toUpperCase(), from) : found
  return other < 0 ? page.length : other
}

/** A tag without the text behind it. */
export const tagIn = (piece: string): string => piece.slice(0, endOfTag(piece, 0))

/** The start of an element. */
interface Start {
  readonly attributes: string
  /** Where it ends. */
  readonly end: number
}

const prefixOfName = /^(?:[\w.-]+:)?$/
const partOfName = /[\w.:-]/
const wholeAttributes = /^(?:[^<>"']|"[^"]*"|'[^']*')*$/

/** No prefix of a name is longer, in characters; and so many > are looked at, since they may stand in quotes. */
const prefixAtMost = 64
const endsAtMost = 50

/** So many elements of a name are found, and no tag is longer, in characters: beyond that it is made to be looked through. */
const elementsAtMost = 1000
const tagAtMost = 16 * 1024

/** The start of the first element of this name, whatever its prefix. */
export const firstElement = (xml: string, name: string): Start | undefined => elements(xml, name, 1)[0]

/** The start of each element of this name, or of the first so many, whatever its prefix. */
export function elements(xml: string, name: string, most = elementsAtMost): readonly Start[] {
  const found: Start[] = []
  let left = elementsAtMost
  for (let at = xml.indexOf(name); at >= 0 && left > 0 && found.length < most; at = xml.indexOf(name, at + 1)) {
    if (!isBehindPrefix(xml, at)) continue
    const behind = at + name.length
    if (partOfName.test(xml.charAt(behind))) continue
    left -= 1
    const end = endOfTag(xml, behind)
    if (end !== undefined) found.push({ attributes: xml.slice(behind, end), end: end + 1 })
  }
  return found
}

/** Whether a tag begins there, or its prefix stands in between. */
function isBehindPrefix(xml: string, at: number): boolean {
  if (xml.charAt(at - 1) === '<') return true
  if (xml.charAt(at - 1) !== ':') return false
  const near = xml.slice(Math.max(0, at - prefixAtMost), at)
  const start = near.lastIndexOf('<')
  return start >= 0 && prefixOfName.test(near.slice(start + 1))
}

/** Where the > of a tag is: the first one that is in no quotes. */
function endOfTag(xml: string, from: number): number | undefined {
  let end = xml.indexOf('>', from)
  for (let tries = 0; end >= 0 && end - from <= tagAtMost && tries < endsAtMost; tries++) {
    if (areWhole(xml.slice(from, end))) return end
    end = xml.indexOf('>', end + 1)
  }
  return undefined
}

/** Most attributes are in quotes of one kind, which come in pairs: to count these takes less than the pattern does. */
const areWhole = (attributes: string): boolean =>
  attributes.includes("'") || attributes.includes('<')
    ? wholeAttributes.test(attributes)
    : attributes.split('"').length % 2 === 1

/** The text that stands at a place, up to the next tag. */
export function textAt(markup: string, at: number): string {
  const end = markup.indexOf('<', at)
  return unescaped(end < 0 ? markup.slice(at) : markup.slice(at, end))
}
