import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { HarnessError, type HarnessErrorCode } from './error.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A program that Assay runs but does not bring along. */
export interface Program {
  /** The variable that names its path and goes before all else. */
  readonly variable: string
  /** What it is called on PATH, the best first. */
  readonly commands: readonly [string, ...string[]]
  /** Where it lies when it is not on PATH. */
  readonly places?: (environment: Environment) => readonly string[]
  /** The package of Debian and its kin, and that of Homebrew. */
  readonly packages: { readonly apt: string; readonly brew: string }
  /** What Assay wants it for, as a clause that follows "needed to". */
  readonly purpose: string
  readonly code: HarnessErrorCode
}

export type ProgramName = 'chromium' | 'xmlsec1' | 'prometheus' | 'promtool'

export const programs: Readonly<Record<ProgramName, Program>> = {
  chromium: {
    variable: 'CHROMIUM_BIN',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
    places: chromiumPlaces,
    packages: { apt: 'chromium', brew: '--cask chromium' },
    purpose: 'sign in on pages that need JavaScript, and to test the HTML report',
    code: 'BROWSER_MISSING',
  },
  xmlsec1: {
    variable: 'XMLSEC1_BIN',
    commands: ['xmlsec1'],
    packages: { apt: 'xmlsec1', brew: 'libxmlsec1' },
    purpose: 'have a second opinion on every XML signature in the tests',
    code: 'PROGRAM_MISSING',
  },
  prometheus: {
    variable: 'PROMETHEUS_BIN',
    commands: ['prometheus'],
    packages: { apt: 'prometheus', brew: 'prometheus' },
    purpose: 'test that the metrics of a load run arrive',
    code: 'PROGRAM_MISSING',
  },
  promtool: {
    variable: 'PROMTOOL_BIN',
    commands: ['promtool'],
    packages: { apt: 'prometheus', brew: 'prometheus' },
    purpose: 'test the alert rules',
    code: 'PROGRAM_MISSING',
  },
}

/** The path of a program, or nothing where it is not found. Looks only; `npm run setup` installs. */
export function locateProgram(name: ProgramName, environment: Environment = process.env): string | undefined {
  const { variable, commands, places } = programs[name]
  const named = environment[variable]
  if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined
  for (const command of commands) {
    const path = commandPath(command, environment)
    if (path !== undefined) return path
  }
  return places?.(environment).find(isExecutable)
}

/** The path of a program. Throws a HarnessError `BROWSER_MISSING` or `PROGRAM_MISSING` where it is not found. */
export function findProgram(name: ProgramName, environment: Environment = process.env): string {
  const path = locateProgram(name, environment)
  if (path !== undefined) return path
  const { variable, purpose, code } = programs[name]
  const named = environment[variable]
  const message =
    named === undefined || named === ''
      ? `${name} was not found`
      : `${variable} names ${named}, which is not executable`
  throw new HarnessError(code, message, {
    hint: `${name} is needed to ${purpose}: run \`npm run setup\`, or name its path in ${variable}`,
  })
}

/** Where PATH finds a command, or nothing. */
export function commandPath(command: string, environment: Environment = process.env): string | undefined {
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  return folders.flatMap((folder) => endings.map((ending) => join(folder, command + ending))).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function chromiumPlaces(environment: Environment): readonly string[] {
  const home = homedir()
  if (process.platform === 'darwin') {
    const applications = ['Chromium', 'Google Chrome'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
    const folder = join(home, 'Library', 'Caches', 'ms-playwright')
    return [...applications, ...playwrightBuilds(environment, folder, ['Chromium', 'Google Chrome for Testing'])]
  }
  if (process.platform === 'win32') {
    const local = environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local')
    const roots = [environment['PROGRAMFILES'], environment['PROGRAMFILES(X86)'], local]
    const installed = roots.flatMap((root) =>
      root === undefined ? [] : [join(root, 'Google', 'Chrome', 'Application', 'chrome.exe')],
    )
    return [...installed, ...playwrightBuilds(environment, join(local, 'ms-playwright'), ['chrome.exe'])]
  }
  const folder = join(environment['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'ms-playwright')
  return ['/snap/bin/chromium', ...playwrightBuilds(environment, folder, ['chrome'])]
}

/** The browsers that Playwright has downloaded lie at `chromium-<build>/chrome-<platform>/`, numbered as they appear. */
function playwrightBuilds(environment: Environment, folder: string, binaries: readonly string[]): readonly string[] {
  const root = environment['PLAYWRIGHT_BROWSERS_PATH'] ?? folder
  const inside = (binary: string) =>
    process.platform === 'darwin' ? join(`${binary}.app`, 'Contents', 'MacOS', binary) : binary
  return foldersIn(root, 'chromium-')
    .toReversed()
    .flatMap((build) => foldersIn(join(root, build), 'chrome-').map((platform) => join(root, build, platform)))
    .flatMap((platform) => binaries.map((binary) => join(platform, inside(binary))))
}

function foldersIn(path: string, prefix: string): readonly string[] {
  try {
    return readdirSync(path)
      .filter((name) => name.startsWith(prefix))
      .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  } catch {
    return []
  }
}
