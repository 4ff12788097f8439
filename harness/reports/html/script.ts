/**
 * What filters the findings and units of a page; without it they are all there. The address keeps the filter:
 * `#verdict=fail,broken&document=rfc6749&kind=check&text=code`. Other addresses name places on the page.
 */
export const script = `'use strict'
{
  const form = document.getElementById('filter')
  const shown = document.getElementById('shown')
  const { verdict, document: source, kind, text } = form.elements
  const boxes = [...verdict]

  const items = [...document.querySelectorAll('[data-verdict]')].map((element) => ({
    element,
    isUnit: element.tagName === 'TR',
    verdict: element.dataset.verdict,
    documents: element.dataset.documents.split(' '),
    kinds: element.dataset.kinds.split(' '),
    folder: element.closest('.folder'),
    words: undefined,
  }))
  const folders = [...document.querySelectorAll('#units .folder')].map((element) => ({ element, wasOpen: element.open }))
  // What a person sees of a finding before the exchanges are opened; all of a unit.
  const partsOf = ({ element, isUnit }) => (isUnit ? [element] : [...element.querySelectorAll('header, .contrast, h4, .again-line, .others')])
  const wordsOf = (item) =>
    (item.words ??= [item.element.dataset.id, ...partsOf(item).map((part) => part.textContent)].join(' ').toLowerCase())

  const wanted = () => ({
    verdicts: boxes.filter((box) => box.checked).map((box) => box.value),
    document: source.value,
    kind: kind.value,
    text: text.value.trim().toLowerCase(),
  })

  const suits = (item, want) =>
    (want.verdicts.length === 0 || want.verdicts.includes(item.verdict)) &&
    (want.document === '' || item.documents.includes(want.document)) &&
    (want.kind === '' || item.kinds.includes(want.kind)) &&
    (want.text === '' || wordsOf(item).includes(want.text))

  const apply = () => {
    const want = wanted()
    const isFiltered = want.verdicts.length > 0 || want.document !== '' || want.kind !== '' || want.text !== ''
    const busy = new Set()
    const count = { units: 0, allUnits: 0, findings: 0, allFindings: 0 }
    for (const item of items) {
      const isWanted = suits(item, want)
      if (item.element.hidden === isWanted) item.element.hidden = !isWanted
      if (isWanted && item.folder) busy.add(item.folder)
      count[item.isUnit ? 'allUnits' : 'allFindings'] += 1
      if (isWanted) count[item.isUnit ? 'units' : 'findings'] += 1
    }
    for (const { element, wasOpen } of folders) {
      element.hidden = !busy.has(element)
      element.open = isFiltered || wasOpen
    }
    shown.textContent = isFiltered
      ? count.findings + ' of ' + count.allFindings + ' broken requirements and ' + count.units + ' of ' + count.allUnits + ' units are shown'
      : ''
    return want
  }

  const keep = (want) => {
    const parts = []
    if (want.verdicts.length > 0) parts.push('verdict=' + want.verdicts.join(','))
    for (const name of ['document', 'kind', 'text']) {
      if (want[name] !== '') parts.push(name + '=' + encodeURIComponent(want[name]))
    }
    const address = parts.length > 0 ? '#' + parts.join('&') : location.pathname + location.search
    if (parts.length > 0 || location.hash.includes('=')) history.replaceState(null, '', address)
  }

  const restore = () => {
    if (!location.hash.includes('=')) return
    const kept = new URLSearchParams(location.hash.slice(1))
    const verdicts = (kept.get('verdict') ?? '').split(',')
    for (const box of boxes) box.checked = verdicts.includes(box.value)
    source.value = kept.get('document') ?? ''
    kind.value = kept.get('kind') ?? ''
    for (const list of [source, kind]) if (list.selectedIndex === -1) list.value = ''
    text.value = kept.get('text') ?? ''
    apply()
  }

  let waiting
  form.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => keep(apply()), 100)
  })
  form.addEventListener('reset', () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => keep(apply()), 0)
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  window.addEventListener('hashchange', restore)
  form.hidden = false
  restore()
}
`
