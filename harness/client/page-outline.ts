import { type CheerioAPI, load } from 'cheerio/slim'

const childrenOf = ($: CheerioAPI) => $.root().children().toArray()
export type Element = ReturnType<typeof childrenOf>[number]

/** A form with the controls that belong to it; without `element`, the controls that no form owns. */
export interface PageForm {
  readonly element: Element | undefined
  readonly controls: readonly Element[]
}

/** As much of a page as a person acts on. */
export interface Outline {
  readonly $: CheerioAPI
  readonly forms: readonly PageForm[]
  readonly links: readonly Element[]
}

/** A page beyond these is no login page; deeper nesting is what browsers flatten, and what recursion cannot bear. */
const tagsAtMost = 40_000
const depthAtMost = 512
const controlsAtMost = 2000
const formsAtMost = 50

/**
 * The forms, controls and links of a page, or `undefined` where it is too large to be looked at. Tags are taken as they
 * stand: repairing them as browsers do takes quadratic time on a page made for it.
 */
export function outlineOf(html: string): Outline | undefined {
  let tags = 0
  for (const _ of html.matchAll(/<[a-z/]/gi)) if (++tags > tagsAtMost) return undefined
  const $ = load(html)
  const forms = new Map<Element | undefined, Element[]>([[undefined, []]])
  const byId = new Map<string, Element>()
  const loose: Element[] = []
  const links: Element[] = []
  let left = controlsAtMost
  const waiting = childrenOf($)
    .toReversed()
    .map((element) => ({ element, depth: 1, form: undefined as Element | undefined }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { element, depth } = next
    if (depth > depthAtMost) return undefined
    const form = next.form ?? (element.name === 'form' ? element : undefined)
    if (form === element) {
      forms.set(element, [])
      const id = element.attribs['id']
      if (id !== undefined && !byId.has(id)) byId.set(id, element)
    } else if (isControl(element) && left-- > 0) {
      if (element.attribs['form'] === undefined) forms.get(form)?.push(element)
      else loose.push(element)
    } else if (element.name === 'a' && element.attribs['href'] !== undefined && left-- > 0) links.push(element)
    for (const child of element.children.toReversed()) {
      if ('attribs' in child) waiting.push({ element: child, depth: depth + 1, form })
    }
  }
  for (const element of loose) forms.get(byId.get(element.attribs['form'] ?? ''))?.push(element)
  return { $, links, forms: [...forms].slice(0, formsAtMost).map(([element, controls]) => ({ element, controls })) }
}

const isControl = ({ name, attribs }: Element) =>
  name === 'input' || name === 'button' || name === 'select' || name === 'textarea' || attribs['role'] === 'button'
