import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execute } from '../../cli/program.ts'
import { screen } from '../cli/screen.ts'
import type { HostileCase } from './case.ts'

/** The command of the checkout; a compiled one takes half the memory. */
export const sourceProgram = fileURLToPath(new URL('../../cli/assay.js', import.meta.url))

/** Where commands put what is temporary; they share it, for tsx keeps there what it compiled. */
const temporary = mkdtempSync(join(tmpdir(), 'assay-hostile-'))
process.once('exit', () => rmSync(temporary, { recursive: true, force: true }))

/** What a command came to, and what it left behind. */
export interface Ended {
  /** Nothing where it had to be killed. */
  readonly exit: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
  /** The most memory that it held at once, in MiB; nothing where it did not come to its end. */
  readonly peak: number | undefined
  /** Files outside the folder of reports, but for the target file. */
  readonly litter: readonly string[]
}

/** A folder in which commands run, with a target file in it. */
export interface Workplace extends Disposable {
  readonly folder: string
}

export function workplaceFor(origin: string, { isEndless = false }: Pick<HostileCase, 'isEndless'>): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'assay-hostile-'))
  writeFileSync(join(folder, 'target.yaml'), targetFor(origin, isEndless ? 500 : 20_000))
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Knows whom the server knows, and when to give up. */
const targetFor = (origin: string, timeoutMs: number) =>
  [
    `issuer: ${origin}`,
    'clients:',
    ...client('assay-basic', 'client_secret_basic', 'https://rp.example/callback'),
    ...client('assay-post', 'client_secret_post', 'https://rp.example/callback'),
    ...client('assay-public', 'none', 'http://127.0.0.1/callback'),
    'users:',
    '  - { username: alice, password: alice }',
    '  - { username: bob, password: bob }',
    'saml:',
    `  metadata_url: ${origin}/saml/metadata`,
    '  service_providers:',
    '    - { entity_id: https://sp.example/saml, acs_url: https://sp.example/saml/acs }',
    '    - { entity_id: https://other-sp.example/saml, acs_url: https://other-sp.example/saml/acs }',
    `limits: { timeout_ms: ${timeoutMs} }`,
    '',
  ].join('\n')

const client = (id: string, method: string, redirectUri: string) => [
  `  - client_id: ${id}`,
  ...(method === 'none' ? [] : [`    client_secret: ${id}-secret`]),
  `    token_endpoint_auth_method: ${method}`,
  `    redirect_uris: [${redirectUri}]`,
  `    grant_types: [authorization_code, refresh_token${method === 'none' ? '' : ', client_credentials'}]`,
  '    scope: openid profile email offline_access api:read api:write',
]

/** Has a process write down how much memory it held, in KiB, when it ends. */
const measuring = `data:text/javascript,${encodeURIComponent(
  "import { writeFileSync } from 'node:fs'; if (process.argv[1]?.endsWith('assay.js')) process.on('exit', () => writeFileSync(process.env.ASSAY_PEAK, String(process.resourceUsage().maxRSS)))",
)}`

/** Runs the real command, and kills it where it does not end in time. */
export async function runCommand(
  { folder }: Workplace,
  args: readonly string[],
  { seconds, program = sourceProgram }: { readonly seconds: number; readonly program?: string },
): Promise<Ended> {
  const peakFile = join(folder, 'peak')
  rmSync(peakFile, { force: true })
  const started = performance.now()
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: homedir(),
      TMPDIR: temporary,
      NODE_OPTIONS: `--import ${measuring}`,
      ASSAY_PEAK: peakFile,
      ...(process.env['ASSAY_K6'] !== undefined && { ASSAY_K6: process.env['ASSAY_K6'] }),
    },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const overdue = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
  const exit = await new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? undefined))
  })
  clearTimeout(overdue)
  return {
    exit,
    stdout,
    stderr,
    seconds: (performance.now() - started) / 1000,
    peak: peakIn(peakFile),
    litter: litterIn(folder),
  }
}

/** The same within this process: as all of it but for its memory, and much sooner. The folder must be named in the arguments. */
export async function runInProcess({ folder }: Workplace, args: readonly string[]): Promise<Ended> {
  const [out, error] = [screen(), screen()]
  const started = performance.now()
  const exit = await execute(args, { out, error, environment: process.env })
  const seconds = (performance.now() - started) / 1000
  return { exit, stdout: out.text(), stderr: error.text(), seconds, peak: undefined, litter: litterIn(folder) }
}

function peakIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) / 1024
  } catch {
    return undefined
  }
}

const expected =
  /^(?:target\.yaml|made\.yaml|peak|tsx-.*|node-compile-cache.*|\.assay|\.assay\/(?:report\.json|report\.html|junit\.xml|report\.sarif))$/

const litterIn = (folder: string) =>
  [...readdirSync(folder, { recursive: true, encoding: 'utf8' }), ...readdirSync(temporary)]
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !expected.test(file))
