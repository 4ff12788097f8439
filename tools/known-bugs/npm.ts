import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { runCommand } from '../../harness/load/command.ts'
import type { TargetSettings } from '../../harness/target/settings.ts'
import type { ClientAuthMethod } from '../../harness/target/target.ts'
import { client, person } from './accounts.ts'
import { filledOnce } from './cached.ts'
import { startFixture } from './fixture.ts'
import type { Deployment, KnownBug } from './known-bug.ts'

/** A deployment of a package, as `fixtures/npm/<fixture>.mjs` has it. */
interface Fixture {
  readonly fixture: string
  /** The clients that it is told of, by how they authenticate; where there are none, it registers them. */
  readonly clients: readonly ClientAuthMethod[]
  /** What a target file says besides that. */
  readonly settings?: (issuer: string) => Partial<TargetSettings>
}

const betterAuth: Fixture = {
  fixture: 'better-auth',
  clients: [],
  settings: (issuer) => ({ metadata_url: `${issuer}/api/auth/.well-known/openid-configuration` }),
}

const oauth2Server: Fixture = {
  fixture: 'oauth2-server',
  clients: ['client_secret_basic', 'client_secret_post', 'none'],
}

/** Packages of npm. */
export const npmBugs: readonly KnownBug[] = [
  npmBug(betterAuth, {
    id: 'CVE-2026-53518',
    package: 'better-auth',
    wrong: '1.6.10',
    right: '1.6.11',
    bug: 'looks a code up and deletes it in two steps, so that parallel requests all get a token',
    shows: [rfc6749.codeSingleUse, rfc9700.codeInvalidated],
    only: ['oauth2/authorization-code', 'fuzz/races'],
  }),
  npmBug(betterAuth, {
    id: 'GHSA-9h47-pqcx-hjr4',
    package: 'better-auth',
    wrong: '1.6.10',
    right: '1.6.11',
    bug: 'takes the method plain, named or left out, while its metadata list S256 alone',
    shows: [rfc8414.challengeMethodsPublished],
    only: ['oauth2/pkce', 'fuzz/pkce'],
  }),
  npmBug(betterAuth, {
    id: 'GHSA-86j7-9j95-vpqj',
    package: 'better-auth',
    wrong: '1.6.12',
    right: '1.6.13',
    bug: 'registers a redirection URI with the scheme javascript',
    shows: [rfc7591.redirectUriOfApplication],
    only: ['oauth2/client-metadata', 'oauth2/registration', 'oauth2/registered-scheme'],
  }),
  npmBug(oauth2Server, {
    id: 'CVE-2026-41213',
    package: '@node-oauth/oauth2-server',
    wrong: '5.2.1',
    right: '5.3.0',
    bug: 'redeems a code with a verifier that is too short, too long or in other characters',
    shows: [rfc7636.verifierSyntax],
    only: ['oauth2/pkce', 'fuzz/pkce'],
  }),
  npmBug(
    { fixture: 'workers-oauth-provider', clients: [] },
    {
      id: 'CVE-2025-4143',
      package: '@cloudflare/workers-oauth-provider',
      wrong: '0.0.4',
      right: '0.0.5',
      bug: 'sends a code to a redirection URI that the client did not register',
      shows: [rfc9700.exactRedirectUri, rfc6749.redirectUriCompared],
      only: ['oauth2/authorization-endpoint', 'fuzz/redirect-uri'],
    },
  ),
  npmBug(
    { fixture: 'oidc-provider', clients: [] },
    {
      id: 'oidc-provider 9.11.4',
      package: 'oidc-provider',
      wrong: '9.11.3',
      right: '9.11.4',
      bug: 'compares redirection URIs once a URL parser has normalised them',
      shows: [rfc9700.exactRedirectUri, rfc6749.redirectUriCompared],
      only: ['oauth2/authorization-endpoint', 'fuzz/redirect-uri'],
    },
  ),
]

type Facts = Omit<KnownBug, 'registry' | 'prepare' | 'start'>

function npmBug(fixture: Fixture, facts: Facts): KnownBug {
  const folderOf = (version: string, cache: string) => join(cache, 'npm', `${facts.package}@${version}`)
  return {
    ...facts,
    registry: 'npm',
    prepare: async (version, cache) => await install(`${facts.package}@${version}`, folderOf(version, cache)),
    start: async (version, cache) => await startPackage(fixture, folderOf(version, cache)),
  }
}

/** What a package needs is taken as it was on this day, so that a run sees tomorrow what it sees today. */
const asOf = '2026-09-01'

const installMs = 5 * 60_000

async function install(wanted: string, folder: string): Promise<void> {
  const quiet = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--omit=peer', `--before=${asOf}`]
  await filledOnce(folder, async (unfinished) => {
    await writeFile(join(unfinished, 'package.json'), '{ "private": true }\n')
    await runCommand('npm', ['install', ...quiet, '--prefix', unfinished, wanted], { timeoutMs: installMs })
  })
}

const fixtures = fileURLToPath(new URL('./fixtures/npm', import.meta.url))

const startMs = 30_000

/** The fixtures run from a copy beside the packages, which is where Node looks for what they import. */
async function startPackage({ fixture, settings, clients }: Fixture, folder: string): Promise<Deployment> {
  const copies = join(folder, 'fixtures')
  await cp(fixtures, copies, { recursive: true })
  const users = [person('alice@people.example'), person('bob@people.example')]
  const known = await Promise.all(clients.map(async (method) => await client(method, kind)))
  const { issuer, close } = await startFixture(process.execPath, [join(copies, `${fixture}.mjs`)], {
    clients: known,
    users,
    timeoutMs: startMs,
  })
  return {
    settings: {
      issuer,
      users,
      ...(known.length > 0 ? { clients: known.map(({ account }) => account) } : { registration: {} }),
      ...settings?.(issuer),
    },
    close,
  }
}

const kind = { grantTypes: ['authorization_code', 'refresh_token'], scope: 'read write' }
