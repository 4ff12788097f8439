import { command, listOf, measure, whole } from './command.ts'
import { jobOptions, perform } from './job.ts'
import { storyNames } from './load-order.ts'
import { targetArgument, variationOptions } from './subject.ts'

export const load = command({
  name: 'load',
  summary: 'press a server with the load of real clients, and hold it to its promises meanwhile',
  description:
    'Iterations begin at a fixed rate, whether or not earlier ones have ended, so a slow server cannot hide. A broken latency promise ends with exit code 1, as a broken invariant does. A host that is not loopback must be named under authorized_hosts in the target file.',
  argument: targetArgument,
  options: {
    scenario: listOf('--scenario <names>', 'run only these scenarios', storyNames),
    rate: measure('--rate <number>', 'begin so many iterations a second, of each scenario', {
      atLeast: 1,
      atMost: 1e6,
    }),
    seconds: whole('--seconds <number>', 'press for so many seconds', { atLeast: 1, atMost: 86_400 }),
    vus: whole('--vus <number>', 'have at most so many iterations of a scenario on their way at once', {
      atLeast: 1,
      atMost: 100_000,
    }),
    ...variationOptions,
    ...jobOptions,
  },
  examples: [
    { command: 'assay load target.yaml', does: 'runs every scenario that the server supports' },
    {
      command: 'assay load target.yaml --scenario client-credentials --rate 500 --seconds 60',
      does: 'begins 500 token requests a second, for a minute',
    },
  ],
  run: async ({ argument: file, options, io }) => {
    const { mutant, dialect, scenario: scenarios, rate, seconds, vus } = options
    const wish = { scenarios, rate, seconds, vus }
    const job = { choice: { file, mutant, dialect }, units: [], load: wish, options, holdsPromises: true }
    return (await perform(job, io)).exit
  },
})
