import type { NonEmpty } from '../../../core/verdict.ts'
import { counted, wholeNumber } from '../figures.ts'
import { groupBy } from '../group-by.ts'
import type { Report } from '../report.ts'
import { clauseOf, documentName, type ReportedRequirement } from '../requirement-text.ts'
import { type Standing, standings } from '../standing.ts'
import { levelBadge, place } from './findings.ts'
import { html, type Markup, sentence } from './markup.ts'
import { stackedBar } from './plot.ts'

/** The standings with the verdict whose colours they share. */
const order: readonly (readonly [standing: Standing, state: string])[] = [
  ['broken', 'fail'],
  ['not judged', 'untestable'],
  ['inapplicable', 'inapplicable'],
  ['kept', 'pass'],
]

const stateOf = (standing: Standing) => order.find(([name]) => name === standing)?.[1] ?? ''

/** What the run says of each requirement that it touched, by document. */
export function coverageSection(report: Report): Markup {
  const standing = standings(report)
  const documents = groupBy(report.requirements, ({ document }) => document)
  return html`<section id="requirements" aria-labelledby="requirements-heading">
    <h2 id="requirements-heading">Requirements</h2>
    <p class="lead">
      The ${counted(report.requirements.length, 'requirement')} that this run touched, in our own words; the documents
      have the last one.
    </p>
    ${[...documents.values()].map((requirements) => documentTable(requirements, standing))}
  </section>`
}

function documentTable(requirements: NonEmpty<ReportedRequirement>, standing: ReadonlyMap<string, Standing>): Markup {
  const [first] = requirements
  const counts = order.map(
    ([name, state]) => [name, state, requirements.filter(({ id }) => standing.get(id) === name).length] as const,
  )
  const name = documentName(first)
  return html`<details class="folder">
    <summary>
      <h3>${name}</h3>
      ${name === first.title ? undefined : html` <span class="document">${first.title}</span>`}
      <span class="tally"
        >${counts.map(([word, state, count]) => (count === 0 ? undefined : html`<span data-state="${state}">${wholeNumber(count)} ${word}</span>`))}</span
      >
      ${stackedBar(counts.map(([, state, count]) => [state, count]))}
    </summary>
    <table>
      <caption class="unseen">
        Requirements of ${first.title}
      </caption>
      <thead>
        <tr>
          <th scope="col">Standing</th>
          <th scope="col">Requirement</th>
          <th scope="col" class="minor">Level</th>
        </tr>
      </thead>
      <tbody>
        ${requirements.map((requirement) => requirementRow(requirement, standing.get(requirement.id) ?? 'not judged'))}
      </tbody>
    </table>
  </details>`
}

const requirementRow = (requirement: ReportedRequirement, standing: Standing): Markup =>
  html`<tr>
    <td><span class="verdict" data-state="${stateOf(standing)}">${standing}</span></td>
    <th scope="row">
      ${standing === 'broken' ? html`<a href="#requirement/${requirement.id}">${sentence(clauseOf(requirement))}</a>` : sentence(clauseOf(requirement))}
      <span class="proves">${place(requirement)}</span>
    </th>
    <td class="minor">${levelBadge(requirement.level)}</td>
  </tr> `
