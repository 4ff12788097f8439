import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { calibrationsSchema, capacitySchema, comparisonSchema } from '../../harness/load/measurement-schema.ts'
import type { Report } from '../../harness/reports/report.ts'
import { documentFiles, refilled } from '../../tools/docs/document.ts'
import { generatePart, slowPart } from '../../tools/docs/parts.ts'
import { type ShellCommand, shellCommandsIn } from '../docs/shell-commands.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = join(root, 'cli', 'assay.js')
const textOf = (file: string) => readFileSync(join(root, file), 'utf8')

/** The commands that are not run here, and why. */
const exceptions: readonly (readonly [which: RegExp, because: string])[] = [
  [/^npm /, 'they set up, check, test and measure the checkout itself, as .ci/run and bench.test.ts do'],
  [/^npx vitest /, 'this is such a run'],
  [/^npx assay serve\b/, 'it serves until it is stopped: it is what these tests run against'],
  [/^npx assay mutants$/, 'it is the whole matrix: matrix.test.ts runs it'],
  [
    /^npx assay check --mutant \S+$/,
    'it takes all checks: what it prints is compared with README.md, and it ends with 1',
  ],
  [/^docker compose /, 'it needs containers: compose.test.ts holds what they run to the command line'],
  [/^kubectl /, 'it needs a cluster: commands.test.ts holds it to what the command prints'],
  [/^npx assay load \S+ --emit /, 'it needs clients that the server knows: kubernetes.test.ts has some'],
  [/^npx assay load merge /, 'it needs the logs of a cluster: distribution.test.ts makes some'],
]

const isException = ({ text }: ShellCommand) => exceptions.some(([which]) => which.test(text))

/** The server that stands in for https://issuer.example, whose people have the passwords that README.md exports. */
const served: { child?: ChildProcess; issuer: string } = { issuer: '' }

beforeAll(async () => {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ALICE_PASSWORD: 'alice', BOB_PASSWORD: 'bob' },
  })
  served.child = child
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  served.issuer = (JSON.parse(line) as { readonly issuer: string }).issuer
})

afterAll(async () => {
  const { child } = served
  if (child === undefined || child.exitCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGINT')
  await closed
})

/** Runs the commands of a document one after the other in one folder, as a reader would; says what went otherwise. */
function surprisesIn(commands: readonly ShellCommand[]): readonly string[] {
  const folder = temporaryFolder()
  const exported: Record<string, string> = {}
  return commands.flatMap(({ text, exitCode }) => {
    const [name, ...words] = text.replaceAll('https://issuer.example', served.issuer).split(/\s+/)
    if (name === 'export') {
      for (const [, variable = '', value = ''] of words.join(' ').matchAll(/(\w+)=(\S+)/g)) exported[variable] = value
      return []
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words.slice(1)], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...exported },
    })
    const isExpected = words[1] === 'load' ? isGoodLoad(words[2] ?? '', status, folder) : status === exitCode
    return isExpected ? [] : [`${text} ended with ${status}:\n${stdout}${stderr}`]
  })
}

/** What each command that measures writes. */
const documentOf: Readonly<Record<string, { readonly name: string; readonly schema: z.ZodType }>> = {
  capacity: { name: 'capacity.json', schema: capacitySchema },
  compare: { name: 'comparison.json', schema: comparisonSchema },
  calibrate: { name: 'calibration.json', schema: calibrationsSchema },
}

/** How fast this machine is decides what becomes of a latency promise, and so with what `assay load` ends. */
function isGoodLoad(word: string, status: number | null, folder: string): boolean {
  const written = documentOf[word]
  if (written !== undefined)
    return (
      (status === 0 || status === 1 || status === 2) &&
      written.schema.safeParse(JSON.parse(readFileSync(join(folder, '.assay', written.name), 'utf8'))).success
    )
  const { load, summary } = JSON.parse(readFileSync(join(folder, '.assay', 'report.json'), 'utf8')) as Report
  return (status === 0 || status === 1) && load?.state === 'measured' && summary.findings === 0
}

const documents = documentFiles(root).map((file) => ({ file, commands: shellCommandsIn(textOf(file)) }))
const withCommands = documents
  .map(({ file, commands }) => ({ file, commands: commands.filter((command) => !isException(command)) }))
  .filter(({ commands }) => commands.length > 0)

describe('the commands of', () => {
  test.each(withCommands)(
    '$file do what it says',
    ({ commands }) => {
      expect(surprisesIn(commands)).toEqual([])
    },
    600_000,
  )
})

test('what is not run is in a document', () => {
  const all = documents.flatMap(({ commands }) => commands)
  for (const [which, because] of exceptions)
    expect(
      all.some(({ text }) => which.test(text)),
      because,
    ).toBe(true)
  expect(withCommands.map(({ file }) => file)).toContain('README.md')
})

test('README.md shows what the command prints', async () => {
  const readme = textOf('README.md')
  const made = await refilled(readme, async (name) => (name === slowPart ? await generatePart(name) : undefined))
  expect(readme).toBe(made)
})
