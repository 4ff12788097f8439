import type { Share } from '../../core/story.ts'

/** What tells a process of a run from every other one. */
export const identityOf = ({ run = '', index, segment = '0:1' }: Share): string => `${run} ${index} ${segment}`

/** What a person calls it: its region where there are several, and its part of the iterations. */
export const nameOf = ({ region, segment = '0:1' }: Share): string =>
  region === undefined ? `the runner of ${segment}` : `the runner of ${region} ${segment}`
