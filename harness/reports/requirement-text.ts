import type { Level, Requirement } from '../../core/spec/document.ts'
import type { Finding, Severity } from '../../core/finding.ts'
import type { Report } from './report.ts'

export type ReportedRequirement = Report['requirements'][number]

/** How much a breach weighs, the heaviest first. */
const levels: readonly Level[] = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'STATES', 'MAY']

/** Orders requirements by the weight of their level; those of one weight keep their order. */
export const byLevel = (a: Requirement, b: Requirement) => weightOf(a.level) - weightOf(b.level)

const weightOf = (level: Level) => Math.floor(levels.indexOf(level) / 2)

/** What a document is called in a line: `RFC 6749`, or its title. */
export function documentName({ document, title }: Pick<ReportedRequirement, 'document' | 'title'>): string {
  const number = /^rfc(\d+)$/.exec(document)?.[1]
  return number === undefined ? title : `RFC ${number}`
}

/** Where a requirement stands: `RFC 6749 §4.1.2`. */
export const placeOf = (requirement: ReportedRequirement) =>
  requirement.section === '' ? documentName(requirement) : `${documentName(requirement)} §${requirement.section}`

/** A requirement as a clause; its level stands beside it. */
export const clauseOf = ({ text }: Requirement) => `the server ${text}`

/** A requirement's address: its section where the RFC Editor publishes it, else its document. Nothing where that is no web address. */
export function addressOf({ url, section }: ReportedRequirement): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, href } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  if (hostname !== 'www.rfc-editor.org') return href
  if (/^\d+(?:\.\d+)*$/.test(section)) return `${href}#section-${section}`
  return /^[A-Z](?:\.\d+)*$/.test(section) ? `${href}#appendix-${section}` : href
}

/** How much a finding matters, and why: `high: what has to be refused gets through`. */
export const severityText = ({ rank, because }: Severity) => `${rank}: ${because}`

/** Where a finding is looked for that is to be seen again, unless the command says where. */
export const usualReport = '.assay/report.json'

/** The command that shows a finding again, of the report that lies at this path. */
export function replayCommand({ fingerprint }: Pick<Finding, 'fingerprint'>, path = usualReport): string {
  const command = `npx assay replay ${fingerprint}`
  if (path === usualReport) return command
  return `${command} --report ${/^[\w./-]+$/.test(path) ? path : JSON.stringify(path)}`
}
