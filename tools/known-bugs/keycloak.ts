import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../harness/load/command.ts'
import { exists } from './cached.ts'
import { type Child, freePort, startChild } from './child.ts'
import type { Deployment } from './known-bug.ts'
import { accountsOf } from './maven-accounts.ts'
import { realmExport } from './keycloak-realm.ts'

const folderOf = (version: string, cache: string) => join(cache, 'maven', `keycloak-${version}`)

/** What lies in the folder once all of it is there. */
const fresh = 'data-before-the-first-start'

/**
 * One machine bears it beside others: a small heap, and no compiler that pays only after hours. Which of the others are
 * options of the build and which of the start has changed from version to version, so both know them all.
 */
const environment = {
  JAVA_OPTS_APPEND: '-Xmx512m -XX:TieredStopAtLevel=1',
  KC_DB: 'dev-file',
  KC_CACHE: 'local',
  KC_HTTP_ENABLED: 'true',
  KC_HTTP_HOST: '127.0.0.1',
  KC_HOSTNAME_STRICT: 'false',
}

const minute = 60_000

const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1'

/** Fetches Keycloak from Maven Central, builds it for one instance with a database in a file, and makes its tables. */
export async function prepareKeycloak(version: string, cache: string): Promise<void> {
  const folder = folderOf(version, cache)
  if (await exists(join(folder, fresh))) return
  await rm(folder, { recursive: true, force: true })
  await mkdir(join(cache, 'maven'), { recursive: true })
  await fetchKeycloak(version, join(cache, 'maven'))
  await runCommand('bash', [join(folder, 'bin', 'kc.sh'), 'build'], {
    folder,
    environment: { ...process.env, ...environment },
    timeoutMs: 10 * minute,
  })
  await (await startServer(folder, await freePort())).close()
  await rename(join(folder, 'data'), join(folder, fresh))
}

/** Not every repository has both archives of every version. */
async function fetchKeycloak(version: string, into: string): Promise<void> {
  // Maven leaves marks where it runs, and unpacks nothing a second time where it finds them.
  const folder = await mkdtemp(join(tmpdir(), 'assay-'))
  const unpack = async (type: string) => {
    const artifact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:${type}`
    const args = ['-q', '-B', `${dependencyPlugin}:unpack`, artifact, `-DoutputDirectory=${into}`]
    await runCommand('mvn', args, { folder, timeoutMs: 10 * minute })
  }
  try {
    await unpack('zip').catch(async () => await unpack('tar.gz'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const realm = 'assay'

/** Starts it with one realm and nothing left of an earlier run. */
export async function startKeycloak(
  version: string,
  cache: string,
  redirectUris: readonly string[],
): Promise<Deployment> {
  const folder = folderOf(version, cache)
  const accounts = accountsOf(redirectUris)
  const data = join(folder, 'data')
  await rm(data, { recursive: true, force: true })
  await cp(join(folder, fresh), data, { recursive: true })
  await mkdir(join(data, 'import'), { recursive: true })
  await writeFile(join(data, 'import', `${realm}-realm.json`), JSON.stringify(realmExport(realm, accounts)), {
    mode: 0o600,
  })
  const port = await freePort()
  const server = await startServer(folder, port, ['--import-realm'])
  return {
    settings: {
      issuer: `http://127.0.0.1:${port}/realms/${realm}`,
      ...accounts,
      // It hashes the password of each sign-in, and takes its time on purpose.
      limits: { concurrency: 2, timeout_ms: minute },
    },
    close: async () => {
      await server.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

const startServer = async (folder: string, port: number, more: readonly string[] = []): Promise<Child> =>
  await startChild('bash', [join(folder, 'bin', 'kc.sh'), 'start', '--optimized', ...more], {
    folder,
    environment: { ...environment, KC_HTTP_PORT: String(port) },
    ready: /Listening on: http:/,
    timeoutMs: 10 * minute,
  })
