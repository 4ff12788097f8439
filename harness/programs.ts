import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { HarnessError, type HarnessErrorCode } from './error.ts'

export type ProgramName = 'chromium' | 'xmlsec1' | 'prometheus' | 'promtool'

export interface Program {
  /** Overrides the search. */
  readonly variable: string
  /** As it may be called on the PATH, or where it stands elsewhere. */
  readonly names: readonly string[]
  /** The package of Debian and its kin. */
  readonly apt: string
  readonly usedFor: string
  readonly missing: HarnessErrorCode
}

/** Programs beyond npm that some parts use. */
export const programs: Readonly<Record<ProgramName, Program>> = {
  chromium: {
    variable: 'CHROMIUM_BIN',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
    apt: 'chromium',
    usedFor: 'signing in where a page needs JavaScript',
    missing: 'BROWSER_MISSING',
  },
  xmlsec1: { variable: 'XMLSEC1_BIN', names: ['xmlsec1'], apt: 'xmlsec1', usedFor: 'a second opinion on SAML signatures', missing: 'PROGRAM_MISSING' },
  prometheus: { variable: 'PROMETHEUS_BIN', names: ['prometheus'], apt: 'prometheus', usedFor: 'testing the dashboards', missing: 'PROGRAM_MISSING' },
  promtool: { variable: 'PROMTOOL_BIN', names: ['promtool'], apt: 'prometheus', usedFor: 'testing the alert rules', missing: 'PROGRAM_MISSING' },
}

/** Where a program is; throws with what to do where it is not. */
export function findProgram(name: ProgramName): string {
  const { missing, variable, usedFor } = programs[name]
  const found = lookForProgram(name)
  if (found !== undefined) return found
  throw new HarnessError(missing, `${name} is not installed; it is used for ${usedFor}`, { hint: `run \`npm run setup\`, or set ${variable} to where it is` })
}

export function lookForProgram(name: ProgramName): string | undefined {
  const { variable, names } = programs[name]
  const named = process.env[variable]
  if (named !== undefined && named !== '') return isExecutable(named) ? named : undefined
  return names.map((one) => onPath(one)).find((one) => one !== undefined)
}

/** A program by its name, looked for as a shell does. */
export function onPath(name: string): string | undefined {
  if (name.includes('/')) return isExecutable(name) ? name : undefined
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
