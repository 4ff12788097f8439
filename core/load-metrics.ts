/** The name of a story's own metric: k6 allows letters, digits and underscores. */
export const metricOf = (story: string, what: string) =>
  `assay_${story}_${what}`.replaceAll(/[^A-Za-z0-9]+/g, '_').toLowerCase()

/** The line by which the scripts hand a token over: its kind, then the token. */
export const samplePattern = /assay-sample (access_token|id_token) (\S+)/

/** The line by which the scripts report an iteration that threw. */
export const exceptionPattern = /assay-exception (.*)/
