/** The name of a story's own metric: k6 allows letters, digits and underscores. */
export const metricOf = (story: string, what: string) =>
  `assay_${story}_${what}`.replaceAll(/[^A-Za-z0-9]+/g, '_').toLowerCase()

/** How often an invariant of a story was looked at, and how often it did not hold. */
export const observedOf = (story: string, invariant: string) => metricOf(story, `${invariant} observed`)
export const brokenOf = (story: string, invariant: string) => metricOf(story, `${invariant} broken`)

/** The line by which the scripts say that they are read and their virtual users made. */
export const readyMark = 'assay-ready'

/** What the last line of the scripts begins with: an `EngineSummary` in JSON follows. */
export const summaryMark = 'assay-summary '

/** The line by which the scripts report an iteration that threw. */
export const exceptionPattern = /assay-exception (.*)/
