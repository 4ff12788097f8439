/** What Prometheus is asked, and what its answer is called: `{{label}}` stands for the value of a label. */
export interface Query {
  readonly expr: string
  readonly legend: string
}

/** What a panel shows: how figures go over time, or the last of them, large. */
export interface Panel {
  readonly kind: 'lines' | 'figure'
  readonly title: string
  /** How to read it, for somebody who sees it for the first time. */
  readonly description: string
  /** As Grafana calls it. */
  readonly unit: 's' | 'reqps' | 'ops' | 'percentunit' | 'bytes' | 'short'
  /** In columns, of which there are 24. */
  readonly width: number
  readonly queries: readonly Query[]
  /** From here on it is wrong, and red. */
  readonly wrongFrom?: number
}

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** The window of a rate: Grafana fits it to what is scraped and to what is shown. */
const over = '[$__rate_interval]'

export const rate = (series: string) => `rate(${series}${over})`

export const sumBy = (label: string, expr: string) => `sum by (${label}) (${expr})`

/**
 * A sum of what may never have happened: zero wherever the other series shows that somebody would have counted it. Where
 * nobody counts, it stays empty, for unknown is not zero.
 */
export const sumOrZero = (label: string | undefined, series: string, whereThereIs: string) => {
  const sum = label === undefined ? 'sum' : `sum by (${label})`
  return `${sum} (${series}) or 0 * ${sum} (${whereThereIs})`
}
