import type { Finding } from '../../../core/finding.ts'
import type { NonEmpty } from '../../../core/verdict.ts'
import type { Outcome } from '../../runner/events.ts'
import { curlOf } from '../curl.ts'
import { counted } from '../figures.ts'
import { groupBy } from '../group-by.ts'
import type { Report } from '../report.ts'
import {
  addressOf,
  clauseOf,
  placeOf,
  replayCommand,
  type ReportedRequirement,
  severityText,
} from '../requirement-text.ts'
import { type BrokenRequirement, brokenRequirements, silentUnits } from '../standing.ts'
import { exchangeViewer } from './exchange.ts'
import { cut, html, longestName, type Markup, sentence } from './markup.ts'

/** Of the units that noticed the same, so many show their exchanges, and so many more are named. */
const shownAtMost = 4
const namedAtMost = 200

/** A value of the target is cut after so many characters. */
const longestValue = 1500

/** A command of more characters is nothing to be pasted. */
const longestCommand = 8000

type Show = ReturnType<typeof exchangeViewer>

/** Everything that the target got wrong, by requirement. */
export function findingsSection(report: Report): Markup {
  const broken = brokenRequirements(report)
  const kinds = new Map(report.outcomes.map(({ unit }) => [unit.id, unit.kind]))
  const show = exchangeViewer()
  return html`<section id="findings" aria-labelledby="findings-heading">
    <h2 id="findings-heading">Findings</h2>
    ${broken.length === 0 ? nothing(report) : broken.map((one) => article(one, kinds, show))}
  </section>`
}

const nothing = ({ outcomes }: Report): Markup =>
  outcomes.length === 0
    ? html`<p>Nothing was judged.</p>`
    : html`<p class="empty">No requirement was seen to be broken.</p>`

function article(
  { requirement, findings }: BrokenRequirement,
  kinds: ReadonlyMap<string, Outcome['unit']['kind']>,
  show: Show,
): Markup {
  const { id, level, document, title } = requirement
  const alike = groupBy(findings, ({ expected, actual, counterexample }) =>
    JSON.stringify([expected, actual, counterexample?.input]),
  )
  const noticing = new Set(findings.map(({ unit }) => kinds.get(unit) ?? 'check'))
  return html`<article
    class="breach"
    id="requirement/${id}"
    data-level="${level}"
    data-verdict="fail"
    data-documents="${document}"
    data-kinds="${[...noticing].join(' ')}"
  >
    <header>
      <p class="place">
        ${levelBadge(level)}
        ${place(requirement)}${placeOf(requirement).startsWith(title) ? undefined : html` <span class="document">${cut(title, longestName)}</span>`}
      </p>
      <h3>${sentence(clauseOf(requirement))}</h3>
    </header>
    ${[...alike.values()].map((group) => sighting(group, show))}
  </article>`
}

/** What was owed and what came, and every unit that saw just that. */
function sighting(findings: NonEmpty<Finding>, show: Show): Markup {
  const [{ expected, actual, counterexample, severity }] = findings
  const others = findings.slice(shownAtMost)
  return html`<div class="sighting">
    <dl class="contrast">
      <div>
        <dt>Expected</dt>
        <dd>${cut(expected, longestValue)}</dd>
      </div>
      <div class="actual">
        <dt>Actual</dt>
        <dd>${cut(actual, longestValue)}</dd>
      </div>
      <div class="severity">
        <dt>Severity</dt>
        <dd>${cut(severityText(severity), longestValue)}</dd>
      </div>
      ${
        counterexample === undefined
          ? undefined
          : html`<div class="input">
              <dt>Smallest input that shows it</dt>
              <dd><code>${cut(counterexample.input, longestValue)}</code></dd>
            </div>`
      }
    </dl>
    ${findings.slice(0, shownAtMost).map((finding) => witness(finding, show))}
    ${
      others.length === 0
        ? undefined
        : html`<details class="others">
            <summary>${counted(others.length, 'more unit')} saw the same</summary>
            <ul>
              ${others.slice(0, namedAtMost).map((finding) => html`<li><code>${cut(finding.unit, longestName)}</code> ${again(finding)}</li>`)}
            </ul>
            ${others.length > namedAtMost ? html`<p class="note">And ${others.length - namedAtMost} more, in report.json.</p>` : undefined}
          </details>`
    }
  </div>`
}

const witness = (finding: Finding, show: Show): Markup =>
  html`<div class="witness">
    <h4><span class="label">Noticed by</span> <code>${cut(finding.unit, longestName)}</code></h4>
    <p class="again-line">
      <span class="label">See it again</span> ${again(finding)}${
        finding.counterexample === undefined
          ? undefined
          : html` <span class="seed"
              >seed ${finding.counterexample.seed}, path ${cut(finding.counterexample.path, 200)}</span
            >`
      }
    </p>
    ${asCurl(finding)}${show(finding.evidence)}
  </div>`

/** The request after which it was seen: evidence is in the order in which it came. */
function asCurl({ evidence }: Finding): Markup | undefined {
  const command = curlOf(evidence)
  if (command === undefined || command.length > longestCommand) return undefined
  return html`<details class="last-request">
    <summary>The last request as a command</summary>
    <pre>${command}</pre>
  </details>`
}

const again = (finding: Finding): Markup => html`<code class="command">${replayCommand(finding)}</code>`

/** A level as a small sign; its words say what its colour does. */
export const levelBadge = (level: ReportedRequirement['level']): Markup =>
  html`<span class="level" data-level="${level}">${level}</span>`

/** Where a requirement stands, as a link to the text where it has an address. */
export function place(requirement: ReportedRequirement): Markup {
  const address = addressOf(requirement)
  return address === undefined
    ? html`<span>${placeOf(requirement)}</span>`
    : html`<a href="${address}" rel="noreferrer">${placeOf(requirement)}</a>`
}

/** The units that came to no verdict on the target, by their reason. */
export function silentSection(report: Report): Markup | undefined {
  const groups = [...groupBy(silentUnits(report), ({ state, because }) => `${state} ${because}`).values()]
  if (groups.length === 0) return undefined
  return html`<section id="not-judged" aria-labelledby="not-judged-heading">
    <h2 id="not-judged-heading">Not judged</h2>
    <p class="lead">
      These units neither passed nor failed. Until they can be run, nobody knows whether the target does what they ask.
    </p>
    <ul class="silent">
      ${groups.map(
        ([first, ...others]) =>
          html`<li>
            <p>
              <span class="verdict" data-state="${first.state}">${first.state}</span>
              ${sentence(cut(first.because, longestValue))}${first.state === 'broken' ? html` <span class="note">(a fault of Assay, not of the target)</span>` : undefined}
            </p>
            <p class="ids">${[first, ...others].slice(0, namedAtMost).map(({ id }) => html`<code>${id}</code> `)}</p>
          </li>`,
      )}
    </ul>
  </section>`
}
