import { command, flag, list, period, share, text, whole } from './command.ts'
import { knownFrom, readCorpus, readOwnCorpus } from './corpus.ts'
import { exitCode } from './exit-codes.ts'
import { defaultRuns, jobOptions, perform } from './job.ts'
import { targetArgument, variationOptions } from './subject.ts'
import { listed } from './unit-list.ts'
import { properties, select, selectionHelp } from './units.ts'

const most = { atLeast: 1, atMost: 1e6 }

export const fuzz = command({
  name: 'fuzz',
  summary: 'test a server with generated inputs, and shrink those that it answers wrongly',
  description:
    'Inputs that showed a fault before, of this server or of another, are tried first. A host that is not loopback must be named under authorized_hosts in the target file. The same seed tries the same inputs on a server that answers the same.',
  argument: targetArgument,
  options: {
    only: list('--only <names>', `${selectionHelp}; fuzz/ may be left out`),
    runs: {
      ...whole('--runs <number>', 'try so many inputs with each property', most),
      initially: `${defaultRuns}, or as many as --for allows`,
    },
    for: period('--for <time>', 'go on for so long, each property for its share: 90s, 5m, 1h30m'),
    requests: whole('--requests <number>', 'begin no input of a property after so many requests', most),
    shard: share('--shard <part/parts>', 'try only this part of the inputs: 1/4, 2/4 and so on are others'),
    corpus: text('--corpus <file>', 'try the inputs that this file holds first, and add those that are found'),
    list: flag('--list', 'list the properties, and run none'),
    ...variationOptions,
    ...jobOptions,
  },
  examples: [
    { command: 'assay fuzz target.yaml --for 5m', does: 'tries inputs for five minutes' },
    {
      command: 'assay fuzz target.yaml --only redirect-uri --seed 7',
      does: 'fuzzes redirect URIs, with another seed',
    },
    { command: 'assay fuzz target.yaml --corpus found.json', does: 'begins with what was found before' },
  ],
  run: async ({ argument: file, options, io }) => {
    const { mutant, dialect, only, runs, for: milliseconds, requests, shard, corpus } = options
    const units = select(properties, only.map(inFolder))
    if (options.list) {
      io.out.write(listed(units, options.json))
      return exitCode.nothingFound
    }
    const effort = {
      runs: runs ?? (milliseconds === undefined ? defaultRuns : most.atMost),
      ...(milliseconds !== undefined && { milliseconds }),
      ...(requests !== undefined && { requests }),
      ...(shard !== undefined && { share: shard }),
      known: knownFrom([...readOwnCorpus(), ...(corpus === undefined ? [] : await readCorpus(corpus))]),
    }
    return (await perform({ choice: { file, mutant, dialect }, units, options, effort, corpus }, io)).exit
  },
})

/** Whoever fuzzes need not say that each time. */
const inFolder = (name: string) =>
  properties.some(({ id }) => id === `fuzz/${name}` || id.startsWith(`fuzz/${name}/`)) ? `fuzz/${name}` : name
