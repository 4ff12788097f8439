import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../harness/load/command.ts'
import { filledOnce } from './cached.ts'
import { freePort, startChild } from './child.ts'
import type { Deployment } from './known-bug.ts'
import { type Accounts, accountsOf } from './maven-accounts.ts'

const minute = 60_000

const project = fileURLToPath(new URL('./fixtures/maven/spring', import.meta.url))

const folderOf = (version: string, cache: string) => join(cache, 'maven', `spring-${version}`)

/** The release of Spring Boot that a version belongs to: what else it needs comes with that. */
const bootOf = (version: string): string => (version.startsWith('1.2.') ? '3.2.3' : '3.5.7')

/** Compiles the application of `spring/`, and puts beside it what it runs on. */
export const prepareSpring = async (version: string, cache: string): Promise<void> =>
  await filledOnce(folderOf(version, cache), async (folder) => {
    const versions = [`-Dboot.version=${bootOf(version)}`, `-Dserver.version=${version}`]
    const places = [`-Dbuild.folder=${folder}`, `-DoutputDirectory=${join(folder, 'lib')}`]
    const goals = ['compile', 'dependency:copy-dependencies']
    const args = ['-q', '-B', '-f', join(project, 'pom.xml'), ...goals, ...versions, ...places]
    await runCommand('mvn', args, { folder, timeoutMs: 10 * minute })
  })

const redirectUris = ['https://rp.example/callback', 'https://rp.example/other?keep=this']

export async function startSpring(version: string, cache: string): Promise<Deployment> {
  const folder = folderOf(version, cache)
  const accounts = accountsOf(redirectUris)
  const port = await freePort()
  const classpath = [join(folder, 'classes'), join(folder, 'lib', '*')].join(delimiter)
  const flags = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', classpath]
  const server = await startChild('java', [...flags, 'example.Application'], {
    environment: { SPRING_APPLICATION_JSON: JSON.stringify(configuration(port, accounts)) },
    ready: /Started Application in/,
    timeoutMs: 5 * minute,
  })
  return {
    settings: { issuer: issuerAt(port), ...accounts, limits: { concurrency: 4, timeout_ms: minute } },
    close: async () => await server.close(),
  }
}

const issuerAt = (port: number) => `http://127.0.0.1:${port}`

/** As an operator would write it into `application.yml`. */
const configuration = (port: number, { clients, users }: Accounts) => ({
  server: { address: '127.0.0.1', port },
  people: Object.fromEntries(users.map(({ username, password }) => [username, password.reveal()])),
  spring: {
    security: {
      oauth2: {
        authorizationserver: {
          issuer: issuerAt(port),
          client: Object.fromEntries(
            clients.map((client) => [client.client_id, { registration: registrationOf(client) }]),
          ),
        },
      },
    },
  },
})

const registrationOf = (client: Accounts['clients'][number]) => ({
  'client-id': client.client_id,
  'client-secret': `{noop}${client.client_secret.reveal()}`,
  'client-authentication-methods': [client.token_endpoint_auth_method],
  'authorization-grant-types': client.grant_types,
  'redirect-uris': client.redirect_uris,
  scopes: client.scope?.split(' '),
})
