/** What `assay` exits with; scripts and pipelines rely on these. */
export const exitCode = {
  nothingFound: 0,
  findings: 1,
  couldNotJudge: 2,
  badUsage: 3,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
