import tab from '@bomb.sh/tab/commander'
import { Command, CommanderError, Option as CommanderOption } from 'commander'
import { HarnessError } from '../harness/error.ts'
import { printable } from '../harness/printable.ts'
import type { CommandDefinition, Io, Option, Options } from './command.ts'
import { commands } from './commands.ts'
import { type ExitCode, exitCode, exitCodeOf } from './exit-codes.ts'
import { version } from './version.ts'

/** Runs the command that the arguments name, to its end. Never throws: what goes wrong is said on standard error. */
export async function execute(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const ended: { code: ExitCode } = { code: exitCode.nothingFound }
    await programOf(commands, io, (code) => (ended.code = code)).parseAsync([...args], { from: 'user' })
    return ended.code
  } catch (error) {
    return tell(error, args.includes('--json'), io)
  }
}

/** Makes the program of its commands: whatever help and completion say comes from these values. */
export function programOf(definitions: readonly CommandDefinition[], io: Io, onEnd: (code: ExitCode) => void): Command {
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
    })
    .showHelpAfterError('(`--help` says what there is)')
    .addHelpText('after', `\n${exitCodesHelp}`)
  for (const definition of definitions)
    program.addCommand(commanderOf(definition, io, onEnd).copyInheritedSettings(program))
  tab(program)
  program.commands.find((one) => one.name() === 'complete')?.description('print the completion script of a shell')
  return program
}

const widthOf = ({ columns = 80 }: Io['out']) => Math.min(columns, 100)

const exitCodesHelp = [
  'Exit codes: 0 nothing found, 1 findings, 2 could not judge,',
  '            3 bad usage or configuration.',
  'Shell completion: source <(assay complete zsh), or bash, fish, powershell.',
].join('\n')

function commanderOf(definition: CommandDefinition, io: Io, onEnd: (code: ExitCode) => void): Command {
  const { name, summary, description, argument, options, examples } = definition
  const made = new Command(name)
    .summary(summary)
    .description([sentence(summary), ...(description === undefined ? [] : ['', description])].join('\n'))
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

/** One clear message, and what to do about it. */
function tell(error: unknown, json: boolean, io: Io): ExitCode {
  // Commander has told by itself; help and version are no mistakes.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.nothingFound : exitCode.badUsage
  const { code, message, hint } =
    error instanceof HarnessError
      ? error
      : {
          code: 'BROKEN',
          message: messageOf(error),
          hint: 'this is a fault of Assay: report it with the command that you ran',
        }
  if (json) io.out.write(`${JSON.stringify({ error: { code, message, hint } })}\n`)
  io.error.write(
    `error: ${message
      .split('\n')
      .map((line) => printable(line, 2000))
      .join('\n')}\n`,
  )
  io.error.write(`  ${printable(hint, 2000)}\n`)
  return error instanceof HarnessError ? exitCodeOf(error.code) : exitCode.couldNotJudge
}

const messageOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))
