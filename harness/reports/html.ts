import { createHash } from 'node:crypto'
import { counted, duration, wholeNumber } from './figures.ts'
import { coverageSection } from './html/coverage.ts'
import { findingsSection, silentSection } from './html/findings.ts'
import { loadSection } from './html/load.ts'
import { cut, html, longestName, Markup, sentence } from './html/markup.ts'
import { stackedBar } from './html/plot.ts'
import { script } from './html/script.ts'
import { style } from './html/style.ts'
import { states, unitsSection } from './html/units.ts'
import { type Report, targetName } from './report.ts'
import { documentName } from './requirement-text.ts'
import { brokenRequirements } from './standing.ts'

const hashOf = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`

/** More of what went wrong is in the JSON, in characters. */
const longestProblem = 1000

/** The policy knows these by their every character. */
const inlineStyle = new Markup(`<style>${style}</style>`)
const inlineScript = new Markup(`<script>${script}</script>`)

/** Nothing runs and nothing is fetched but what this page itself brings: https://www.w3.org/TR/CSP3/. */
const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const icon =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 32 32%22%3E%3Cpath d=%22M4 6h24l-5 20H9z%22 fill=%22%238a5a00%22/%3E%3Cpath d=%22M8 14h16l-2 8H10z%22 fill=%22%23ffd479%22/%3E%3C/svg%3E'

/** A report as one page of HTML that needs nothing else, and no JavaScript but for filtering. */
export function renderHtml(report: Report): string {
  const isJudged = report.outcomes.length > 0
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>Assay: ${cut(targetName(report.target), longestName)}</title>
        <link rel="icon" href="${new Markup(icon)}" />
        ${inlineStyle}
      </head>
      <body>
        <a class="skip" href="#findings">Skip to the findings</a>
        ${masthead(report)} ${isJudged ? navigation(report) : undefined}
        <main>
          ${isJudged ? filterForm(report) : undefined} ${findingsSection(report)} ${silentSection(report)}
          ${isJudged ? unitsSection(report) : undefined} ${loadSection(report.load)}
          ${isJudged ? coverageSection(report) : undefined}
        </main>
        <footer>
          <p>
            Written by Assay ${report.tool.version}. Secrets are replaced by their names, <code>[code 1]</code> for
            instance; a character that cannot be seen is spelt out, <code>\\u{1b}</code> for instance. The whole
            evidence is in <code>report.json</code>.
          </p>
        </footer>
        ${isJudged ? inlineScript : undefined}
      </body>
    </html> `
  return page.text
}

function masthead(report: Report): Markup {
  const { target, summary, outcomes, interrupted, problem } = report
  return html`<header class="masthead">
    <p class="eyebrow">
      <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
        <path class="cup" d="M4 6h24l-5 20H9z" />
        <path class="metal" d="M8 14h16l-2 8H10z" />
      </svg>
      Assay report
    </p>
    <h1>${cut(targetName(target), longestName)}</h1>
    <p class="outcome">${outcomeOf(report)}</p>
    ${problem === undefined ? undefined : problemNote(problem, outcomes.length > 0)}
    ${interrupted && problem === undefined ? html`<p class="warning"><strong>Interrupted:</strong> this is what was done until then.</p>` : undefined}
    <dl class="counts">
      ${states.map(
        ([state, word]) =>
          html`<div data-state="${state}">
            <dt>${word}</dt>
            <dd>${wholeNumber(summary[state])}</dd>
          </div>`,
      )}
    </dl>
    ${stackedBar(states.map(([state]) => [state, summary[state]]))}
    <dl class="facts">
      ${fact('Began', html`<time datetime="${report.startedAt}">${report.startedAt.slice(0, 16).replace('T', ' ')} UTC</time>`)}
      ${fact('Took', duration(report.milliseconds))} ${fact('Units', wholeNumber(outcomes.length))}
      ${fact('Seed', html`<code>${report.seed}</code>`)}
      ${target.file === undefined ? undefined : fact('Target file', html`<code>${cut(target.file, longestName)}</code>`)}
      ${target.mutant === undefined ? undefined : fact('Mutant', html`<code>${target.mutant}</code>`)}
      ${target.dialect === undefined ? undefined : fact('Dialect', html`<code>${target.dialect}</code>`)}
      ${
        target.capabilities.length === 0
          ? undefined
          : fact(
              'The target offers',
              target.capabilities.map((one) => html`<code>${cut(one, longestName)}</code> `),
            )
      }
      ${
        target.claims === undefined
          ? undefined
          : fact(
              'The target claims',
              target.claims.map((one) => html`<code>${cut(one, longestName)}</code> `),
            )
      }
    </dl>
  </header>`
}

const problemNote = ({ message, hint }: NonNullable<Report['problem']>, hasBegun: boolean): Markup =>
  html`<div class="warning">
    <p><strong>${hasBegun ? 'Broken off' : 'Not run'}:</strong></p>
    ${cut(message, longestProblem)
      .split('\n')
      .map((line) => html`<p>${line}</p>`)}
    <p>${sentence(cut(hint, longestProblem))}.</p>
  </div>`

const fact = (name: string, value: Parameters<typeof html>[1]): Markup =>
  html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`

function outcomeOf(report: Report): string {
  if (report.outcomes.length === 0) return 'Nothing was judged.'
  const { findings, untestable, broken } = report.summary
  const silent = untestable + broken
  const unjudged = silent === 0 ? '' : ` ${counted(silent, 'unit')} could not judge it.`
  if (findings === 0) return `Nothing was found.${unjudged}`
  return `It breaks ${counted(brokenRequirements(report).length, 'requirement')}, in ${counted(findings, 'finding')}.${unjudged}`
}

function navigation(report: Report): Markup {
  const silent = report.summary.untestable + report.summary.broken
  const links = [
    ['findings', 'Findings', brokenRequirements(report).length],
    ...(silent > 0 ? [['not-judged', 'Not judged', silent] as const] : []),
    ['units', 'Units', report.outcomes.length],
    ...(report.load === undefined ? [] : [['load', 'Load', undefined] as const]),
    ['requirements', 'Requirements', report.requirements.length],
  ] as const
  return html`<nav aria-label="Sections">
    <ul>
      ${links.map(
        ([id, name, count]) =>
          html`<li>
            <a href="#${id}"
              >${name}${count === undefined ? undefined : html` <span class="count">${wholeNumber(count)}</span>`}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`
}

/** Works by the script alone, which shows it. */
function filterForm({ requirements, outcomes }: Report): Markup {
  const documents = new Map(requirements.map((requirement) => [requirement.document, documentName(requirement)]))
  const kinds = [...new Set(outcomes.map(({ unit }) => unit.kind))]
  const choices = (all: string, options: Iterable<readonly [string, string]>) =>
    html`<option value="">${all}</option>
      ${[...options].map(([value, name]) => html`<option value="${value}">${name}</option>`)}`
  return html`<form id="filter" role="search" aria-label="Filter findings and units" hidden>
    <fieldset>
      <legend>Verdict</legend>
      ${states.map(
        ([state, word]) =>
          html`<label class="choice" data-state="${state}"
            ><input type="checkbox" name="verdict" value="${state}" /> ${word}</label
          >`,
      )}
    </fieldset>
    <label class="field"
      >Document
      <select name="document">
        ${choices('all documents', documents)}
      </select></label
    >
    <label class="field"
      >Kind
      <select name="kind">
        ${choices(
          'all kinds',
          kinds.map((kind) => [kind, kind] as const),
        )}
      </select></label
    >
    <label class="field text">Text <input type="search" name="text" autocomplete="off" spellcheck="false" /></label>
    <button type="reset">Show all</button>
    <p id="shown" role="status"></p>
  </form>`
}
