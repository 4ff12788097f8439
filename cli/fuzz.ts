import { command, flag, list, wholeOr } from './command.ts'
import { exitCode } from './exit-codes.ts'
import { defaultRuns, jobOptions, perform } from './job.ts'
import { targetArgument, variationOptions } from './subject.ts'
import { listed } from './unit-list.ts'
import { properties, select, selectionHelp } from './units.ts'

export const fuzz = command({
  name: 'fuzz',
  summary: 'test a server with generated inputs, and shrink those that it answers wrongly',
  description:
    'A host that is not loopback must be named under authorized_hosts in the target file. The same seed tries the same inputs.',
  argument: targetArgument,
  options: {
    only: list('--only <names>', selectionHelp),
    runs: wholeOr('--runs <number>', 'try so many inputs with each property', { atLeast: 1, atMost: 1e6 }, defaultRuns),
    list: flag('--list', 'list the properties, and run none'),
    ...variationOptions,
    ...jobOptions,
  },
  examples: [
    { command: 'assay fuzz target.yaml --runs 1000', does: 'tries a thousand inputs with each property' },
    {
      command: 'assay fuzz target.yaml --only fuzz/redirect-uri --seed 7',
      does: 'fuzzes redirect URIs, with another seed',
    },
  ],
  run: async ({ argument: file, options, io }) => {
    const { mutant, dialect, only, runs } = options
    const units = select(properties, only)
    if (options.list) {
      io.out.write(listed(units, options.json))
      return exitCode.nothingFound
    }
    return (await perform({ choice: { file, mutant, dialect }, units, options, runs }, io)).exit
  },
})
