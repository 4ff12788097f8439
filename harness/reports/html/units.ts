import type { NonEmpty, State } from '../../../core/verdict.ts'
import type { Outcome } from '../../runner/events.ts'
import { counted, duration, latency, wholeNumber } from '../figures.ts'
import { groupBy } from '../group-by.ts'
import type { Report } from '../report.ts'
import { placeOf, type ReportedRequirement } from '../requirement-text.ts'
import { findingsOf } from '../standing.ts'
import { cut, html, type Markup, sentence } from './markup.ts'

/** What each verdict is called in a count, the worst first. */
export const states: readonly (readonly [state: State, word: string])[] = [
  ['fail', 'failed'],
  ['untestable', 'untestable'],
  ['broken', 'broken'],
  ['inapplicable', 'inapplicable'],
  ['pass', 'passed'],
]

/** From so many units on, folders in which all went well are closed at first. */
const many = 200

/** Every unit that was run, in folders by the place that its id names. */
export function unitsSection({ outcomes, requirements }: Report): Markup {
  const known = new Map(requirements.map((requirement) => [requirement.id, requirement]))
  const folders = groupBy(outcomes, ({ unit: { id } }) => id.slice(0, Math.max(0, id.lastIndexOf('/'))) || 'units')
  return html`<section id="units" aria-labelledby="units-heading">
    <h2 id="units-heading">Units</h2>
    <p class="lead">
      Everything that was tried: checks ask one thing, properties ask it for many generated inputs, invariants watch it
      under load.
    </p>
    ${[...folders].map(([folder, group]) => folderTable(folder, group, known, outcomes.length < many))}
  </section>`
}

function folderTable(
  folder: string,
  outcomes: NonEmpty<Outcome>,
  known: ReadonlyMap<string, ReportedRequirement>,
  isFew: boolean,
): Markup {
  const isCalm = outcomes.every(({ verdict }) => verdict.state === 'pass' || verdict.state === 'inapplicable')
  const tally = states.flatMap(([state, word]) => {
    const count = outcomes.filter(({ verdict }) => verdict.state === state).length
    return count === 0 ? [] : [html`<span data-state="${state}">${wholeNumber(count)} ${word}</span>`]
  })
  return html`<details class="folder" ${isFew || !isCalm ? html` open` : undefined}>
    <summary>
      <h3>${folder}</h3>
      <span class="tally">${tally}</span>
    </summary>
    <table>
      <caption class="unseen">
        Units of ${folder}
      </caption>
      <thead>
        <tr>
          <th scope="col">Verdict</th>
          <th scope="col">Unit</th>
          <th scope="col" class="minor">Kind</th>
          <th scope="col" class="minor figure">Time</th>
        </tr>
      </thead>
      <tbody>
        ${outcomes.map((outcome) => unitRow(outcome, known))}
      </tbody>
    </table>
  </details>`
}

function unitRow(outcome: Outcome, known: ReadonlyMap<string, ReportedRequirement>): Markup {
  const { unit, verdict, milliseconds, tried } = outcome
  const broken = [...new Set(findingsOf(outcome).map(({ requirement }) => requirement))]
  const named = [...new Set([...unit.proves.map(({ id }) => id), ...broken])]
  const documents = new Set(named.map((id) => known.get(id)?.document ?? id.split('/')[0] ?? id))
  const name = unit.id.slice(unit.id.lastIndexOf('/') + 1)
  const places = unit.proves.flatMap(({ id }) => known.get(id) ?? []).map(placeOf)
  return html`<tr
    data-verdict="${verdict.state}"
    data-documents="${[...documents].join(' ')}"
    data-kinds="${unit.kind}"
    data-id="${unit.id}"
  >
    <td><span class="verdict" data-state="${verdict.state}">${verdict.state}</span></td>
    <th scope="row">
      <code>${name}</code
      >${name.replaceAll('-', ' ') === unit.title ? undefined : html`<span class="title">${sentence(unit.title)}</span>`}
      <span class="proves">${[...new Set(places)].join(', ')}</span>${reason(outcome, broken)}
    </th>
    <td class="minor">
      ${unit.kind}${tried === undefined ? undefined : html`<span class="proves">${counted(tried.inputs, 'input')}, ${counted(tried.requests, 'request')}</span>`}
    </td>
    <td class="minor figure">${milliseconds < 10_000 ? latency(milliseconds) : duration(milliseconds)}</td>
  </tr> `
}

function reason({ verdict }: Outcome, broken: readonly string[]): Markup | undefined {
  if (verdict.state === 'pass') return undefined
  if (verdict.state === 'fail') {
    const links = broken.map((id, at) => html`${at > 0 ? ', ' : ''}<a href="#requirement/${id}">${id}</a>`)
    return html`<span class="because">broke ${links}</span>`
  }
  return html`<span class="because"
    >${cut(verdict.state === 'broken' ? verdict.error.message : verdict.because, 500)}</span
  >`
}
