import { workloadNames } from '../harness/load/workloads.ts'
import { choice, command, flag, listOf, measure, whole } from './command.ts'
import { jobOptions, perform } from './job.ts'
import { calibrate } from './load-calibrate.ts'
import { capacity } from './load-capacity.ts'
import { loadCompanion } from './load-companion.ts'
import { compare } from './load-compare.ts'
import { emitLoad, platforms } from './load-emit.ts'
import { loadMerge } from './load-merge.ts'
import { scenarioNames } from './load-order.ts'
import { targetArgument, variationOptions } from './subject.ts'

export const load = command({
  name: 'load',
  summary: 'press a server with the load of real clients, and hold it to its promises meanwhile',
  description:
    'Iterations begin at a fixed rate, whether or not earlier ones have ended, so a slow server cannot hide. A broken latency promise ends with exit code 1, as a broken invariant does. A host that is not loopback must be named under authorized_hosts in the target file.',
  argument: targetArgument,
  options: {
    scenario: listOf('--scenario <names>', 'run only these scenarios', scenarioNames),
    workload: choice('--workload <name>', 'take this course', workloadNames),
    rate: measure('--rate <number>', 'begin so many iterations a second, of each scenario', {
      atLeast: 1,
      atMost: 1e6,
    }),
    seconds: whole('--seconds <number>', 'press for so many seconds', { atLeast: 1, atMost: 86_400 }),
    vus: whole('--vus <number>', 'have at most so many iterations of a scenario on their way at once', {
      atLeast: 1,
      atMost: 100_000,
    }),
    processes: whole('--processes <number>', 'divide the load among so many processes of k6', {
      atLeast: 1,
      atMost: 64,
    }),
    beyondCaps: flag('--beyond-caps', 'press harder or longer than anybody would by mistake'),
    emit: choice('--emit <platform>', 'press nothing: write what a cluster runs into the folder of --out', platforms),
    ...variationOptions,
    ...jobOptions,
  },
  examples: [
    { command: 'assay load target.yaml', does: 'runs every scenario that the server supports' },
    {
      command: 'assay load target.yaml --scenario client-credentials --rate 500 --seconds 60',
      does: 'begins 500 token requests a second, for a minute',
    },
    {
      command: 'assay load target.yaml --scenario mix --workload global --seconds 60',
      does: 'plays the day of a service with people in several regions, in a minute',
    },
  ],
  subcommands: [capacity, compare, calibrate, loadCompanion, loadMerge],
  run: async ({ argument: file, options, io }) => {
    const { mutant, dialect, scenario: scenarios, emit, ...wish } = options
    const choice = { file, mutant, dialect }
    const order = { ...wish, scenarios }
    if (emit !== undefined) return await emitLoad({ choice, wish: order, out: options.out, json: options.json }, io)
    const job = {
      choice,
      units: [],
      load: order,
      options,
      holdsPromises: true,
    }
    return (await perform(job, io)).exit
  },
})
