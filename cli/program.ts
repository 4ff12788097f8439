import tab from '@bomb.sh/tab/commander'
import { Command, CommanderError, Option as CommanderOption } from 'commander'
import { HarnessError } from '../harness/error.ts'
import type { CommandDefinition, Io, Option, Options } from './command.ts'
import { commands } from './commands.ts'
import { type ExitCode, exitCode } from './exit-codes.ts'
import { tellProblem } from './problem.ts'
import { version } from './version.ts'

/** Runs the command that the arguments name, to its end. Never throws: what goes wrong is said on standard error. */
export async function execute(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const ended: { code: ExitCode } = { code: exitCode.nothingFound }
    await programOf(commands, io, (code) => (ended.code = code)).parseAsync([...args], { from: 'user' })
    return ended.code
  } catch (error) {
    if (!(error instanceof CommanderError)) return tellProblem(error, { json: args.includes('--json'), io })
    // Help and version are no mistakes; but whoever names no command wanted something else than its help.
    if (error.exitCode === 0) return exitCode.nothingFound
    if (error.code === 'commander.help') return exitCode.badUsage
    return tellProblem(misuseOf(error, args), { json: args.includes('--json'), io })
  }
}

/** Commander's words for a mistake on the command line, and its suggestion where it has one. */
function misuseOf({ message }: CommanderError, [name = '']: readonly string[]): HarnessError {
  const [, what = message, suggestion] = /^(?:error: )?(.*?)\.?(?:\n\(Did you mean (.*)\))?$/s.exec(message) ?? []
  const isCommand = commands.some((one) => one.name === name)
  return new HarnessError('USAGE', what, {
    hint:
      suggestion === undefined
        ? `\`assay ${isCommand ? `${name} ` : ''}--help\` says what there is`
        : `did you mean ${suggestion}`,
  })
}

/** Makes the program of its commands: whatever help and completion say comes from these values. */
export function programOf(definitions: readonly CommandDefinition[], io: Io, onEnd: (code: ExitCode) => void): Command {
  const more = new Map(definitions.map(({ name, description }) => [name, description]))
  const program = new Command('assay')
    .description('Load, fuzz and conformance tests for OAuth 2.0, OpenID Connect and SAML servers.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.out.write(text),
      writeErr: (text) => void io.error.write(text),
      getOutHelpWidth: () => widthOf(io.out),
      getErrHelpWidth: () => widthOf(io.error),
      // Mistakes are told like all that goes wrong.
      outputError: () => {},
    })
    // Completion shows a command's description on one line, so what else there is to say is for help alone.
    .configureHelp({
      commandDescription: (one) => [one.description(), more.get(one.name()) ?? ''].join('\n\n').trimEnd(),
    })
    .addHelpText('after', `\n${exitCodesHelp}`)
  for (const definition of definitions)
    program.addCommand(commanderOf(definition, io, onEnd).copyInheritedSettings(program))
  tab(program)
  describeCompletion(program)
  return program
}

/** The one command that is not ours. */
function describeCompletion(program: Command) {
  const summary = 'print the completion script of a shell'
  program.commands
    .find((one) => one.name() === 'complete')
    ?.summary(summary)
    .description(sentence(summary))
    .addHelpText(
      'after',
      `\n${examplesHelp([{ command: 'source <(assay complete bash)', does: 'completes what you type after assay, in this shell' }])}`,
    )
}

const widthOf = ({ columns = 80 }: Io['out']) => Math.min(columns, 100)

const exitCodesHelp = [
  'Exit codes: 0 nothing found, 1 findings, 2 could not judge,',
  '            3 bad usage or configuration.',
  'Shell completion: source <(assay complete zsh), or bash, fish, powershell.',
].join('\n')

function commanderOf(definition: CommandDefinition, io: Io, onEnd: (code: ExitCode) => void): Command {
  const { name, summary, argument, options, examples } = definition
  const made = new Command(name).summary(summary).description(sentence(summary))
  if (argument !== undefined) {
    made.argument(argument.required ? `<${argument.name}>` : `[${argument.name}]`, argument.describe)
  }
  for (const [member, option] of Object.entries(options)) made.addOption(commanderOption(member, option))
  made.addHelpText('after', `\n${examplesHelp(examples)}`)
  return made.action(async (...received: unknown[]) => {
    const given = argument === undefined ? undefined : received[0]
    onEnd(
      await definition.run({
        argument: typeof given === 'string' ? given : undefined,
        options: { ...initialsOf(options), ...made.opts() },
        io,
      }),
    )
  })
}

/** Commander would print every default, an empty list and `false` too; it is told of none, and help only of those that say something. */
function commanderOption(member: string, { flags, describe, initial, initially, read, choices }: Option<unknown>) {
  const told = initially ?? (typeof initial === 'string' || typeof initial === 'number' ? String(initial) : undefined)
  const option = new CommanderOption(flags, told === undefined ? describe : `${describe} (default: ${told})`)
  if (option.attributeName() !== member) throw new TypeError(`the option ${flags} stands under ${member}`)
  if (choices !== undefined) option.choices(choices)
  if (read !== undefined) option.argParser((value, before) => read(value, before ?? initial))
  return option
}

const initialsOf = (options: Options) =>
  Object.fromEntries(Object.entries(options).map(([name, { initial }]) => [name, initial]))

export const sentence = (clause: string) => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`

const examplesHelp = (examples: CommandDefinition['examples']) =>
  ['Examples:', ...examples.flatMap(({ command, does }) => [`  $ ${command}`, `      ${does}`])].join('\n')
