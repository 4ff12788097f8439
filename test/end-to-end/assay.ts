import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { readReport } from '../../harness/reports/json.ts'
import type { Report } from '../../harness/reports/report.ts'

const program = fileURLToPath(new URL('../../cli/assay.js', import.meta.url))

/** What a command came to. */
export interface Ended {
  /** Its exit code, or that of a shell where a signal ended it. */
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly pid: number
  readonly ended: Promise<Ended>
  /** The first line on standard output, as soon as it is whole. */
  readonly firstLine: Promise<string>
  /** What it has said on standard error until now. */
  stderr(): string
  /** Sends a signal to the command and to all that belongs to its terminal, as Ctrl-C does. */
  interrupt(signal?: NodeJS.Signals): void
}

export interface Circumstances {
  /** Where the command runs. */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts the real command, in a process of its own that does not outlive the test. */
export function startAssay(args: readonly string[], { folder, environment }: Circumstances): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw new Error('the command could not be started')
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')))
    })
    child.once('close', () => reject(new Error(`the command ended without a line: ${stderr}`)))
  })
  firstLine.catch(() => {})
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({ exit: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stdout, stderr }),
    )
  })
  return {
    pid,
    ended,
    firstLine,
    stderr: () => stderr,
    interrupt: (signal = 'SIGINT') => void process.kill(-pid, signal),
  }
}

/** Runs the real command to its end. */
export const assay = async (args: readonly string[], circumstances: Circumstances): Promise<Ended> =>
  await startAssay(args, circumstances).ended

/** The report that a command left in its folder. */
export const reportIn = (folder: string): Report =>
  readReport(readFileSync(join(folder, '.assay', 'report.json'), 'utf8'))

/** What a run came to, in words that differ from run to run put by their names. */
export const normalised = (text: string, folder: string): string =>
  text
    .replaceAll(folder, 'FOLDER')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/\b\d+(?:\.\d+)? (?:ms|s)\b/g, 'TIME')
    .replaceAll(/\b[\d.,]+ (req|units)\/s/g, 'RATE $1/s')
    .replaceAll(/^Assay \d+\.\d+\.\d+/gm, 'Assay VERSION')
    .replaceAll(/^\d+ of \d+ units, .*\n/gm, '')
