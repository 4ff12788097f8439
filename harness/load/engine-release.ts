import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { runCommand } from './command.ts'

/** An archive of a release: its name and the SHA-256 of its bytes, in hexadecimal. */
export interface ReleaseArchive {
  readonly file: string
  readonly sha256: string
}

/** The archives of k6 v2.2.0 by `platform-arch` as Node names them. Windows on ARM runs what is built for amd64. */
const archives: Readonly<Record<string, ReleaseArchive>> = {
  'linux-x64': {
    file: 'k6-v2.2.0-linux-amd64.tar.gz',
    sha256: 'b5a8003c86f35f5cd5ceef1490312c48e587696c94d998cefc6d7b3b4cb1597d',
  },
  'linux-arm64': {
    file: 'k6-v2.2.0-linux-arm64.tar.gz',
    sha256: '4ecd64cadcc792402d16293836115480419c4447c032858f564852d98f1bf54c',
  },
  'darwin-x64': {
    file: 'k6-v2.2.0-macos-amd64.zip',
    sha256: '45a08590511c8a6a9c6331645e60c41624924e848e29472e87c60ac956d50372',
  },
  'darwin-arm64': {
    file: 'k6-v2.2.0-macos-arm64.zip',
    sha256: '37a028506bf13578de66c906296803775df28cc2504b1a8c5d786b2803e757c7',
  },
  'win32-x64': {
    file: 'k6-v2.2.0-windows-amd64.zip',
    sha256: 'ceb2b1e1cf9dbe1303c6c33ec83ffda86dda5c610b4def92064d3c7ebae8d9f4',
  },
  'win32-arm64': {
    file: 'k6-v2.2.0-windows-amd64.zip',
    sha256: 'ceb2b1e1cf9dbe1303c6c33ec83ffda86dda5c610b4def92064d3c7ebae8d9f4',
  },
}

/** Where the releases of k6 are published. */
export const releaseFolder = 'https://github.com/grafana/k6/releases/download/v2.2.0'

/** The archive for this machine, or nothing where k6 publishes none. */
export const archiveForThisMachine = (): ReleaseArchive | undefined => archives[`${process.platform}-${process.arch}`]

/** No archive of k6 comes near it, in bytes. */
const largestArchive = 200_000_000

const downloadMs = 5 * 60_000

/**
 * Downloads a release of k6 into a folder, verifies it and unpacks it; the path of the binary. Throws where the archive
 * cannot be had or is not the one whose sum is pinned. Unpacking is left to the system's `tar`, which also reads zip on
 * macOS and Windows.
 */
export async function downloadRelease(
  url: string,
  { file, sha256 }: ReleaseArchive,
  folder: string,
  interruption?: AbortSignal,
): Promise<string> {
  const signal = AbortSignal.any([
    AbortSignal.timeout(downloadMs),
    ...(interruption === undefined ? [] : [interruption]),
  ])
  const response = await fetch(`${url}/${file}`, { signal })
  if (!response.ok || response.body === null) throw new Error(`${url}/${file} answered ${response.status}`)
  const archive = join(folder, file)
  const hash = createHash('sha256')
  let length = 0
  const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      length += chunk.length
      if (length > largestArchive) throw new Error(`${file} is larger than ${largestArchive} bytes`)
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(Readable.fromWeb(response.body), hashed, createWriteStream(archive))
  const actual = hash.digest('hex')
  if (actual !== sha256) throw new Error(`${file} has the SHA-256 ${actual}, but ${sha256} is pinned`)
  await runCommand('tar', ['-xf', archive, '-C', folder], { timeoutMs: 60_000 })
  return join(folder, file.replace(/\.(tar\.gz|zip)$/, ''), process.platform === 'win32' ? 'k6.exe' : 'k6')
}
