import { command, wholeOr } from './command.ts'
import { knownFrom, readOwnCorpus } from './corpus.ts'
import { defaultRuns, jobOptions, perform } from './job.ts'
import { shortLoad } from './load-order.ts'
import { checks, properties } from './units.ts'

export const run = command({
  name: 'run',
  summary: 'test a server with everything: checks, fuzzing and a short load',
  description:
    'A host that is not loopback must be named under authorized_hosts in the target file. The short load is there for its invariants; `assay load` measures.',
  argument: { name: 'target', describe: 'the target file; `assay init` writes one', required: true },
  options: {
    runs: wholeOr('--runs <number>', 'try so many inputs with each property', { atLeast: 1, atMost: 1e6 }, defaultRuns),
    ...jobOptions,
  },
  examples: [
    { command: 'assay run target.yaml', does: 'tests the server and writes the reports into .assay/' },
    { command: 'assay run target.yaml --json | jq .summary', does: 'prints how many units came to which verdict' },
  ],
  run: async ({ argument: file, options, io }) => {
    const effort = { runs: options.runs, known: knownFrom(readOwnCorpus()) }
    const units = [...checks, ...properties]
    return (await perform({ choice: { file }, units, load: shortLoad, options, effort }, io)).exit
  },
})
