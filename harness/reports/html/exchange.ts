import type { Exchange } from '../../../core/exchange.ts'
import { counted, latency } from '../figures.ts'
import { cut, html, type Markup, type Piece } from './markup.ts'

/** A message's head or body that is longer is cut, in characters. */
const longestPart = 4000

/** Of the exchanges of one finding, so many are shown: the last ones, for there it broke. */
const exchangesAtMost = 12

/** All evidence of a page together, in characters; a browser still opens it at once. */
const longestEvidence = 6_000_000

/** Shows exchanges until the page has enough of them; the JSON report has them all. */
export function exchangeViewer(): (exchanges: readonly Exchange[]) => Markup | undefined {
  let left = longestEvidence
  return (exchanges) => {
    if (exchanges.length === 0) return undefined
    if (left <= 0)
      return html`<p class="note">
        ${counted(exchanges.length, 'exchange')}: see report.json, this page is long enough.
      </p>`
    const shown = exchanges.slice(-exchangesAtMost)
    const skipped = exchanges.length - shown.length
    const items = shown.map((exchange, at) => exchangeItem(exchange, skipped + at + 1))
    left -= items.reduce((sum, { text }) => sum + text.length, 0)
    return html`<details class="evidence">
      <summary>${counted(exchanges.length, 'exchange')}</summary>
      ${skipped > 0 ? html`<p class="note">The first ${skipped} are in report.json.</p>` : undefined}
      <ol class="exchanges">
        ${items}
      </ol>
    </details>`
  }
}

function exchangeItem({ request, response, failure, milliseconds }: Exchange, number: number): Markup {
  const answer = response === undefined ? 'no answer' : String(response.status)
  return html`<li>
    <p class="exchange-line">
      <span class="number">${number}</span> <span class="method">${cut(request.method, 40)}</span>
      <span class="path">${cut(pathOf(request.url), 300)}</span> <span class="status">${answer}</span>
      <span class="took">${latency(milliseconds)}</span>
    </p>
    <div class="messages">
      <div>
        <p class="message-name">Request</p>
        <pre>${message(`${request.method} ${request.url}`, request.headers, request.body)}</pre>
        ${leftOutNote(request)}
      </div>
      <div>
        <p class="message-name">Response</p>
        ${
          response === undefined
            ? html`<pre class="failure">${cut(failure ?? 'no answer came', longestPart)}</pre>`
            : html`<pre>${message(`HTTP ${response.status}`, response.headers, response.body)}</pre>
                ${leftOutNote(response)}
                ${response.truncated ? html`<p class="note">The answer went on; no more was read.</p>` : undefined}`
        }
      </div>
    </div>
  </li>`
}

const leftOutNote = ({ leftOut }: { readonly leftOut?: number }): Markup | undefined =>
  leftOut === undefined
    ? undefined
    : html`<p class="note">${counted(leftOut, 'more character')} were not kept as evidence.</p>`

function message(start: string, headers: Exchange['request']['headers'], body: string | undefined): readonly Piece[] {
  const head = [start, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n')
  const text = body === undefined || body === '' ? '' : `\n\n${cut(body.replaceAll('\r\n', '\n'), longestPart)}`
  return legible(cut(head, longestPart) + text)
}

/** The names that stand for secrets are marked and stay in one piece; lines may break after parameters. */
const legible = (text: string): readonly Piece[] =>
  text.split(/(\[[\w ]{1,40}\]|&)/).map((piece) => {
    if (piece === '&') return html`&amp;<wbr />`
    return /^\[[\w ]+\]$/.test(piece) ? html`<span class="secret">${piece}</span>` : piece
  })

function pathOf(url: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(url)?.[1]
  return (path ?? url).replace(/[?#].*$/s, '') || '/'
}
