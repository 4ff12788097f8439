import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../harness/load/command.ts'
import { findEngine, provideEngine } from '../harness/load/engine.ts'
import { commandPath, type Environment, locateProgram, type ProgramName, programs } from '../harness/programs.ts'

/** What is to be set up: what `npm start` wants, or all that the tests want. */
export type Occasion = 'start' | 'test'

export interface SetupOptions {
  readonly environment: Environment
  /** Says what would be done, and does nothing. */
  readonly dryRun: boolean
  readonly print: (line: string) => void
}

/** What is wanted beyond npm's packages, besides k6, which is always wanted. */
const wanted: Readonly<Record<Occasion, readonly ProgramName[]>> = {
  start: [],
  test: ['chromium', 'xmlsec1', 'prometheus', 'promtool'],
}

/** Finds, builds or installs what is missing; prints only what is worth knowing. Never throws, and may leave parts missing. */
export async function setUp(occasion: Occasion, options: SetupOptions): Promise<void> {
  const missing = wanted[occasion].filter((name) => locateProgram(name, options.environment) === undefined)
  if (missing.length > 0) await install(missing, options)
  await setUpEngine(options)
}

async function setUpEngine({ environment, dryRun, print }: SetupOptions): Promise<void> {
  const engine = dryRun ? await findEngine({ environment }) : await provideEngine(print, { environment })
  if (engine.state === 'ready') return
  print(dryRun ? 'would build or download k6' : `k6 is missing, so load tests cannot run: ${engine.because}`)
}

/** A command that installs, and which parts. */
interface Installation {
  readonly parts: readonly ProgramName[]
  readonly command: readonly [string, ...string[]]
  /** Whether it has to be run by root; what elevates itself has not. */
  readonly asRoot: boolean
}

async function install(missing: readonly ProgramName[], { environment, dryRun, print }: SetupOptions): Promise<void> {
  const byApt = commandPath('apt-get', environment) !== undefined
  const root = process.getuid?.() === 0
  const installations = byApt ? aptInstallations(missing) : otherInstallations(missing, environment)
  for (const { parts, command } of installations) {
    if (!byApt || !root) continue
    print(`${dryRun ? 'would install' : 'installing'} ${parts.join(', ')}: ${command.join(' ')}`)
    if (!dryRun) await runQuietly(command, environment, print)
  }
  if (dryRun && byApt && root) return
  for (const name of missing.filter((one) => locateProgram(one, environment) === undefined)) {
    const { purpose, variable } = programs[name]
    const way = installations.find(({ parts }) => parts.includes(name))
    const how =
      way === undefined ? 'install it' : `run \`${way.asRoot && !root ? 'sudo ' : ''}${way.command.join(' ')}\``
    print(`${name} is missing; it is needed to ${purpose}: ${how}, or name its path in ${variable}`)
  }
}

/** Playwright brings a browser to where there is no package of one. */
const byPlaywright: Installation = {
  parts: ['chromium'],
  command: ['npx', 'playwright-core', 'install', '--with-deps', 'chromium'],
  asRoot: false,
}

/** All packages in one call. On Ubuntu the package of Chromium is a snap, which a container cannot run. */
function aptInstallations(missing: readonly ProgramName[]): readonly Installation[] {
  const bySnap = isUbuntu() && missing.includes('chromium')
  const parts = missing.filter((name) => !bySnap || name !== 'chromium')
  const packages = new Set(parts.map((name) => programs[name].packages.apt))
  const installation: Installation = {
    parts,
    command: ['apt-get', 'install', '-y', '--no-install-recommends', ...packages],
    asRoot: true,
  }
  return [...(parts.length > 0 ? [installation] : []), ...(bySnap ? [byPlaywright] : [])]
}

function otherInstallations(missing: readonly ProgramName[], environment: Environment): readonly Installation[] {
  if (commandPath('brew', environment) === undefined) return [byPlaywright]
  return missing.map((name) => {
    const { brew } = programs[name].packages
    return { parts: [name], command: ['brew', 'install', ...brew.split(' ')], asRoot: false }
  })
}

function isUbuntu(): boolean {
  try {
    return /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

const installMs = 10 * 60_000

/** Runs an installation without a prompt. Where apt fails, its lists may be old or missing: it is tried again with new ones. */
async function runQuietly(
  [command, ...args]: Installation['command'],
  environment: Environment,
  print: (line: string) => void,
): Promise<void> {
  const apt = command === 'apt-get'
  const quiet = apt ? ['-qq', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0'] : []
  const run = async (more: readonly string[]) => {
    await runCommand(command, [...quiet, ...more], {
      timeoutMs: installMs,
      environment: { ...environment, DEBIAN_FRONTEND: 'noninteractive' },
      folder: projectFolder,
    })
  }
  try {
    await run(args).catch(async (error: unknown) => {
      if (!apt) throw error
      await run(['update'])
      await run(args)
    })
  } catch (error) {
    print(`${command} did not succeed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const projectFolder = fileURLToPath(new URL('..', import.meta.url))
