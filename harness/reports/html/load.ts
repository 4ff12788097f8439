import type { GeneratorCost, LoadResult, ScenarioResult } from '../../load/result.ts'
import { counted, duration, latency, quantilesOf, rate, wholeNumber } from '../figures.ts'
import { courseOf, rateAgainstLatency } from './course.ts'
import { distribution, promiseBars } from './plot.ts'
import { cut, html, longestName, type Markup } from './markup.ts'

const columns = ['p50', 'p95', 'p99', 'max']

/** What the load scenarios measured. */
export function loadSection(load: LoadResult | undefined): Markup | undefined {
  if (load === undefined) return undefined
  if (load.state === 'not-run') {
    return html`<section id="load" aria-labelledby="load-heading">
      <h2 id="load-heading">Load</h2>
      <p><span class="verdict" data-state="untestable">not run</span> ${cut(load.because, 1000)}</p>
    </section>`
  }
  const { engine, seconds, scenarios, regions, timeline, generator, warnings, samples } = load
  return html`<section id="load" aria-labelledby="load-heading">
    <h2 id="load-heading">Load</h2>
    <p class="lead">
      ${duration(seconds * 1000)} of an open arrival rate, by k6 ${cut(engine, longestName)}.
      ${counted(samples.verified, 'sampled token')} verified in full, ${wholeNumber(samples.rejected)} rejected.
      ${costWords(generator)}
    </p>
    ${warnings.map((warning) => html`<p class="warning"><strong>Warning:</strong> ${cut(warning, 500)}</p>`)}
    ${figuresTable('latency', 'Throughput and latency by scenario', scenarios)} ${courseOf(timeline)}
    ${rateAgainstLatency(timeline)}
    ${regions.map(({ region, scenarios: own }, at) => figuresTable(`region-${at}`, `From ${cut(region, longestName)}`, own))}
    ${scenarios.map(scenarioDetail)}
  </section>`
}

/** A table of figures; its caption is found by that name. */
const figuresTable = (name: string, caption: string, scenarios: readonly ScenarioResult[]): Markup =>
  html`<div class="wide" role="region" aria-labelledby="${name}-caption" tabindex="0">
    <table class="figures">
      <caption id="${name}-caption">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">Scenario</th>
          ${['Req/s', 'Requests', 'Failed', 'Dropped', ...columns].map((heading) => html`<th scope="col" class="figure">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${scenarios.map(scenarioRow)}
      </tbody>
    </table>
  </div>`

function costWords({ processes, processorSeconds, busiest }: GeneratorCost): string {
  if (processorSeconds === undefined) return ''
  const share = busiest === undefined ? '' : `, ${Math.round(busiest * 100)} % of all processors at most`
  return `The generator, ${counted(processes, 'process', 'processes')}, used ${duration(processorSeconds * 1000)} of processor time${share}.`
}

function scenarioRow(scenario: ScenarioResult): Markup {
  const quantiles = new Map(quantilesOf(scenario.latency))
  const cells = [
    rate(scenario.requestsPerSecond),
    wholeNumber(scenario.requests),
    wholeNumber(scenario.failures),
    wholeNumber(scenario.droppedIterations),
    ...columns.map((name) => latency(quantiles.get(name) ?? Number.NaN)),
  ]
  return html`<tr>
    <th scope="row">${cut(scenario.scenario, longestName)}</th>
    ${cells.map((cell) => html`<td class="figure">${cell}</td>`)}
  </tr>`
}

const scenarioDetail = (scenario: ScenarioResult): Markup =>
  html`<article class="scenario">
    <h3>${cut(scenario.scenario, longestName)}</h3>
    <div class="plots">
      ${distribution(scenario)}
      <div>${promiseBars(scenario)}${invariantList(scenario)}</div>
    </div>
  </article>`

function invariantList({ invariants }: ScenarioResult): Markup | undefined {
  if (invariants.length === 0) return undefined
  const items = invariants.map(({ name, observed, broken }) => {
    const state = broken > 0 ? 'fail' : observed > 0 ? 'pass' : 'inapplicable'
    const word = broken > 0 ? 'broken' : observed > 0 ? 'held' : 'not seen'
    const times = broken > 0 ? `${wholeNumber(broken)} of ${counted(observed, 'time')}` : counted(observed, 'time')
    return html`<li>
      <span class="verdict" data-state="${state}">${word}</span>
      <span>${cut(name, longestName)} <span class="note">${times}</span></span>
    </li>`
  })
  return html`<h4>Invariants</h4>
    <ul class="invariants">
      ${items}
    </ul>`
}
