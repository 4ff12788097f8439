import { HarnessError } from '../harness/error.ts'
import { Secret } from '../harness/target/secret.ts'
import type { TargetSettings } from '../harness/target/settings.ts'
import type { Config } from '../reference-server/config.ts'
import { dialects } from '../reference-server/dialects/catalogue.ts'
import { type Example, exampleAccounts } from '../reference-server/example.ts'
import { listen, type Listening } from '../reference-server/listen.ts'
import type { Client } from '../reference-server/model.ts'
import { catalogue } from '../reference-server/mutants/catalogue.ts'
import type { Swap } from '../reference-server/rulebook.ts'

/** How the embedded server differs from the right one. */
export interface Variation {
  readonly swap?: Swap
  readonly config?: Partial<Config>
}

/** The mutant or dialect of that name, or nothing where none is named. */
export function variationOf({
  mutant,
  dialect,
}: {
  readonly mutant?: string | undefined
  readonly dialect?: string | undefined
}): Variation {
  if (mutant !== undefined && dialect !== undefined) {
    throw new HarnessError('USAGE', 'a mutant and a dialect cannot be served at once', {
      hint: 'name one of --mutant and --dialect',
    })
  }
  if (mutant !== undefined) return catalogue.get(mutant) ?? unknown('mutant', mutant, '`assay mutants --list`')
  if (dialect !== undefined)
    return dialects.find(({ id }) => id === dialect) ?? unknown('dialect', dialect, '`assay mutants --list`')
  return {}
}

const unknown = (kind: string, id: string, list: string): never => {
  throw new HarnessError('USAGE', `there is no ${kind} ${id}`, { hint: `${list} names them all` })
}

export interface Embedded extends Listening {
  readonly settings: TargetSettings
}

/** Starts the reference server on a free loopback port, with accounts made for it, and says how to test it. */
export async function startEmbedded(variation: Variation = {}): Promise<Embedded> {
  const example = exampleAccounts()
  const listening = await listen({
    config: { ...variation.config, ...example.config },
    clockIsOpen: true,
    ...(variation.swap !== undefined && { swap: variation.swap }),
  })
  return { ...listening, settings: settingsFor(listening, example) }
}

/** What the target file of an embedded server would say. */
const settingsFor = ({ issuer }: Listening, { config, privateKey }: Example): TargetSettings => ({
  issuer,
  clients: config.clients.map((client: Client) => ({
    client_id: client.clientId,
    token_endpoint_auth_method: client.authMethod,
    redirect_uris: client.redirectUris,
    grant_types: client.grantTypes,
    scope: client.scopes.join(' '),
    ...(client.secret !== undefined && { client_secret: new Secret(client.secret) }),
    ...(client.authMethod === 'private_key_jwt' && { private_key: new Secret(privateKey) }),
  })),
  users: config.users.map(({ username, password, sub }) => ({ username, password: new Secret(password), sub })),
  clock_url: `${issuer}/clock`,
})
