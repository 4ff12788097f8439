import { describe, expect, test } from 'vitest'
import { command, type CommandDefinition, flag, type Io, text, withSubcommands } from '../../cli/command.ts'
import { commands } from '../../cli/commands.ts'
import { programOf } from '../../cli/program.ts'
import { say, screen } from './screen.ts'

const examples: CommandDefinition['examples'] = [{ command: 'assay', does: 'nothing' }]

/** A command and one below it, with an option of the same name; what was called, and with what. */
async function called(...args: readonly string[]): Promise<unknown> {
  const heard: unknown[] = []
  const merge = command({
    name: 'merge',
    summary: 'make one of several',
    argument: { name: 'files', describe: 'several', required: true, many: true },
    options: { json: flag('--json', 'say it as JSON'), out: text('--out <folder>', 'write here') },
    examples,
    run: async ({ arguments: files, argument, options }) => {
      heard.push({ merge: files, argument, options })
      return 0
    },
  })
  const load = command({
    name: 'load',
    summary: 'press',
    argument: { name: 'target', describe: 'one', required: false },
    options: { json: flag('--json', 'say it as JSON'), rate: text('--rate <number>', 'so fast') },
    examples,
    subcommands: [merge],
    run: async ({ arguments: named, argument, options }) => {
      heard.push({ load: named, argument, options })
      return 0
    },
  })
  const io: Io = { out: screen(), error: screen(), environment: {} }
  await programOf([load], io, () => {}).parseAsync([...args], { from: 'user' })
  return heard[0]
}

describe('a command with others below it', () => {
  test('calls one of them by its name, which then has every option that stands behind it', async () => {
    expect(await called('load', 'merge', 'a.log', 'b.log', '--json', '--out', 'x')).toEqual({
      merge: ['a.log', 'b.log'],
      argument: 'a.log',
      options: { json: true, out: 'x' },
    })
  })

  test('takes every other word for its argument', async () => {
    expect(await called('load', './merge', '--json', '--rate', '5')).toEqual({
      load: ['./merge'],
      argument: './merge',
      options: { json: true, rate: '5' },
    })
    expect(await called('load')).toMatchObject({ load: [], argument: undefined })
  })

  test('has several of them, each with help of its own and among those that help lists', async () => {
    const { stdout } = await say(['load', '--help'])
    expect(stdout).toMatch(/^Usage: assay load \[options\] \[command\] \[target\]/)
    for (const { words, definition } of withSubcommands(commands).filter((one) => one.words.length > 1)) {
      expect(stdout).toMatch(new RegExp(`^  ${definition.name} \\[options\\]`, 'm'))
      const help = await say([...words, '--help'], 80)
      expect(help).toMatchObject({ exit: 0, stderr: '' })
      expect(help.stdout).toMatch(new RegExp(`^Usage: assay ${words.join(' ')} \\[options\\]`))
      expect(help.stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    }
  })

  test('says of a mistake below it where there is help', async () => {
    expect(await say(['load', 'merge'])).toMatchObject({
      exit: 3,
      stderr: "error: missing required argument 'files'\n  `assay load merge --help` says what there is\n",
    })
  })
})

describe('every command below another one', () => {
  const below = withSubcommands(commands).filter(({ words }) => words.length > 1)

  test.each(below.map(({ words, definition }) => [words.join(' '), definition] as const))(
    '%s has options by their names, and examples that it knows',
    (words, { options, examples: own, summary }) => {
      expect(summary).toMatch(/^[a-z].*[a-z]$/)
      for (const [member, { flags, read }] of Object.entries(options)) {
        const long = /--(?:no-)?([a-z-]+)/.exec(flags)?.[1] ?? ''
        expect(long.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())).toBe(member)
        expect(flags.includes('<')).toBe(read !== undefined)
      }
      const known = Object.values(options).map(({ flags }) => /--[a-z-]+/.exec(flags)?.[0])
      for (const { command: example } of own) {
        expect(example).toMatch(new RegExp(`^assay ${words}\\b`))
        for (const [option] of example.matchAll(/--[a-z-]+/g)) expect(known).toContain(option)
      }
    },
  )
})
