/** How a page looks. Colours meet WCAG AA on their ground, in both schemes. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f5f1; --surface: #ffffff; --sunk: #f3f2ed; --line: #dddad1; --ink: #1e2024; --muted: #5a5f66;
  --link: #0b4f9c; --brass: #7d5200; --metal: #f0c15c;
  --fail: #a81f17; --fail-ground: #fbecea; --warn: #7d4a00; --warn-ground: #fbf1df; --pass: #17663d; --pass-ground: #e6f3ea;
  --none: #5a5f66; --none-ground: #eeede8;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #131518; --surface: #1b1e22; --sunk: #15171a; --line: #343840; --ink: #e8e6e1; --muted: #a7abb2;
    --link: #92c5ff; --brass: #e0ad4a; --metal: #8a5a00;
    --fail: #ff9d92; --fail-ground: #3a1d1b; --warn: #f2bd66; --warn-ground: #352811; --pass: #82d8a8; --pass-ground: #16301f;
    --none: #a7abb2; --none-ground: #282b31;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 4rem; }
body {
  margin: 0 auto; max-width: 68rem; padding: 0 1.5rem 4rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; overflow-wrap: anywhere;
}
[hidden] { display: none !important; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
h1, h2, h3, h4, p, dl, dd, ul, ol, figure, fieldset { margin: 0; padding: 0; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
ul, ol { list-style: none; }
fieldset { border: 0; min-width: 0; }
code, pre { font-family: var(--mono); font-size: 0.875em; unicode-bidi: isolate; }
dd, .because, .title { unicode-bidi: isolate; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--surface); z-index: 3; }
.skip:focus { top: 0.5rem; }
.note, .lead, .label, .document, .proves, .because, .seed, .took { color: var(--muted); }
.note, .document, .proves, .seed, .took { font-size: 0.875rem; }
.lead { max-width: 46rem; margin-bottom: 1.25rem; }

.masthead { padding-block: 2.75rem 1.75rem; }
.eyebrow { display: flex; align-items: center; gap: 0.5rem; font-weight: 600; color: var(--brass); letter-spacing: 0.01em; }
.mark { width: 1.35rem; height: 1.35rem; }
.cup { fill: var(--brass); }
.metal { fill: var(--metal); }
h1 { margin: 0.6rem 0 0.35rem; font-size: clamp(1.35rem, 1rem + 2vw, 2.1rem); font-weight: 650; letter-spacing: -0.015em; text-wrap: wrap; }
.outcome { font-size: 1.125rem; color: var(--muted); }
.warning { margin: 0.75rem 0; padding: 0.6rem 0.9rem; border-radius: 6px; background: var(--warn-ground); color: var(--warn); }
.counts { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 0.75rem; margin: 1.75rem 0 0.75rem; }
.counts div { display: flex; flex-direction: column-reverse; }
.counts dt { color: var(--muted); font-size: 0.875rem; overflow-wrap: normal; }
.counts dd { font-size: 1.75rem; font-weight: 650; line-height: 1.1; font-variant-numeric: tabular-nums; color: var(--state, var(--ink)); }
.stack { display: block; width: 100%; height: 0.5rem; border-radius: 4px; background: var(--none-ground); }
.facts > div, .place > *, .again-line > *, .witness h4 > *, .others li > *, .exchange-line > * { min-width: 0; max-width: 100%; }
.facts { display: flex; flex-wrap: wrap; gap: 0.9rem 2.25rem; margin-top: 1.5rem; font-size: 0.9375rem; }
.facts dt { color: var(--muted); font-size: 0.8125rem; }

[data-state='fail'], [data-part='fail'] { --state: var(--fail); --state-ground: var(--fail-ground); }
[data-state='untestable'], [data-part='untestable'] { --state: var(--fail); --state-ground: transparent; }
[data-state='broken'], [data-part='broken'] { --state: var(--fail); --state-ground: transparent; }
[data-state='inapplicable'], [data-part='inapplicable'] { --state: var(--none); --state-ground: var(--none-ground); }
[data-state='pass'], [data-part='pass'] { --state: var(--pass); --state-ground: var(--pass-ground); }
[data-part] { fill: var(--state); }
[data-part='inapplicable'] { opacity: 0.45; }
[data-part='untestable'] { opacity: 0.6; }
[data-part='broken'] { opacity: 0.35; }
.verdict, .level {
  display: inline-block; padding: 0.05rem 0.5rem; border-radius: 4px; font-size: 0.8125rem; font-weight: 600; line-height: 1.5;
  white-space: nowrap; overflow-wrap: normal;
}
.verdict { color: var(--state); background: var(--state-ground); }
.verdict[data-state='broken'], .verdict[data-state='untestable'] { outline: 1px solid currentColor; outline-offset: -1px; }
.verdict[data-state='broken'] { outline-style: dashed; }
.level { border: 1px solid currentColor; color: var(--muted); letter-spacing: 0.02em; padding: 0 0.45rem; }
.level[data-level^='MUST'] { background: var(--ink); border-color: var(--ink); color: var(--ground); }
.level[data-level^='SHOULD'] { color: var(--ink); }

nav { position: sticky; top: 0; z-index: 2; margin: 0 -1.5rem; padding: 0 1.5rem; background: var(--ground); border-bottom: 1px solid var(--line); }
nav ul { display: flex; gap: 1.6rem; overflow-x: auto; scrollbar-width: none; }
nav a { display: block; padding: 0.7rem 0; color: var(--ink); text-decoration: none; white-space: nowrap; font-weight: 550; overflow-wrap: normal; }
nav a:hover { text-decoration: underline; }
nav a:focus-visible { outline-offset: -3px; }
.count { margin-left: 0.15rem; color: var(--muted); font-weight: 400; font-variant-numeric: tabular-nums; }

form { display: flex; flex-wrap: wrap; align-items: end; gap: 0.75rem 1rem; margin-top: 1.25rem; padding: 0.9rem 1rem 1rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
fieldset { display: flex; flex-wrap: wrap; gap: 0.4rem; flex: 1 0 100%; align-items: center; }
legend { float: left; margin-right: 0.75rem; padding: 0; }
legend, .field { font-size: 0.875rem; color: var(--muted); }
.choice { display: inline-flex; align-items: center; gap: 0.4rem; min-height: 2rem; padding: 0.1rem 0.7rem; border: 1px solid var(--line); border-radius: 1rem; font-size: 0.875rem; cursor: pointer; overflow-wrap: normal; }
.choice input { margin: 0; accent-color: var(--state); }
.choice:has(:checked) { border-color: var(--state); color: var(--state); background: var(--state-ground); }
.choice:has(:focus-visible) { outline: 3px solid var(--link); outline-offset: 1px; }
.choice input:focus-visible { outline: none; }
.field { display: flex; flex-direction: column; gap: 0.2rem; min-width: 0; }
.field.text { flex: 1 1 12rem; }
select, input[type='search'], button { min-height: 2.4rem; padding: 0.25rem 0.6rem; font: inherit; font-size: 0.9375rem; color: var(--ink); background: var(--ground); border: 1px solid var(--muted); border-radius: 6px; min-width: 0; max-width: 100%; }
input[type='search'] { width: 100%; }
button { padding: 0.25rem 0.9rem; cursor: pointer; }
button:hover { background: var(--sunk); }
#shown { flex: 1 0 100%; font-size: 0.875rem; color: var(--muted); }
#shown:empty { display: none; }

main > section { padding-top: 2.5rem; }
main > section, .masthead { overflow-x: clip; margin-inline: -0.75rem; padding-inline: 0.75rem; }
h2 { margin-bottom: 0.75rem; font-size: 1.5rem; font-weight: 650; letter-spacing: -0.01em; }
.empty { padding: 1.25rem; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); color: var(--pass); }

.breach { content-visibility: auto; contain-intrinsic-size: auto 22rem; margin-bottom: 1.25rem; background: var(--surface); border: 1px solid var(--line); border-left: 4px solid var(--warn); border-radius: 8px; overflow: hidden; }
.breach[data-level^='MUST'] { border-left-color: var(--fail); }
.breach:target { box-shadow: 0 0 0 2px var(--link); }
.breach > header { padding: 1.1rem 1.25rem 1rem; }
.place { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.6rem; font-size: 0.9375rem; }
.breach h3 { margin-top: 0.5rem; font-size: 1.1875rem; font-weight: 600; text-wrap: pretty; }
.sighting { padding: 1rem 1.25rem 1.1rem; border-top: 1px solid var(--line); }
.contrast { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem; }
.contrast > div { padding: 0.6rem 0.85rem 0.7rem; border-radius: 6px; background: var(--sunk); min-width: 0; overflow: clip; }
.contrast > .actual { background: var(--fail-ground); }
.contrast > .input, .contrast > .severity { grid-column: 1 / -1; }
.contrast dt { font-size: 0.8125rem; color: var(--muted); }
.contrast .actual dt { color: var(--fail); }
.contrast dd { white-space: pre-wrap; }
.witness { margin-top: 0.9rem; }
.witness + .witness { padding-top: 0.9rem; border-top: 1px dashed var(--line); }
h4 { font-size: 1rem; font-weight: 500; }
.witness h4, .again-line { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.6rem; }
.label { flex: 0 0 6.25rem; font-size: 0.875rem; font-weight: 400; }
.again-line { margin-top: 0.25rem; }
.command { padding: 0.15rem 0.5rem; border: 1px solid var(--line); border-radius: 4px; background: var(--sunk); -webkit-user-select: all; user-select: all; cursor: copy; }
summary { cursor: pointer; }
.evidence, .last-request, .others { margin-top: 0.5rem; }
.evidence > summary, .last-request > summary, .others > summary { display: inline-block; padding: 0.2rem 0; color: var(--link); font-size: 0.9375rem; }
.evidence > summary::before, .last-request > summary::before, .others > summary::before { content: '▸'; display: inline-block; width: 1.1em; }
.evidence[open] > summary::before, .last-request[open] > summary::before, .others[open] > summary::before { content: '▾'; }
.others li { padding: 0.3rem 0; display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: baseline; }
.exchanges > li { margin-top: 0.6rem; border: 1px solid var(--line); border-radius: 6px; overflow: clip; }
.exchange-line { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.6rem; padding: 0.4rem 0.75rem; background: var(--sunk); border-bottom: 1px solid var(--line); font-size: 0.9375rem; }
.number, .took { color: var(--muted); font-variant-numeric: tabular-nums; }
.method, .status { font-weight: 650; }
.path { font-family: var(--mono); font-size: 0.875em; min-width: 0; }
.status::before { content: '→ '; color: var(--muted); font-weight: 400; }
.messages { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.messages > div { padding: 0.5rem 0.75rem 0.75rem; min-width: 0; overflow: clip; }
.messages > div + div { border-left: 1px solid var(--line); }
.message-name { font-size: 0.8125rem; color: var(--muted); }
pre { margin: 0.1rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.8125rem; line-height: 1.5; tab-size: 2; }
.failure { color: var(--fail); }
.secret { color: var(--brass); white-space: nowrap; }

.silent > li { padding: 0.9rem 0; border-top: 1px solid var(--line); }
.silent > li:last-child { border-bottom: 1px solid var(--line); }
.silent .verdict { margin-right: 0.35rem; }
.ids { margin-top: 0.2rem; color: var(--muted); display: flex; flex-wrap: wrap; gap: 0 1rem; }

.folder { content-visibility: auto; contain-intrinsic-size: auto 12rem; margin-bottom: 0.75rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.folder:not([open]) { contain-intrinsic-size: auto 3rem; }
.folder > summary { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.75rem; padding: 0.7rem 1.1rem; list-style: none; }
.folder > summary::-webkit-details-marker { display: none; }
.folder > summary::before { content: '▸'; color: var(--muted); width: 0.8em; }
.folder[open] > summary::before { content: '▾'; }
.folder > summary:focus-visible { outline-offset: -3px; }
.folder h3 { font-size: 1rem; font-weight: 600; }
.tally { margin-left: auto; display: flex; flex-wrap: wrap; gap: 0 0.9rem; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.tally span { color: var(--state); }
.folder .stack { flex: 1 0 100%; height: 0.375rem; margin: 0.4rem 0 0.15rem; }
table { width: 100%; border-collapse: collapse; }
.folder table { table-layout: fixed; }
th, td { padding: 0.55rem 1.1rem; text-align: left; vertical-align: top; font-weight: 400; border-top: 1px solid var(--line); }
thead th { padding-top: 0.35rem; padding-bottom: 0.35rem; font-size: 0.8125rem; color: var(--muted); background: var(--sunk); }
thead th:first-child { width: 8.5rem; }
.figures th:first-child { width: auto; }
th[scope='row'] > code { overflow-wrap: anywhere; }
.proves, .because, .title { display: block; }
.because { font-size: 0.9375rem; }
.minor { width: 9.75rem; color: var(--muted); }
td.minor { font-size: 0.9375rem; }
.figure { text-align: right; white-space: nowrap; overflow-wrap: normal; font-variant-numeric: tabular-nums; }

.wide { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
.wide table { min-width: 44rem; }
.wide th[scope='row'] { font-weight: 600; overflow-wrap: normal; }
.wide tbody tr:first-child > * { border-top: 1px solid var(--line); }
caption { padding: 0.6rem 1.1rem; text-align: left; font-size: 0.875rem; color: var(--muted); }
.scenario { margin-top: 1rem; padding: 1.1rem 1.25rem 1.25rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
.scenario h3 { font-size: 1.1875rem; font-weight: 600; }
.plots { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.5rem 2.5rem; margin-top: 0.75rem; }
figcaption { margin-bottom: 0.35rem; font-size: 0.875rem; color: var(--muted); }
figure svg { display: block; width: 100%; max-width: 27rem; height: auto; }
svg text { font: 12.5px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: var(--muted); text-anchor: middle; }
svg .end { text-anchor: end; }
svg .name { text-anchor: start; fill: var(--ink); font-weight: 600; }
svg .value { fill: var(--ink); font-weight: 600; }
.grid { stroke: var(--line); }
.course { margin-block: 1rem; }
.course svg { max-width: 54rem; }
.area { fill: var(--brass); opacity: 0.35; }
.curve[data-quantile=p95] { stroke-dasharray: 6 3; }
.curve[data-quantile=p99] { stroke-dasharray: 2 3; }
.curve { fill: none; stroke: var(--brass); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--brass); stroke: var(--surface); stroke-width: 1.5; }
.track { fill: var(--none-ground); }
.kept { fill: var(--pass); }
.missed { fill: var(--fail); }
.bound { stroke: var(--ink); stroke-width: 2; }
.halo { stroke: var(--surface); stroke-width: 5; }
.scenario h4 { margin: 0.9rem 0 0.25rem; font-size: 0.875rem; color: var(--muted); }
.invariants li { display: grid; grid-template-columns: auto minmax(0, 1fr); align-items: baseline; gap: 0 0.65rem; padding: 0.2rem 0; }
.invariants .verdict { min-width: 5rem; text-align: center; }
.invariants .note { white-space: nowrap; }

footer { margin-top: 3rem; padding-top: 1.25rem; border-top: 1px solid var(--line); color: var(--muted); font-size: 0.875rem; }
footer p { max-width: 46rem; }

@media (max-width: 44rem) {
  body { padding: 0 1rem 3rem; }
  nav { margin: 0 -1rem; padding: 0 1rem; font-size: 0.8125rem; letter-spacing: -0.01em; }
  nav ul { justify-content: space-between; gap: 0.6rem; }
  nav .count { display: none; }
  .masthead { padding-block: 1.75rem 1.25rem; }
  .counts { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .contrast, .messages, .plots { grid-template-columns: minmax(0, 1fr); }
  .messages > div + div { border-left: 0; border-top: 1px solid var(--line); }
  .breach > header, .sighting, .scenario { padding-left: 1rem; padding-right: 1rem; }
  th, td, caption { padding: 0.5rem 0.75rem; }
  .folder > summary { padding: 0.65rem 0.75rem; }
  .folder .minor { display: none; }
  .folder thead th:first-child { width: 7.75rem; }
  .tally, .folder > summary > .document { margin-left: 1.55rem; flex-basis: calc(100% - 1.55rem); }
  .label { flex-basis: 100%; }
  .field:not(.text) { flex: 1 1 8rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  :root { --ground: #fff; --sunk: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, form, .skip { display: none !important; }
  .breach, .folder { content-visibility: visible; overflow: visible; }
  .breach > header, .contrast, tr, .scenario, .exchanges > li { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  .verdict, .level, .stack, .contrast > div, .track, .kept, .missed, [data-part] { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`
