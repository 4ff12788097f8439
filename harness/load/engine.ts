import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandPath, type Environment } from '../programs.ts'
import { runCommand } from './command.ts'
import { archiveForThisMachine, downloadRelease, type ReleaseArchive, releaseFolder } from './engine-release.ts'
import { exists, isAlive, withLock } from './lock.ts'

/** The release of k6 that is built or downloaded. Any other v2 does where the user has one. */
export const engineVersion = 'v2.2.0'

/** The load engine: the k6 binary and where it came from, or why there is none and what to do. */
export type Engine =
  | { readonly state: 'ready'; readonly path: string; readonly version: string; readonly source: EngineSource }
  | { readonly state: 'missing'; readonly because: string }

export type EngineSource = 'K6_BIN' | 'PATH' | 'cache' | 'built' | 'downloaded'

/** Where k6 is looked for, and where it is had from. */
export interface EngineOptions {
  readonly environment?: Environment
  /** The folder of the release archives, as a URL, and the archive for this machine. */
  readonly release?: { readonly url: string; readonly archive: ReleaseArchive | undefined }
  /** Gives up making it. */
  readonly signal?: AbortSignal
}

const advice =
  'install k6 v2 (https://grafana.com/docs/k6/latest/set-up/install-k6/) or Go, or name a k6 binary in K6_BIN'

const binary = process.platform === 'win32' ? 'k6.exe' : 'k6'

/** Looks for k6, in `K6_BIN`, then on PATH, then in the user's cache. Takes well under a second and makes nothing. */
export async function findEngine({ environment = process.env }: EngineOptions = {}): Promise<Engine> {
  const found = await lookFor(environment)
  return found.state === 'ready' ? found : missing([...found.tried, 'nothing was built or downloaded'], found.final)
}

/**
 * Finds k6 or makes it: builds it with Go from the pinned module, else downloads the release and holds it against its
 * pinned sum. Takes minutes the first time, and says how it goes on by `report`, a line at a time. Never throws.
 */
export async function provideEngine(report: (line: string) => void, options: EngineOptions = {}): Promise<Engine> {
  const environment = options.environment ?? process.env
  const found = await lookFor(environment)
  if (found.state === 'ready') return found
  if (found.final) return missing(found.tried, true)
  const folder = cacheFolder(environment)
  try {
    await mkdir(folder, { recursive: true })
    await removeLeftovers(folder)
    const onWait = () => report('another process is making k6: waiting for it')
    const lock = { waitMs: buildMs, onWait, signal: options.signal }
    return await withLock(`${folder}.lock`, lock, async () => {
      // Whoever held the lock before may have made it.
      const made = await cached(environment)
      return typeof made === 'string' ? await make(folder, found.tried, report, { ...options, environment }) : made
    })
  } catch (error) {
    return missing([...found.tried, `the cache ${folder} cannot be used: ${messageOf(error)}`], false)
  }
}

/** The user's cache of one version of k6: the platform's place for caches, then `assay/k6/<version>`. */
export function cacheFolder(environment: Environment = process.env): string {
  const home = environment['HOME'] ?? homedir()
  const platforms: Readonly<Record<string, string>> = {
    darwin: join(home, 'Library', 'Caches'),
    win32: environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'),
  }
  const xdg = environment['XDG_CACHE_HOME']
  const root = xdg !== undefined && xdg !== '' ? xdg : (platforms[process.platform] ?? join(home, '.cache'))
  return join(root, 'assay', 'k6', engineVersion)
}

type Ready = Extract<Engine, { state: 'ready' }>

type Found = Ready | { readonly state: 'not-found'; readonly tried: readonly string[]; readonly final: boolean }

async function lookFor(environment: Environment): Promise<Found> {
  const named = environment['K6_BIN']
  if (named !== undefined && named !== '') {
    const engine = await engineAt(named, 'K6_BIN', environment)
    // Whoever names a binary does not want another one.
    return typeof engine === 'string'
      ? { state: 'not-found', tried: [`K6_BIN names ${named}, but ${engine}`], final: true }
      : engine
  }
  const onPath = commandPath('k6', environment)
  const fromPath = onPath === undefined ? 'there is no k6 on PATH' : await engineAt(onPath, 'PATH', environment)
  if (typeof fromPath !== 'string') return fromPath
  const fromCache = await cached(environment)
  if (typeof fromCache !== 'string') return fromCache
  const tried = [onPath === undefined ? fromPath : `${onPath} does not do: ${fromPath}`, fromCache]
  return { state: 'not-found', tried, final: false }
}

async function cached(environment: Environment): Promise<Ready | string> {
  const path = join(cacheFolder(environment), binary)
  if (!(await exists(path))) return 'none is cached'
  const engine = await engineAt(path, 'cache', environment)
  return typeof engine === 'string' ? `the cached ${path} does not do: ${engine}` : engine
}

/** The engine at a path, or what is wrong with it. */
async function engineAt(path: string, source: EngineSource, environment: Environment): Promise<Ready | string> {
  try {
    const printed = await runCommand(path, ['version'], { timeoutMs: 10_000, environment })
    const version = /^k6(?:\.exe)? (v\d+\.\d+\.\d+\S*)/m.exec(printed)?.[1]
    if (version === undefined) return 'it does not say which k6 it is'
    return version.startsWith('v2.')
      ? { state: 'ready', path, version, source }
      : `it is k6 ${version} and v2 is needed`
  } catch (error) {
    return `it does not run: ${messageOf(error)}`
  }
}

/** Makes the binary in a folder of its own and moves it into place when it is whole: nobody ever sees half of one. */
async function make(
  folder: string,
  before: readonly string[],
  report: (line: string) => void,
  options: EngineOptions,
): Promise<Engine> {
  const environment = options.environment ?? process.env
  const workshop = join(folder, `making-${process.pid}-${randomBytes(4).toString('hex')}`)
  const tried = [...before]
  const ways = [
    ['built', async () => await build(workshop, options, report)],
    ['downloaded', async () => await download(workshop, options, report)],
  ] as const
  try {
    for (const [source, way] of ways) {
      if (options.signal?.aborted === true) return missing([...tried, 'it was interrupted'], false)
      await mkdir(workshop, { recursive: true })
      try {
        const made = await way()
        await chmod(made, 0o755)
        const engine = await engineAt(made, source, environment)
        if (typeof engine === 'string') throw new Error(engine)
        await rename(made, join(folder, binary))
        report(`k6 ${engine.version} is ready`)
        return { ...engine, path: join(folder, binary) }
      } catch (error) {
        tried.push(`it was not ${source}: ${messageOf(error)}`)
        await rm(workshop, { recursive: true, force: true })
      }
    }
    return missing(tried, false)
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

/** What a process that was interrupted left in the cache. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = /^making-(\d+)-/.exec(name)?.[1]
    if (owner !== undefined && !isAlive(Number(owner))) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** A build takes some three minutes on two cores; a slow machine with an empty module cache gets this long. */
const buildMs = 25 * 60_000

async function build(workshop: string, options: EngineOptions, report: (line: string) => void): Promise<string> {
  const { environment = process.env, signal } = options
  const go = commandPath('go', environment)
  if (go === undefined) throw new Error('there is no go on PATH')
  const made = join(workshop, binary)
  const started = performance.now()
  report(`building k6 ${engineVersion} with Go, once: this takes a few minutes`)
  const ticking = setInterval(
    () => report(`still building k6, ${Math.round((performance.now() - started) / 1000)} s`),
    30_000,
  )
  try {
    await runCommand(go, ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', made, 'go.k6.io/k6/v2'], {
      timeoutMs: buildMs,
      environment,
      ...(signal !== undefined && { signal }),
      folder: fileURLToPath(new URL('engine', import.meta.url)),
    })
  } finally {
    clearInterval(ticking)
  }
  return made
}

async function download(
  workshop: string,
  { release, signal }: EngineOptions,
  report: (line: string) => void,
): Promise<string> {
  const { url, archive } = release ?? { url: releaseFolder, archive: archiveForThisMachine() }
  if (archive === undefined) throw new Error(`k6 publishes no binary for ${process.platform} on ${process.arch}`)
  report(`downloading ${archive.file}`)
  return await downloadRelease(url, archive, workshop, signal)
}

const missing = (tried: readonly string[], final: boolean): Engine => ({
  state: 'missing',
  because: `${tried.join('; ')}: ${final ? 'correct K6_BIN, or unset it to have k6 looked for or made' : advice}`,
})

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
