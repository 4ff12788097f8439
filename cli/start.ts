import { command, wholeOr } from './command.ts'
import { knownFrom, readOwnCorpus } from './corpus.ts'
import { jobOptions, defaultRuns, perform } from './job.ts'
import { shortLoad } from './load-order.ts'
import { variationOptions } from './subject.ts'
import { checks, properties } from './units.ts'

export const start = command({
  name: 'start',
  summary: 'test the embedded reference server with everything: checks, fuzzing and a short load',
  description:
    'The server is right unless a mutant or a dialect is named, so this shows what a run looks like, and how a fault is caught.',
  options: {
    ...variationOptions,
    runs: wholeOr('--runs <number>', 'try so many inputs with each property', { atLeast: 1, atMost: 1e6 }, defaultRuns),
    ...jobOptions,
  },
  examples: [
    { command: 'assay start', does: 'tests the right server: nothing is found' },
    {
      command: 'assay start --mutant code-is-single-use/accepts-any-replay',
      does: 'tests a server that takes an authorization code twice',
    },
  ],
  run: async ({ options, io }) => {
    const { mutant, dialect, runs } = options
    const effort = { runs, known: knownFrom(readOwnCorpus()) }
    const units = [...checks, ...properties]
    return (await perform({ choice: { mutant, dialect }, units, load: shortLoad, options, effort }, io)).exit
  },
})
