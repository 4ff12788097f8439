import { command, flag, list } from './command.ts'
import { exitCode } from './exit-codes.ts'
import { jobOptions, perform } from './job.ts'
import { targetArgument, variationOptions } from './subject.ts'
import { listed } from './unit-list.ts'
import { checks, select, selectionHelp } from './units.ts'

export const check = command({
  name: 'check',
  summary: 'test whether a server does what the specifications say',
  argument: targetArgument,
  options: {
    only: list('--only <names>', selectionHelp),
    list: flag('--list', 'list the checks, and run none'),
    ...variationOptions,
    ...jobOptions,
  },
  examples: [
    { command: 'assay check target.yaml', does: 'runs every check' },
    { command: 'assay check target.yaml --only oauth2/pkce', does: 'runs the checks of one folder' },
    { command: 'assay check --only rfc7636 --list', does: 'lists the checks that prove something of RFC 7636' },
  ],
  run: async ({ argument: file, options, io }) => {
    const { mutant, dialect, only } = options
    const units = select(checks, only)
    if (options.list) {
      io.out.write(listed(units, options.json))
      return exitCode.nothingFound
    }
    return (await perform({ choice: { file, mutant, dialect }, units, options }, io)).exit
  },
})
