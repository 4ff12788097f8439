import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type CommandDefinition, withSubcommands } from '../../cli/command.ts'
import { commands } from '../../cli/commands.ts'
import { stepsFor } from '../../cli/load-emit.ts'
import { programOf } from '../../cli/program.ts'
import { dialects } from '../../reference-server/dialects/catalogue.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'
import { documentFiles } from '../../tools/docs/document.ts'
import { shellCommandsIn, simpleCommandsOf } from './shell-commands.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
const { services } = parse(textOf('docker-compose.yml')) as {
  readonly services: Readonly<Record<string, { readonly profiles?: readonly string[] }>>
}

/** What the command line makes of these words; the command is not run. Throws what commander throws. */
async function parsed(words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const received: { options?: Readonly<Record<string, unknown>> } = {}
  const unrunnable = (command: CommandDefinition): CommandDefinition => ({
    ...command,
    ...(command.subcommands !== undefined && { subcommands: command.subcommands.map(unrunnable) }),
    async run({ options }) {
      received.options = options
      return 0
    },
  })
  const unrun = commands.map(unrunnable)
  const silent = { write: () => {} }
  await programOf(unrun, { out: silent, error: silent, environment: {} }, () => {}).parseAsync([...words], {
    from: 'user',
  })
  return received.options ?? {}
}

/** Why a command of a document would not do what the document says; nothing where it would. */
async function mistakeIn([program = '', ...words]: readonly string[]): Promise<string | undefined> {
  if (program === 'export') return isAssignment(words.join(' ')) ? undefined : 'it sets no variable'
  if (program === 'kubectl') return mistakeOfKubectl([program, ...words].join(' '))
  if (program === 'npm') return mistakeOfNpm(words)
  if (program === 'npx' && words[0] === 'assay') return await mistakeOfAssay(words.slice(1))
  if (program === 'npx' && words[0] === 'vitest') {
    const missing = words.slice(2).filter((word) => !word.startsWith('--') && !existsSync(join(root, word)))
    return missing.length === 0 ? undefined : `there is no ${missing.join(', ')}`
  }
  if (program === 'docker' && words[0] === 'compose') return mistakeOfCompose(words.slice(1))
  return `nothing is known of ${program}`
}

/** Variables with values, or with what a command without quotes prints. */
const isAssignment = (text: string) => /^[A-Z_]+=(?:\$\([\w -]+\)|[^\s(]+)(?: [A-Z_]+=[^\s(]+)*$/.test(text)

/** It is used as `assay load --emit kubernetes` says, and in no other way. */
function mistakeOfKubectl(text: string): string | undefined {
  const steps = Object.values(stepsFor('cluster', '1c9a23f0'))
  return steps.includes(text) ? undefined : `the commands are ${steps.join('; ')}`
}

function mistakeOfNpm([verb = '', ...words]: readonly string[]): string | undefined {
  if (verb === 'ci') return undefined
  const script = verb === 'run' ? (words[0] ?? '') : verb
  return ['start', 'test', 'run'].includes(verb) && script in scripts ? undefined : `npm has no ${verb} ${script}`
}

async function mistakeOfAssay(words: readonly string[]): Promise<string | undefined> {
  try {
    const { mutant, dialect } = await parsed(words)
    if (typeof mutant === 'string' && !catalogue.has(mutant)) return `there is no mutant ${mutant}`
    if (typeof dialect === 'string' && !dialects.some(({ id }) => id === dialect))
      return `there is no dialect ${dialect}`
    return undefined
  } catch (error) {
    return String(error)
  }
}

function mistakeOfCompose(words: readonly string[]): string | undefined {
  if (words.join(' ') === 'up') return undefined
  const [option, profile = '', verb, service = ''] = words
  const isRun = option === '--profile' && verb === 'run' && services[service]?.profiles?.includes(profile)
  return isRun ? undefined : `the services are ${Object.keys(services).join(', ')}`
}

describe.each(documentFiles(root))('%s', (file) => {
  const found = shellCommandsIn(textOf(file))

  test('has only commands that there are, with options that they have', async () => {
    const mistakes: string[] = []
    for (const command of found) {
      for (const words of simpleCommandsOf(command)) {
        const mistake = await mistakeIn(words)
        if (mistake !== undefined) mistakes.push(`${command.text}: ${mistake}`)
      }
    }
    expect(mistakes).toEqual([])
  })
})

describe('the examples of help', () => {
  const all = withSubcommands(commands).flatMap(({ definition }) => definition.examples)
  test.each(all.map(({ command }) => command))('%s', async (example) => {
    const [own = ''] = example.split(' | ')
    expect(await mistakeIn(['npx', ...own.split(' ')])).toBeUndefined()
  })
})

describe('what the commands are judged by', () => {
  test.each([
    'npx assay check target.yaml --unknown',
    'npx assay unknown',
    'npx assay run',
    'npx assay load --scenario unknown',
    'npx assay serve --mutant unknown',
    'npm run unknown',
    'npm install',
    'docker compose --profile load run grafana',
    'kubectl delete --all pods',
    'export $(rm)',
    'npx assay load merge',
    'npx assay load merge run.log --rate 5',
    'curl https://issuer.example',
  ])('sees what is wrong with %s', async (text) => {
    const [words = []] = simpleCommandsOf({ text })
    expect(await mistakeIn(words)).toEqual(expect.any(String))
  })

  test('finds every line of every block, and what it ends with', () => {
    const markdown = ['```sh', 'a b # exit code 1', '', '# a comment', 'c && d', '```', '```text', 'e', '```', 'f']
    expect(shellCommandsIn(markdown.join('\n'))).toEqual([
      { text: 'a b', exitCode: 1 },
      { text: 'c && d', exitCode: 0 },
    ])
    expect(simpleCommandsOf({ text: 'c && d e' })).toEqual([['c'], ['d', 'e']])
  })
})
