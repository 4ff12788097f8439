/** The name of a story's own metric: k6 allows letters, digits and underscores. */
export const metricOf = (story: string, what: string) =>
  `assay_${story}_${what}`.replaceAll(/[^A-Za-z0-9]+/g, '_').toLowerCase()

/** The line by which the scripts say that they are read and their virtual users made. */
export const readyMark = 'assay-ready'

/** What the last line of the scripts begins with: an `EngineSummary` in JSON follows. */
export const summaryMark = 'assay-summary '

/** The line by which the scripts report an iteration that threw. */
export const exceptionPattern = /assay-exception (.*)/
