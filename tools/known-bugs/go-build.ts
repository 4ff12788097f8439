import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../harness/load/command.ts'
import { filledOnce } from './cached.ts'

export interface GoProgram {
  readonly module: string
  readonly version: string
  /** The package that is the program; the fixture itself unless said. */
  readonly main?: string
  /** Its source, a folder of `fixtures/go`, where the module is a library. */
  readonly fixture?: string
  /** Further lines of go.mod: Go does not heed what a module replaces in its own. */
  readonly further?: readonly string[]
  /** Build tags. */
  readonly tags?: readonly string[]
  /** Whether a part of it is written in C: then there has to be a compiler for that, too. */
  readonly inC?: boolean
}

const fixtures = fileURLToPath(new URL('./fixtures/go', import.meta.url))

/** One hour: old programs bring along hundreds of modules. */
const buildMs = 60 * 60_000

/**
 * Builds `server` in a folder, once. The go.mod is made here: what it requires pins all of the build, and Go holds each
 * module against the public checksum database.
 */
export async function buildServer(program: GoProgram, folder: string): Promise<void> {
  const { module, version, main = '.', fixture, further = [], tags = [], inC = false } = program
  await filledOnce(folder, async (unfinished) => {
    if (fixture !== undefined) await cp(join(fixtures, fixture), unfinished, { recursive: true })
    const lines = ['module fixture', '', 'go 1.21', '', `require ${module} ${version}`, '', ...further]
    await writeFile(join(unfinished, 'go.mod'), `${lines.join('\n')}\n`)
    const how = ['-mod=mod', '-p', '1', ...(tags.length > 0 ? ['-tags', tags.join(',')] : [])]
    await runCommand('go', ['build', ...how, '-o', 'server', main], {
      timeoutMs: buildMs,
      folder: unfinished,
      environment: { ...process.env, CGO_ENABLED: inC ? '1' : '0' },
    })
  })
}
