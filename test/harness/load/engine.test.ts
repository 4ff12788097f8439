import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { archiveForThisMachine, releaseFolder } from '../../../harness/load/engine-release.ts'
import { cacheFolder, engineVersion, findEngine, provideEngine } from '../../../harness/load/engine.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

/** A machine of its own: an empty PATH and an empty cache, in which each program is a shell script. */
function machine() {
  const root = temporaryFolder()
  const bin = join(root, 'bin')
  const environment = { PATH: bin, HOME: root, XDG_CACHE_HOME: join(root, 'cache') }
  const script = (path: string, ...lines: readonly string[]) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, ['#!/bin/sh', ...lines, ''].join('\n'))
    chmodSync(path, 0o755)
    return path
  }
  const cache = cacheFolder(environment)
  return {
    root,
    environment,
    cache,
    k6: (version: string, path = join(bin, 'k6')) => script(path, `echo "k6 ${version} (go1.26.0, linux/amd64)"`),
    /** A Go which notes its arguments and runs these lines; `$out` is where the binary belongs. */
    go: (...lines: readonly string[]) =>
      script(
        join(bin, 'go'),
        `echo "$PWD: $*" >> "${root}/go-calls"`,
        'while [ "$1" != -o ]; do shift; done',
        'out=$2',
        ...lines,
      ),
    goCalls: () =>
      existsSync(join(root, 'go-calls')) ? readFileSync(join(root, 'go-calls'), 'utf8').trim().split('\n') : [],
    /** Nothing to download: the port is closed. */
    offline: { url: 'http://127.0.0.1:1', archive: { file: 'k6.tar.gz', sha256: '' } },
  }
}

/** Lines of a fake Go that make a k6 which runs. */
const makesK6 = [`printf '#!/bin/sh\\necho "k6 v2.2.0 (go1.26.0, linux/amd64)"\\n' > "$out"`]

/** Serves a release whose archive holds a k6 that runs. */
async function release(folder: string) {
  const name = 'k6-v2.2.0-linux-amd64'
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'k6'), '#!/bin/sh\necho "k6 v2.2.0 (go1.26.0, linux/amd64)"\n')
  expect(spawnSync('tar', ['-czf', `${name}.tar.gz`, name], { cwd: folder }).status).toBe(0)
  const bytes = readFileSync(join(folder, `${name}.tar.gz`))
  const server = createServer((request, response) => {
    response.writeHead(request.url === `/v2.2.0/${name}.tar.gz` ? 200 : 404).end(bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => await new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { url: `http://127.0.0.1:${port}/v2.2.0`, archive: { file: `${name}.tar.gz`, sha256 } }
}

const silent = () => undefined

describe('k6 is found', () => {
  test('where K6_BIN names it, before PATH', async () => {
    const { environment, k6, root } = machine()
    k6('v2.9.9')
    const path = k6('v2.0.1', join(root, 'elsewhere', 'my-k6'))
    expect(await findEngine({ environment: { ...environment, K6_BIN: path } })).toEqual({
      state: 'ready',
      path,
      version: 'v2.0.1',
      source: 'K6_BIN',
    })
  })

  test('on PATH in any minor of v2, and the version says which', async () => {
    const { environment, k6 } = machine()
    const path = k6('v2.7.0-rc1')
    expect(await findEngine({ environment })).toEqual({ state: 'ready', path, version: 'v2.7.0-rc1', source: 'PATH' })
  })

  test('in the cache, where PATH has only a v1', async () => {
    const { environment, k6, cache } = machine()
    k6('v1.6.0')
    const path = k6('v2.2.0', join(cache, 'k6'))
    expect(await findEngine({ environment })).toEqual({ state: 'ready', path, version: 'v2.2.0', source: 'cache' })
  })
})

describe('k6 is missing', () => {
  test('where K6_BIN names what is not there, though PATH has one', async () => {
    const { environment, k6 } = machine()
    k6('v2.2.0')
    const engine = await provideEngine(silent, { environment: { ...environment, K6_BIN: '/nowhere/k6' } })
    expect(engine).toMatchObject({
      state: 'missing',
      because: expect.stringMatching(/^K6_BIN names \/nowhere\/k6, but it does not run: .*ENOENT.*correct K6_BIN/),
    })
  })

  test('where its making is interrupted, and nothing else is tried then', async () => {
    const { environment, go, goCalls, cache } = machine()
    go('exec /bin/sleep 600')
    const interruption = new AbortController()
    const lines: string[] = []
    const making = provideEngine((line) => lines.push(line), { environment, signal: interruption.signal })
    await expect.poll(goCalls, { timeout: 10_000 }).toHaveLength(1)
    interruption.abort()

    expect(await making).toMatchObject({ state: 'missing', because: expect.stringContaining('; it was interrupted: ') })
    expect(lines).toEqual([`building k6 ${engineVersion} with Go, once: this takes a few minutes`])
    expect(readdirSync(cache)).toEqual([])
  })

  test('where there is none, and the reason names each place and what to do', async () => {
    const { environment } = machine()
    expect(await findEngine({ environment })).toEqual({
      state: 'missing',
      because:
        'there is no k6 on PATH; none is cached; nothing was built or downloaded: install k6 v2 (https://grafana.com/docs/k6/latest/set-up/install-k6/) or Go, or name a k6 binary in K6_BIN',
    })
  })

  test('where what is on PATH says nothing of itself', async () => {
    const { environment, k6 } = machine()
    k6('of sorts')
    expect(await findEngine({ environment })).toMatchObject({
      because: expect.stringContaining('it does not say which k6 it is'),
    })
  })

  test('where the build fails and the release cannot be reached, and the reason tells both', async () => {
    const { environment, go, offline, cache } = machine()
    go('echo "module lookup disabled" >&2', 'exit 1')
    const engine = await provideEngine(silent, { environment, release: offline })
    expect(engine).toMatchObject({
      because: expect.stringContaining(
        'it was not built: ended with 1: module lookup disabled; it was not downloaded: fetch failed',
      ),
    })
    expect(readdirSync(cache)).toEqual([])
  })

  test('where the release is not the one whose sum is pinned', async () => {
    const { environment, root, cache } = machine()
    const { url, archive } = await release(root)
    const engine = await provideEngine(silent, {
      environment,
      release: { url, archive: { ...archive, sha256: '0'.repeat(64) } },
    })
    expect(engine).toMatchObject({
      because: expect.stringContaining(`has the SHA-256 ${archive.sha256}, but ${'0'.repeat(64)} is pinned`),
    })
    expect(readdirSync(cache)).toEqual([])
  })

  test('where the build leaves half a binary, which never gets into the cache', async () => {
    const { environment, go, offline, cache } = machine()
    go(`printf '\\177ELF half' > "$out"`)
    expect(await provideEngine(silent, { environment, release: offline })).toMatchObject({
      state: 'missing',
      because: expect.stringContaining('it was not built: it does not run'),
    })
    expect(readdirSync(cache)).toEqual([])
  })

  test('where the cache cannot be written to', async () => {
    const { environment, root, go } = machine()
    go(...makesK6)
    writeFileSync(join(root, 'cache'), 'a file')
    expect(await provideEngine(silent, { environment })).toMatchObject({
      state: 'missing',
      because: expect.stringContaining('cannot be used: ENOTDIR'),
    })
  })
})

describe('k6 is made', () => {
  test('by Go, from the pinned module, into the cache', async () => {
    const { environment, go, goCalls, cache } = machine()
    go(...makesK6)
    const lines: string[] = []
    const engine = await provideEngine((line) => lines.push(line), { environment })
    expect(engine).toEqual({ state: 'ready', path: join(cache, 'k6'), version: 'v2.2.0', source: 'built' })
    expect(lines).toEqual(['building k6 v2.2.0 with Go, once: this takes a few minutes', 'k6 v2.2.0 is ready'])
    expect(goCalls()).toEqual([
      expect.stringMatching(
        /harness\/load\/engine: build -trimpath -buildvcs=false -ldflags=-s -w -o \S+ go\.k6\.io\/k6\/v2$/,
      ),
    ])
    expect(readdirSync(dirname(cache))).toEqual([engineVersion])
    expect(readdirSync(cache)).toEqual(['k6'])
    expect(await findEngine({ environment })).toMatchObject({ state: 'ready', source: 'cache' })
  })

  test('from the release, where Go fails', async () => {
    const { environment, root, go, cache } = machine()
    go('exit 2')
    const engine = await provideEngine(silent, { environment, release: await release(root) })
    expect(engine).toEqual({ state: 'ready', path: join(cache, 'k6'), version: 'v2.2.0', source: 'downloaded' })
    expect(readdirSync(cache)).toEqual(['k6'])
  })

  test('once, where two ask at the same time', async () => {
    const { environment, go, goCalls } = machine()
    go('/bin/sleep 0.5', ...makesK6)
    const lines: string[] = []
    const report = (line: string) => lines.push(line)
    const engines = await Promise.all([provideEngine(report, { environment }), provideEngine(report, { environment })])
    expect(new Set(engines.map((engine) => engine.state === 'ready' && engine.source))).toEqual(
      new Set(['built', 'cache']),
    )
    expect(goCalls()).toHaveLength(1)
    expect(lines).toContain('another process is making k6: waiting for it')
  })

  test('in spite of what a process that died has left behind', async () => {
    const { environment, go, cache } = machine()
    go(...makesK6)
    const dead = await pidOfTheDead()
    mkdirSync(`${cache}.lock`, { recursive: true })
    writeFileSync(join(`${cache}.lock`, 'owner'), String(dead))
    mkdirSync(join(cache, `making-${dead}-00000000`), { recursive: true })
    const lines: string[] = []
    expect(await provideEngine((line) => lines.push(line), { environment })).toMatchObject({ source: 'built' })
    expect(lines).not.toContain('another process is making k6: waiting for it')
    expect(readdirSync(dirname(cache))).toEqual([engineVersion])
    expect(readdirSync(cache)).toEqual(['k6'])
  })
})

async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => child.once('close', resolve))
  if (child.pid === undefined) throw new Error('no process was started')
  return child.pid
}

test('the module, the archives and the release folder are of one version', () => {
  const module = readFileSync(new URL('../../../harness/load/engine/go.mod', import.meta.url), 'utf8')
  expect(module).toContain(`go.k6.io/k6/v2 ${engineVersion} // indirect`)
  expect(archiveForThisMachine()?.file).toContain(engineVersion)
  expect(releaseFolder).toContain(engineVersion)
})
