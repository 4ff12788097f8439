import type { LoadClient, LoadPlan, ScenarioPlan, Share, Story } from '../../core/story.ts'
import { HarnessError } from '../error.ts'
import { clientMetadata } from '../target/registration.ts'
import type { ClientAccount, RegistrationAccess, Target } from '../target/target.ts'

/** What one process of a run adds to what is true of the target. */
export interface PlanOptions {
  readonly scenarios: readonly ScenarioPlan[]
  readonly share: Share
  readonly companion: string
  readonly skew?: number
  readonly hosts?: Readonly<Record<string, string>>
}

/** So many tokens a second are verified in full, all of them where no more come: each takes a fraction of a millisecond. */
const samplesPerSecond = 100

const sampleEvery = (scenarios: readonly ScenarioPlan[]): number => {
  const peaks = scenarios.map(({ stages }) => Math.max(0, ...stages.map(({ rate }) => rate)))
  return Math.max(1, Math.round(peaks.reduce((sum, peak) => sum + peak, 0) / samplesPerSecond))
}

/** A client of the target file tells a story, unless it registers clients of its own or is one of service providers. */
const needsClient = ({ needs }: Pick<Story, 'needs'>): boolean =>
  !needs.includes('registration') && !needs.includes('saml_idp')

/** Throws `USAGE` where a client tells one of these stories, and the target has none that load can be made with. */
export function assertTellable(target: Pick<Target, 'clients'>, stories: readonly Pick<Story, 'needs'>[]): void {
  if (loadClients(target).service !== undefined || !stories.some(needsClient)) return
  throw new HarnessError('USAGE', 'the target file has no client that load can be made with', {
    hint: 'add a client with client_secret_basic or client_secret_post under clients',
  })
}

/** What the scripts are told. */
export function planFor(target: Target, { skew = 0, ...options }: PlanOptions): LoadPlan {
  const { service, app, services } = loadClients(target)
  const endpoint = (name: string) => {
    const url = target.metadata[name]
    return typeof url === 'string' ? url : ''
  }
  return {
    issuer: target.issuer,
    endpoints: {
      authorization: endpoint('authorization_endpoint'),
      token: endpoint('token_endpoint'),
      introspection: endpoint('introspection_endpoint'),
      revocation: endpoint('revocation_endpoint'),
      userinfo: endpoint('userinfo_endpoint'),
      jwks: endpoint('jwks_uri'),
      registration: endpoint('registration_endpoint'),
      metadata: target.metadataUrl,
    },
    client: loadClient(service ?? noAccount, target),
    services: services.map((account) => loadClient(account, target)),
    ...(app !== undefined && { publicClient: loadClient(app, target) }),
    ...(target.registration !== undefined && { registration: registrationFor(target, target.registration) }),
    users: target.users.map(({ username, password, sub }) => ({
      username,
      password: password.reveal(),
      ...(sub !== undefined && { sub }),
    })),
    skew,
    openid: target.capabilities.has('openid'),
    ...(target.control?.rotate_keys !== undefined && { rotateKeys: target.control.rotate_keys.url }),
    sampleEvery: sampleEvery(options.scenarios),
    ...options,
  }
}

/**
 * The clients that make the load: a service that has a secret, for the most grants; an app that has none; and one service
 * for each way to authenticate.
 */
export function loadClients({ clients }: Pick<Target, 'clients'>) {
  const byGrants = clients.toSorted((a, b) => b.grant_types.length - a.grant_types.length)
  const service = byGrants.find(({ token_endpoint_auth_method: method }) => method.startsWith('client_secret'))
  const app = clients.find(
    ({ token_endpoint_auth_method: method, grant_types: grants }) =>
      method === 'none' && grants.includes('authorization_code') && grants.includes('refresh_token'),
  )
  const ways = new Map<string, ClientAccount>()
  for (const account of service === undefined ? [] : [service, ...byGrants]) {
    const { token_endpoint_auth_method: method, grant_types: grants } = account
    const serves = account === service || (method !== 'none' && grants.includes('client_credentials'))
    if (serves && !ways.has(method)) ways.set(method, account)
  }
  return { service, app, services: [...ways.values()] }
}

/** Stands for a client where no story is planned that one tells. */
const noAccount: ClientAccount = {
  client_id: '',
  token_endpoint_auth_method: 'none',
  redirect_uris: [],
  grant_types: [],
}

const loadClient = (account: ClientAccount, target: Target): LoadClient => {
  const key = signingKeyOf(account)
  const { token_endpoint_auth_signing_alg: alg } = account
  return {
    client_id: account.client_id,
    client_secret: account.client_secret?.reveal() ?? '',
    method: account.token_endpoint_auth_method,
    ...(key !== undefined && isFastInEngine(key) && { private_key: key }),
    ...(alg !== undefined && { mac_alg: alg }),
    audience: account.assertion_audience ?? target.issuer,
    redirect_uri: account.redirect_uris[0] ?? '',
    ...(account.scope !== undefined && { scope: account.scope }),
    grant_types: account.grant_types,
  }
}

/** The clients of a load are those that a run would be made with, and keep a secret. */
const registrationFor = (
  { metadata }: Pick<Target, 'metadata'>,
  { initial_access_token: token }: RegistrationAccess,
): NonNullable<LoadPlan['registration']> => ({
  metadata: clientMetadata('client_secret_basic', metadata, undefined),
  ...(token !== undefined && { initial_access_token: token.reveal() }),
})

/** What a client signs with, as a JWK; nothing where it does not sign. */
export const signingKeyOf = ({ private_key: key }: ClientAccount): Readonly<Record<string, string>> | undefined =>
  key === undefined ? undefined : (JSON.parse(key.reveal()) as Readonly<Record<string, string>>)

/** k6 signs with P-256 some 13,000 times a second and core, with RSA less than a thousand times, with Ed25519 not at all. */
export const isFastInEngine = ({ crv }: Readonly<Record<string, string>>): boolean => crv === 'P-256'
