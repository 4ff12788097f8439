import { describe, expect, test } from 'vitest'
import { commands } from '../../cli/commands.ts'
import { scenarioNames } from '../../cli/load-order.ts'
import { dialects } from '../../reference-server/dialects/catalogue.ts'
import { say } from './screen.ts'

const names = [...commands.map(({ name }) => name), 'complete']

describe('help', () => {
  test('lists every command with what it does', async () => {
    const { exit, stdout } = await say(['--help'])
    expect(exit).toBe(0)
    const listed = [...stdout.matchAll(/^  ([a-z]+) .*?  \S/gm)].map(([, name]) => name)
    expect(listed).toEqual([...names, 'help'])
    expect(stdout).toContain('Exit codes: 0 nothing found, 1 findings, 2 could not judge,')
  })

  test.each(names)('of %s fits on a terminal, says what it does, and has an example', async (name) => {
    const { exit, stdout, stderr } = await say([name, '--help'], 80)
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(stdout).toMatch(new RegExp(`^Usage: assay ${name} \\[options\\]`))
    const [, , said = ''] = stdout.split('\n')
    expect(said).toMatch(/^[A-Z].*[a-z.,]$/)
    expect(stdout).toMatch(new RegExp(`\nExamples:\n  \\$ .*\\bassay ${name}\\b`))
    expect(await say(['help', name], 80)).toEqual({ exit, stdout, stderr })
  })

  test('is as narrow as the terminal', async () => {
    const { stdout } = await say(['fuzz', '--help'], 70)
    const [usage = ''] = stdout.split('\nExamples:')
    expect(usage.split('\n').filter((line) => line.length > 70)).toEqual([])
  })

  test('is what whoever names no command gets, though it was a mistake', async () => {
    const { exit, stdout, stderr } = await say([])
    expect([exit, stdout]).toEqual([3, ''])
    expect(stderr).toBe((await say(['--help'])).stdout)
  })

  test('the version is that of the package', async () => {
    expect(await say(['--version'])).toEqual({
      exit: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      stderr: '',
    })
  })
})

describe('every command', () => {
  test('has a name of its own, and says what it does in a clause', () => {
    expect(new Set(names).size).toBe(names.length)
    for (const { summary } of commands) expect(summary).toMatch(/^[a-z].*[a-z]$/)
  })

  test.each(commands)('$name takes its options by the names under which they stand', async ({ options }) => {
    for (const [member, { flags, read }] of Object.entries(options)) {
      const long = /--(?:no-)?([a-z-]+)/.exec(flags)?.[1] ?? ''
      expect(long.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())).toBe(member)
      expect(flags.includes('<')).toBe(read !== undefined)
    }
  })

  test.each(commands.map(({ name, examples }) => ({ name, examples })))(
    '$name has examples of options that it knows',
    async ({ name, examples }) => {
      const known = Object.values(commands.find((one) => one.name === name)?.options ?? {}).map(
        ({ flags }) => /--[a-z-]+/.exec(flags)?.[0],
      )
      for (const { command } of examples) {
        expect(command).toMatch(new RegExp(`^assay ${name}\\b`))
        for (const [flag] of command.matchAll(/--[a-z-]+/g)) expect(known).toContain(flag)
      }
    },
  )
})

describe('a mistake', () => {
  test.each<readonly [string, readonly string[], string, string]>([
    ['no such command', ['bogus'], "unknown command 'bogus'", '`assay --help` says what there is'],
    ['nearly a command', ['chek'], "unknown command 'chek'", 'did you mean check?'],
    ['no such option', ['check', '--bogus'], "unknown option '--bogus'", '`assay check --help` says what there is'],
    ['nearly an option', ['check', '--sed', '3'], "unknown option '--sed'", 'did you mean --seed?'],
    [
      'no value',
      ['check', '--seed'],
      "option '--seed <number>' argument missing",
      '`assay check --help` says what there is',
    ],
    [
      'a value too many',
      ['check', 'a', 'b'],
      "too many arguments for 'check'. Expected 1 argument but got 2",
      '`assay check --help` says what there is',
    ],
    ['no argument', ['run'], "missing required argument 'target'", '`assay run --help` says what there is'],
    ['no number', ['check', '--seed', 'x'], '--seed <number> cannot be x', 'write a whole number from 0 to 2147483647'],
    [
      'a fraction',
      ['fuzz', '--runs', '1.5'],
      '--runs <number> cannot be 1.5',
      'write a whole number from 1 to 1000000',
    ],
    ['too little', ['load', '--rate', '0'], '--rate <number> cannot be 0', 'write a number from 1 to 1000000'],
    [
      'none of the choices',
      ['check', '--report', 'html,jsn'],
      '--report <names> cannot be jsn',
      'write some of json, html, junit, sarif, with commas between',
    ],
    [
      'an empty list',
      ['check', '--only', ''],
      '--only <names> cannot be empty',
      'name one or more, with commas between, or leave it out',
    ],
    [
      'what would paint the terminal',
      ['check', '--seed', '\u001B[31m1'],
      '--seed <number> cannot be \\u{1b}[31m1',
      'write a whole number from 0 to 2147483647',
    ],
    [
      'no such unit',
      ['check', '--list', '--only', 'oauth2/pcke'],
      'no unit here has the id oauth2/pcke, lies in it or proves it',
      'did you mean oauth2/pkce?',
    ],
    [
      'no such mutant',
      ['mutants', '--list', '--only', 'code-is-fresch'],
      'there is no mutant and no rule code-is-fresch',
      'did you mean code-is-fresh?',
    ],
    [
      'no part',
      ['mutants', '--shard', '3/2'],
      '--shard <part/parts> cannot be 3/2',
      'write the part and how many there are: 1/2',
    ],
    [
      'a mutant for everybody',
      ['serve', '--host', '0.0.0.0', '--mutant', 'x'],
      'a mutant is not served on 0.0.0.0',
      'a server that is wrong on purpose listens on loopback only: leave --host out',
    ],
    [
      'an issuer with a path',
      ['serve', '--issuer', 'https://issuer.example/path'],
      '--issuer is no http or https URL without a path',
      'write scheme, host and port: http://127.0.0.1:9000',
    ],
  ])('%s is told once, with what to do', async (_, args, message, hint) => {
    expect(await say(args)).toEqual({ exit: 3, stdout: '', stderr: `error: ${message}\n  ${hint}\n` })
  })

  test('is JSON for a machine', async () => {
    const { exit, stdout } = await say(['check', '--json', '--bogus'])
    expect(exit).toBe(3)
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'USAGE',
        message: "unknown option '--bogus'",
        hint: '`assay check --help` says what there is',
      },
    })
  })
})

describe('completion', () => {
  /** What a shell is offered after these words. */
  const offered = async (...words: readonly string[]) => {
    const lines: string[] = []
    const log = console.log
    console.log = (line: string) => void lines.push(line)
    try {
      await say(['complete', '--', ...words])
    } finally {
      console.log = log
    }
    expect(lines.at(-1)).toMatch(/^:\d+$/)
    return lines.slice(0, -1).map((line) => line.split('\t'))
  }

  test('offers the commands, each on one line with what it does', async () => {
    const found = await offered('')
    expect(found.map(([name]) => name)).toEqual([...names, 'help'])
    expect(found.filter(([, description = '']) => !/^\S.*\S$/.test(description))).toEqual([])
  })

  test('offers the options of a command', async () => {
    const load = commands.find(({ name }) => name === 'load')
    const flags = Object.values(load?.options ?? {}).map(({ flags: one }) => /--[a-z-]+/.exec(one)?.[0])
    expect((await offered('load', '--')).map(([name]) => name)).toEqual(expect.arrayContaining(flags))
  })

  test('offers what an option may be', async () => {
    expect((await offered('load', '--scenario', '')).map(([name]) => name)).toEqual(scenarioNames)
    expect((await offered('check', '--report', 'j')).map(([name]) => name)).toEqual(['json', 'junit'])
  })
})

test('lists are read by people and by machines', async () => {
  const text = await say(['mutants', '--dialects'])
  expect(text.stdout.split('\n').filter((line) => /^\S/.test(line))).toEqual(dialects.map(({ id }) => id))
  const json = await say(['mutants', '--dialects', '--json'])
  expect(JSON.parse(json.stdout)).toEqual(dialects.map(({ id, lawful }) => ({ id, lawful })))
  const listed = await say(['check', '--list', '--only', 'oauth2/pkce/s256-works'])
  expect(listed.stdout).toMatch(/^oauth2\/pkce\/s256-works  \(rfc7636\/s256-supported\b.*\)\n$/)
})
