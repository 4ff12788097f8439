import tab from '@bomb.sh/tab/commander'
import { Command, CommanderError, Option as CommanderOption } from 'commander'
import { HarnessError } from '../harness/error.ts'
import type { Argument, CommandDefinition, Io, Option, Options } from './command.ts'
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
function misuseOf({ message }: CommanderError, args: readonly string[]): HarnessError {
  const [, what = message, suggestion] = /^(?:error: )?(.*?)\.?(?:\n\(Did you mean (.*)\))?$/s.exec(message) ?? []
  return new HarnessError('USAGE', what, {
    hint:
      suggestion === undefined
        ? `\`${['assay', ...calledBy(args, commands), '--help'].join(' ')}\` says what there is`
        : `did you mean ${suggestion}`,
  })
}

/** The words at the beginning of a command line that call a command, or one below it. */
function calledBy([first, ...rest]: readonly string[], among: readonly CommandDefinition[]): readonly string[] {
  const called = among.find(({ name }) => name === first)
  return called === undefined ? [] : [called.name, ...calledBy(rest, called.subcommands ?? [])]
}

/** Makes the program of its commands: whatever help and completion say comes from these values. */
export function programOf(definitions: readonly CommandDefinition[], io: Io, onEnd: (code: ExitCode) => void): Command {
  const more = new Map<Command, string>()
  const program = new Command('assay')
    .description('Load, fuzz and conformance tests for OAuth 2.0, OpenID Connect and SAML servers.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    // What stands after the name of a command is for that one, whatever options those above it have.
    .enablePositionalOptions()
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
      commandDescription: (one) => [one.description(), more.get(one) ?? ''].join('\n\n').trimEnd(),
    })
    .addHelpText('after', `\n${exitCodesHelp}`)
  for (const definition of definitions) addCommand(program, definition, { io, onEnd, more })
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

interface Workings {
  readonly io: Io
  readonly onEnd: (code: ExitCode) => void
  /** What help says of a command beyond its summary. */
  readonly more: Map<Command, string>
}

function addCommand(parent: Command, definition: CommandDefinition, workings: Workings): void {
  const { name, summary, description, argument, options, examples, subcommands = [] } = definition
  const { io, onEnd, more } = workings
  const made = new Command(name).summary(summary).description(sentence(summary)).copyInheritedSettings(parent)
  if (description !== undefined) more.set(made, description)
  if (argument !== undefined) made.argument(writtenAs(argument), argument.describe)
  for (const [member, option] of Object.entries(options)) made.addOption(commanderOption(member, option))
  made.addHelpText('after', `\n${examplesHelp(examples)}`)
  made.enablePositionalOptions()
  for (const subcommand of subcommands) addCommand(made, subcommand, workings)
  made.action(async (...received: unknown[]) => {
    const given = [argument === undefined ? [] : received[0]].flat().filter((one) => typeof one === 'string')
    onEnd(
      await definition.run({
        argument: given[0],
        arguments: given,
        options: { ...initialsOf(options), ...made.opts() },
        io,
      }),
    )
  })
  parent.addCommand(made)
}

/** As commander has it: `<target>`, `[target]`, `<files...>`. */
function writtenAs({ name, required, many = false }: Argument): string {
  const text = many ? `${name}...` : name
  return required ? `<${text}>` : `[${text}]`
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
