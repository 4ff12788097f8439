import type { RunEvent } from '../../runner/events.ts'
import { counted, duration, latency, rate, wholeNumber } from '../figures.ts'
import { findingsOf } from '../standing.ts'

/** What a run has come to, in one line of our own words; nothing where there is nothing to tell yet. */
export function trackProgress(now: () => number): (event: RunEvent) => string | undefined {
  let startedAt = now()
  let findings = 0

  return (event) => {
    switch (event.type) {
      case 'run-started':
        startedAt = now()
        return `0 of ${counted(event.units, 'unit')}`
      case 'unit-finished': {
        findings += findingsOf(event.outcome).length
        const perSecond = event.done / Math.max(0.001, (now() - startedAt) / 1000)
        return `${wholeNumber(event.done)} of ${counted(event.units, 'unit')}, ${counted(findings, 'finding')}, ${rate(perSecond)} units/s`
      }
      case 'load-progress': {
        const left = duration(Math.max(0, event.of - event.elapsed) * 1000)
        const p95 = event.p95 === undefined ? '' : `, p95 ${latency(event.p95)}`
        return `${event.scenario}: ${rate(event.requestsPerSecond)} req/s, ${counted(event.errors, 'error')}${p95}, ${left} left`
      }
      default:
        return undefined
    }
  }
}
