import type { DistanceCost } from './distance.ts'
import type { FlowCost } from './flows.ts'
import type { FuzzFigures } from './fuzz.ts'
import type { Issuance } from './issuance.ts'
import type { ScenarioCost } from './load.ts'
import type { Ratio } from './measure.ts'
import type { Memory } from './memory.ts'

export interface Results {
  readonly node: string
  /** Whether the servers and what drives them had a core each. */
  readonly pinned: boolean
  readonly issuance?: Readonly<Record<string, Issuance>>
  readonly flows?: Readonly<Record<string, FlowCost>>
  readonly memory?: Memory
  readonly fuzz?: FuzzFigures
  readonly load?: {
    readonly scenarios: Readonly<Record<string, ScenarioCost>>
    readonly distance: readonly DistanceCost[]
  }
}

const rounded = (value: number) => Math.round(value * 1000) / 1000

/** Each ratio by its name, its quartiles under the same name in `spread`. */
function plain(ratios: Readonly<Record<string, Ratio>>) {
  const entries = Object.entries(ratios)
  return {
    ...Object.fromEntries(entries.map(([name, { median }]) => [name, rounded(median)])),
    spread: Object.fromEntries(entries.map(([name, { spread }]) => [name, spread.map(rounded)])),
  }
}

const mapped = <V, W>(record: Readonly<Record<string, V>>, to: (value: V) => W) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]))

export const asJson = ({ issuance, flows, memory, fuzz, load, ...machine }: Results): string =>
  JSON.stringify(
    {
      ...machine,
      ...(issuance && {
        issuance: mapped(issuance, ({ microseconds, ...ratios }) => ({
          ...plain(ratios),
          microseconds: mapped(microseconds, rounded),
        })),
      }),
      ...(flows && {
        flows: mapped(flows, ({ microseconds, ...ratios }) => ({
          ...plain(ratios),
          microseconds: mapped(microseconds, rounded),
        })),
      }),
      ...(memory && {
        memory: {
          bytesPerGrant: Math.round(memory.bytesPerGrant),
          bytesPerGrantAt: mapped(memory.bytesPerGrantAt, Math.round),
          afterExpiry: rounded(memory.afterExpiry),
        },
      }),
      ...(fuzz && { fuzz: { ...fuzz, casesPerSecond: Math.round(fuzz.casesPerSecond) } }),
      ...(load && {
        load: {
          scenarios: mapped(load.scenarios, (cost) => ({
            requestsPerSecond: rounded(cost.requestsPerSecond),
            generatorMicrosPerRequest: rounded(cost.generatorMicrosPerRequest),
            ofBareScript: rounded(cost.ofBareScript),
            spread: cost.spread.map(rounded),
          })),
          distance: load.distance.map((one) => ({
            asked: one.asked,
            added: rounded(one.added),
            p99: rounded(one.p99),
          })),
        },
      }),
    },
    null,
    2,
  )

const said = ({ median, spread: [lower, upper] }: Ratio) =>
  `${median.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`

const microsecondsSaid = (all: Readonly<Record<string, number>>) =>
  Object.entries(all)
    .map(([kind, value]) => `${kind} ${value.toFixed(0)}`)
    .join(', ')

export function asText({ node, pinned, issuance = {}, flows = {}, memory, fuzz, load }: Results): string {
  const lines = [
    `Node ${node}, ${pinned ? 'a core each for servers and driver' : 'no core of their own for servers and driver'}`,
    'Ratios of processor time, the median of pairs and its quartiles; more is better.',
  ]
  for (const [format, { ofBareNode, ofOidcProvider, microseconds }] of Object.entries(issuance)) {
    lines.push('', `tokens, ${format}`, `  of bare node:http  ${said(ofBareNode)}`)
    lines.push(`  of oidc-provider   ${said(ofOidcProvider)}`, `  µs a token         ${microsecondsSaid(microseconds)}`)
  }
  for (const [name, { ofOidcProvider, microseconds }] of Object.entries(flows))
    lines.push(
      '',
      name,
      `  of oidc-provider   ${said(ofOidcProvider)}`,
      `  µs                 ${microsecondsSaid(microseconds)}`,
    )
  if (memory !== undefined) {
    lines.push('', 'memory', `  octets a grant     ${memory.bytesPerGrant.toFixed(0)}`)
    for (const [count, octets] of Object.entries(memory.bytesPerGrantAt))
      lines.push(`  with ${count.padStart(9)}     ${octets.toFixed(0)}`)
    lines.push(`  after all expired and as much came again: ${memory.afterExpiry.toFixed(2)} of the heap before`)
  }
  if (fuzz !== undefined) {
    const { casesPerSecond, requestsToKill: kills } = fuzz
    lines.push('', 'fuzzing', `  inputs a second    ${casesPerSecond.toFixed(0)}`)
    lines.push(`  requests to find one of ${kills.mutants} mutants: median ${kills.median}, p95 ${kills.p95}`)
    for (const mutant of kills.notFound) lines.push(`  not found          ${mutant}`)
  }
  if (load !== undefined) lines.push('', 'load: processor time of k6 for a request, and of the barest script')
  for (const [name, cost] of Object.entries(load?.scenarios ?? {})) {
    const { generatorMicrosPerRequest: micros, requestsPerSecond: perSecond, ofBareScript, spread } = cost
    lines.push(
      `  ${name.padEnd(18)} ${micros.toFixed(0)} µs at ${perSecond.toFixed(0)}/s, ${said({ median: ofBareScript, spread })}`,
    )
  }
  for (const { asked, added, p99 } of load?.distance ?? [])
    lines.push(`  a distance of ${asked} ms adds ${added.toFixed(2)} ms, p99 ${p99.toFixed(2)}`)
  return lines.join('\n')
}
