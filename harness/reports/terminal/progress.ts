import type { RunEvent } from '../../runner/events.ts'
import type { Moment } from '../../load/result.ts'
import { counted, duration, latency, quantilesOf, rate, wholeNumber } from '../figures.ts'
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
        // They come all at once when the load is over.
        if (event.outcome.unit.kind === 'invariant') return undefined
        const perSecond = event.done / Math.max(0.001, (now() - startedAt) / 1000)
        return `${wholeNumber(event.done)} of ${counted(event.units, 'unit')}, ${counted(findings, 'finding')}, ${rate(perSecond)} units/s`
      }
      case 'load-progress': {
        const left = duration(Math.max(0, event.of - event.elapsed) * 1000)
        const what = event.scenarios.length > 2 ? `${event.scenarios.length} scenarios` : event.scenarios.join(', ')
        return `load: ${what}${event.latest === undefined ? '' : `, ${momentWords(event.latest)}`}, ${left} left`
      }
      default:
        return undefined
    }
  }
}

/** How the load goes at the moment. */
function momentWords({ rate: perSecond, failures, latency: measured }: Moment): string {
  const quantiles = quantilesOf(measured).map(([name, value]) => `${name} ${latency(value)}`)
  return [`${rate(perSecond)}/s`, ...(failures > 0 ? [`${wholeNumber(failures)} failed`] : []), ...quantiles].join(', ')
}
