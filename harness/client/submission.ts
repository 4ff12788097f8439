import { markAttribute, intentOfButton, isSeen, typeOf, visibleText } from './controls.ts'
import type { Element, Outline, PageForm } from './page-outline.ts'
import { intentOf } from './wording.ts'

/** A form filled in and ready to be sent: by whoever sends it, or by hand in a browser. */
export interface Submission {
  readonly kind: 'submit'
  readonly asks: 'password' | 'user name' | 'decision' | 'nothing'
  /** The names of its fields: the same each time that the form is shown. */
  readonly name: string
  /** The raw attribute; '' for the page's own URL. */
  readonly action: string
  /** What the page says that its references are relative to. */
  readonly base: string | undefined
  readonly method: 'GET' | 'POST'
  readonly pairs: readonly (readonly [name: string, value: string])[]
  /** What to do in a browser, by the marks of the elements. */
  readonly byHand: {
    readonly type: readonly (readonly [mark: string, text: string])[]
    readonly check: readonly string[]
    readonly press: string | undefined
  }
}

export interface Filling {
  readonly asks: Submission['asks']
  readonly typed: readonly (readonly [field: Element, text: string])[]
  readonly button: Element | undefined
}

/** Fills a form in, and says what a browser would send with it. */
export function submissionOf(outline: Outline, form: PageForm, { asks, typed, button }: Filling): Submission {
  const { $ } = outline
  const checked = asks === 'decision' ? choicesOf(outline, form, button) : []
  for (const [field, text] of typed) $(field).val(text)
  for (const choice of checked) choice.attribs['checked'] = ''
  for (const control of form.controls) {
    if (['checkbox', 'radio'].includes(typeOf(control))) control.attribs['value'] ??= 'on'
  }
  const { element } = form
  const own = button?.name === 'button' || button?.name === 'input' ? button.attribs : {}
  return {
    kind: 'submit',
    asks,
    name: form.controls
      .filter((control) => isSeen(control))
      .map(({ attribs }) => attribs['name'] ?? '')
      .join(' ')
      .slice(0, 1000),
    action: own['formaction'] ?? element?.attribs['action'] ?? '',
    base: baseHref(outline),
    method: /^\s*post\s*$/i.test(own['formmethod'] ?? element?.attribs['method'] ?? '') ? 'POST' : 'GET',
    pairs: [
      ...$([...form.controls])
        .filter('[name]')
        .serializeArray()
        .map(({ name, value }) => [name, value] as const),
      ...pairsOfButton(button),
    ],
    byHand: {
      type: typed.map(([field, text]) => [markOf(field), text]),
      check: checked.map(markOf),
      press: button?.attribs[markAttribute],
    },
  }
}

export const baseHref = ({ $ }: Outline): string | undefined => $('base[href]').first().attr('href')

const markOf = ({ attribs }: Element) => attribs[markAttribute] ?? ''

function pairsOfButton(button: Element | undefined): readonly (readonly [string, string])[] {
  const { name = '', value = '' } = button?.attribs ?? {}
  if (button !== undefined && typeOf(button) === 'image') {
    return ['x', 'y'].map((axis) => [name === '' ? axis : `${name}.${axis}`, '0'])
  }
  return name === '' ? [] : [[name, value]]
}

/** Who accepts ticks every box and, of each set of radio buttons, the one that says so; who refuses changes nothing but those. */
function choicesOf(outline: Outline, { controls }: PageForm, button: Element | undefined): readonly Element[] {
  const wanted = button !== undefined && intentOfButton(outline, button) === 'refuses' ? 'refuses' : 'accepts'
  const usable = controls.filter((control) => isSeen(control) && control.attribs['disabled'] === undefined)
  const boxes = wanted === 'accepts' ? usable.filter((control) => typeOf(control) === 'checkbox') : []
  const radios = [...radioSets(usable).values()].flatMap((set) => {
    const saying = set.find((radio) => intentOf(labelOf(outline, radio), radio.attribs['value'] ?? '') === wanted)
    const one = saying ?? (set.some(({ attribs }) => attribs['checked'] !== undefined) ? undefined : set[0])
    if (saying !== undefined) for (const radio of set) delete radio.attribs['checked']
    return one === undefined ? [] : [one]
  })
  return [...boxes, ...radios].filter(({ attribs }) => attribs['checked'] === undefined)
}

function radioSets(controls: readonly Element[]): ReadonlyMap<string, readonly Element[]> {
  const sets = new Map<string, Element[]>()
  for (const control of controls.filter((one) => typeOf(one) === 'radio')) {
    const name = control.attribs['name'] ?? ''
    sets.set(name, [...(sets.get(name) ?? []), control])
  }
  return sets
}

/** What stands beside a radio button. */
function labelOf(outline: Outline, { attribs, parent }: Element): string {
  const { $ } = outline
  const id = attribs['id'] ?? ''
  const label = $('label')
    .toArray()
    .find((one) => id !== '' && one.attribs['for'] === id)
  const around = parent !== null && 'attribs' in parent && parent.name === 'label' ? parent : undefined
  return [label, around].map((one) => (one === undefined ? '' : visibleText(outline, one))).join(' ')
}
