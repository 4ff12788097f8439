/** What Prometheus clients of every language call it. */
const metric = /^process_cpu_seconds_total(?:\{[^}]*\})? ([\d.eE+-]+)/m

/** It answers at once, or says nothing. */
const patienceMs = 2000

/** Seconds of one processor that a server has used so far, where it tells Prometheus; nothing where it does not. */
export async function serverSeconds(metricsUrl: string | undefined): Promise<number | undefined> {
  if (metricsUrl === undefined) return undefined
  try {
    const answer = await fetch(metricsUrl, { signal: AbortSignal.timeout(patienceMs), redirect: 'error' })
    const seconds = Number(metric.exec(await answer.text())?.[1] ?? Number.NaN)
    return Number.isFinite(seconds) ? seconds : undefined
  } catch {
    return undefined
  }
}
