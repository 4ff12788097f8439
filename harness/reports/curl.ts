import type { Exchange } from '../../core/exchange.ts'

/** Headers that curl makes itself. */
const ofTheConnection: ReadonlySet<string> = new Set(['content-length', 'host', 'connection', 'transfer-encoding'])

/**
 * A command that sends the last request of some evidence, for a POSIX shell: on one line, in printable ASCII. The names that
 * stand for secrets have to be replaced by the secrets. Nothing where not all of the request was kept.
 */
export function curlOf(evidence: readonly Exchange[]): string | undefined {
  const request = evidence.at(-1)?.request
  if (request === undefined || request.leftOut !== undefined) return undefined
  const { method, url, headers, body } = request
  const sent = headers.filter(([name]) => !ofTheConnection.has(name.toLowerCase()))
  return [
    'curl --include --path-as-is --globoff',
    ...(method === 'GET' ? [] : [`--request ${quoted(method)}`]),
    ...sent.map(([name, value]) => `--header ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined || body === '' ? [] : [`--data-raw ${quoted(body)}`]),
    quoted(url),
  ].join(' ')
}

/** One word of a shell, whatever is in it. */
function quoted(text: string): string {
  if (/^[\w.:/-]+$/.test(text)) return text
  if (/^[\x20-\x7E]*$/.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`
  const escaped = [...Buffer.from(text)].map((octet) => {
    const character = String.fromCharCode(octet)
    if (character === "'" || character === '\\') return `\\${character}`
    return octet >= 0x20 && octet <= 0x7e ? character : `\\x${octet.toString(16).padStart(2, '0')}`
  })
  return `$'${escaped.join('')}'`
}
