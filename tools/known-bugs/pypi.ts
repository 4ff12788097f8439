import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { runCommand } from '../../harness/load/command.ts'
import { client, person } from './accounts.ts'
import { filledOnce } from './cached.ts'
import { startFixture } from './fixture.ts'
import type { Deployment, KnownBug } from './known-bug.ts'

type Facts = Pick<KnownBug, 'id' | 'wrong' | 'right' | 'bug'>

const authlib = ({ responseTypes, ...facts }: Facts & { readonly responseTypes: readonly string[] }): KnownBug => ({
  ...facts,
  package: 'authlib',
  registry: 'pypi',
  shows: [rfc6749.errorNotToBadUri, rfc6749.noOpenRedirector, rfc9700.noOpenRedirect],
  only: ['oauth2/authorization-endpoint', 'fuzz/redirect-uri'],
  prepare: async (version, cache) => await install([`authlib==${version}`, ...besides], folderOf(version, cache)),
  start: async (version, cache) => await start(folderOf(version, cache), responseTypes),
})

const withIdTokens = ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token']

/** Packages of PyPI. */
export const pypiBugs: readonly KnownBug[] = [
  authlib({
    id: 'CVE-2026-41479',
    wrong: '1.6.9',
    right: '1.6.10',
    bug: 'reports an unknown response_type to whatever redirect_uri the request names, before it looks up the client',
    responseTypes: ['code'],
  }),
  ...(
    [
      ['1.6.11', '1.6.12'],
      ['1.7.0', '1.7.1'],
    ] as const
  ).map(([wrong, right]) =>
    authlib({
      id: 'CVE-2026-44681',
      wrong,
      right,
      bug: 'misses the scope openid in implicit and hybrid requests, and reports it to whatever redirect_uri they name',
      responseTypes: withIdTokens,
    }),
  ),
]

/** What the fixture and the package run on, so that a run sees tomorrow what it sees today. */
const besides = [
  'blinker==1.9.0',
  'cffi==2.1.1',
  'click==8.5.1',
  'cryptography==50.0.2',
  'flask==3.1.3',
  'itsdangerous==2.2.0',
  'jinja2==3.1.6',
  'joserfc==1.8.0',
  'markupsafe==3.0.4',
  'pycparser==3.12',
  'werkzeug==3.1.9',
]

const folderOf = (version: string, cache: string) => join(cache, 'pypi', `authlib@${version}`)

const installMs = 5 * 60_000
const startMs = 30_000

/** A folder for PYTHONPATH rather than a virtual environment, which could not be moved once it is whole. */
const install = async (wanted: readonly string[], folder: string) =>
  await filledOnce(folder, async (unfinished) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input']
    await runCommand('python3', ['-m', 'pip', 'install', ...quiet, '--target', unfinished, ...wanted], {
      timeoutMs: installMs,
    })
  })

const fixture = fileURLToPath(new URL('./fixtures/pypi/authlib_server.py', import.meta.url))

async function start(folder: string, responseTypes: readonly string[]): Promise<Deployment> {
  const users = [person('alice'), person('bob')]
  const kind = { grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'], scope: 'openid read write' }
  const clients = [
    await client('client_secret_basic', kind),
    await client('client_secret_post', kind),
    await client('none', kind),
  ]
  const { issuer, close } = await startFixture('python3', [fixture], {
    clients,
    users,
    environment: {
      RESPONSE_TYPES: JSON.stringify(responseTypes),
      PYTHONPATH: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      // Authlib asks for https even on the loopback interface.
      AUTHLIB_INSECURE_TRANSPORT: '1',
    },
    timeoutMs: startMs,
  })
  return { settings: { issuer, users, clients: clients.map(({ account }) => account) }, close }
}
