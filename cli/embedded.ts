import { type Claim, claims, freeingClaim } from '../core/spec/claims.ts'
import type { Requirement } from '../core/spec/document.ts'
import { HarnessError } from '../harness/error.ts'
import { printable } from '../harness/printable.ts'
import { nearest } from '../harness/target/nearest.ts'
import { openTarget } from '../harness/target/open.ts'
import { Secret } from '../harness/target/secret.ts'
import type { TargetSettings } from '../harness/target/settings.ts'
import type { Target } from '../harness/target/target.ts'
import { type Config, urlOf } from '../reference-server/config.ts'
import { dialects } from '../reference-server/dialects/catalogue.ts'
import { type Example, exampleAccounts } from '../reference-server/example.ts'
import { listen, type Listening } from '../reference-server/listen.ts'
import type { Client } from '../reference-server/model.ts'
import { catalogue } from '../reference-server/mutants/catalogue.ts'
import type { Swap } from '../reference-server/rulebook.ts'
import type { Store } from '../reference-server/store.ts'
import type { Transport } from '../reference-server/transport.ts'

/** How the embedded server differs from the right one. */
export interface Variation {
  readonly swap?: Swap
  readonly config?: Partial<Config>
  readonly transport?: Transport
  readonly store?: (store: Store) => Store
  /** What it is wrong about. */
  readonly breaks?: readonly Requirement[]
  /** What it claims; everything that can be claimed unless said, but for what would free it of what it breaks. */
  readonly claims?: readonly Claim[]
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
  if (mutant !== undefined) return catalogue.get(mutant) ?? unknown('mutant', mutant, [...catalogue.keys()], '--list')
  if (dialect !== undefined) {
    const ids = dialects.map(({ id }) => id)
    return dialects.find(({ id }) => id === dialect) ?? unknown('dialect', dialect, ids, '--dialects')
  }
  return {}
}

function unknown(kind: string, id: string, ids: readonly string[], list: string): never {
  const meant = nearest(id, ids)
  throw new HarnessError('USAGE', `there is no ${kind} ${printable(id)}`, {
    hint: meant === undefined ? `\`assay mutants ${list}\` names them all` : `did you mean ${meant}?`,
  })
}

export interface Embedded extends Listening {
  readonly settings: TargetSettings
}

/**
 * Starts the reference server on a free loopback port, with accounts made for it, and says how to test it. `origin` is where
 * it is reached, where that is not where it listens.
 */
export async function startEmbedded(
  variation: Variation = {},
  { origin }: { readonly origin?: string } = {},
): Promise<Embedded> {
  const example = exampleAccounts(variation.config)
  const listening = await listen({
    config: { ...variation.config, ...example.config },
    ...(origin !== undefined && { origin }),
    isControllable: true,
    // A faulty rule may throw, which is what its units are to find.
    ...(variation.swap !== undefined && { swap: variation.swap, onError: () => {} }),
    ...(variation.transport !== undefined && { transport: variation.transport }),
    ...(variation.store !== undefined && { store: variation.store }),
  })
  return {
    ...listening,
    settings: {
      ...settingsFor(listening, example),
      ...(variation.config?.keyRotation !== false && {
        control: { rotate_keys: { url: urlOf(listening.issuer, '/rotate-keys') } },
      }),
      claims: claimsOf(variation),
      registration: registrationOf(example, variation),
    },
  }
}

/** Does something to the embedded server, or to a variation of it, and closes it whatever comes of that. */
export async function onEmbedded<T>(variation: Variation, work: (target: Target) => Promise<T>): Promise<T> {
  const server = await startEmbedded(variation)
  try {
    const { target, close } = await openTarget(server.settings)
    try {
      return await work(target)
    } finally {
      await close()
    }
  } finally {
    await server.close()
  }
}

const claimsOf = ({ breaks = [], claims: own = claims }: Variation): readonly Claim[] =>
  own.filter((claim) => !breaks.some((requirement) => freeingClaim(requirement) === claim))

const registrationOf = (
  { config, publisherKey }: Example,
  variation: Variation,
): NonNullable<TargetSettings['registration']> => {
  const [publisher] = config.softwarePublishers
  const token = variation.config?.initialAccessToken
  return {
    clients: false,
    ...(token !== undefined && { initial_access_token: new Secret(token) }),
    ...(publisher !== undefined && {
      software_publisher: { issuer: publisher.issuer, private_key: new Secret(publisherKey) },
    }),
  }
}

/** What the target file of an embedded server would say. */
const settingsFor = ({ issuer }: Listening, { config, privateKey, serviceProviderKey }: Example): TargetSettings => ({
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
  clock_url: urlOf(issuer, '/clock'),
  saml: {
    metadata_url: urlOf(issuer, '/saml/metadata'),
    service_providers: config.serviceProviders.map(({ entityId, acsUrls: [first, ...others], certificate }) => ({
      entity_id: entityId,
      acs_url: first,
      other_acs_urls: others,
      ...(certificate !== undefined && { private_key: new Secret(serviceProviderKey) }),
    })),
  },
})
