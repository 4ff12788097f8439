import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resolveReferences } from '../../core/references.ts'
import type { HttpClient } from '../client/http.ts'
import { authorizingLine, isLoopback } from './authorized.ts'
import { discover, type Discovered } from './discovery.ts'
import { authMethods, grantTypes, offersCode, publishedUrls, stringsMember, urlMember } from './metadata.ts'
import { registersFreely } from './registration.ts'
import { type ClientAuthMethod, clientAuthMethods } from './target.ts'
import { forEachValue, parseYaml } from './yaml-source.ts'

export interface DraftOptions {
  /** Whether the server was seen to register a client and to remove it again. */
  readonly registersFreely: boolean
  /** What the file names as its schema, relative to itself or a URL; no such line without it. */
  readonly schema?: string
  /** Where the metadata was found, if the file must say so. */
  readonly metadataUrl?: string
}

/** Asks the server what it is, tries whether it registers clients, and drafts its target file. Throws as {@link discover} does. */
export async function draftFor(
  issuer: string,
  http: HttpClient,
  options: Omit<DraftOptions, 'registersFreely'> = {},
): Promise<string> {
  const discovered = await discover(issuer, http, options.metadataUrl)
  const registers =
    urlMember(discovered.metadata, 'registration_endpoint') !== undefined &&
    (await registersFreely(discovered.metadata, http))
  return draftTargetFile(issuer, discovered, { ...options, registersFreely: registers })
}

/** The text of a target file that teaches. Secrets are references to the environment, never values. */
export function draftTargetFile(issuer: string, discovered: Discovered, options: DraftOptions): string {
  const sections = [
    [
      ...(options.schema === undefined ? [] : [`# yaml-language-server: $schema=${options.schema}`]),
      '# The server under test. ${NAME} stands for the environment variable NAME, $$ for one dollar sign.',
      '# Secrets belong into the environment, so that this file can be committed.',
    ],
    [
      '# The issuer identifier, character by character as the server publishes it.',
      `issuer: ${scalar(issuer)}`,
      ...(options.metadataUrl === undefined ? [] : [`metadata_url: ${scalar(options.metadataUrl)}`]),
    ],
    options.registersFreely ? dynamicRegistration : clientSection(discovered),
    userSection,
    loginSection,
    samlSection,
    hostSection(issuer, discovered),
    limitSection,
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

/** The variables that a target file refers to, each once, in order. */
export function environmentNeeded(draft: string): readonly string[] {
  const names = new Set<string>()
  forEachValue(parseYaml(draft), ({ value }) => {
    if (typeof value === 'string') for (const name of resolveReferences(value, {}).names) names.add(name)
  })
  return [...names]
}

/** The path from a target file to the schema that comes with Assay, as its first line names it. */
export function schemaReference(targetFile: string): string {
  const path = relative(dirname(resolve(targetFile)), fileURLToPath(new URL('./target.schema.json', import.meta.url)))
  const slashed = path.replaceAll('\\', '/')
  return slashed.startsWith('.') ? slashed : `./${slashed}`
}

/** Text as a YAML value, its dollar signs kept from being references. */
const scalar = (text: string) =>
  /^https?:[\w.:/~%-]+$/.test(text) ? text : JSON.stringify(text.replaceAll('$', '$$$$'))

const dynamicRegistration = [
  '# The server registers clients by itself: every run makes its own and removes them afterwards.',
  '# To use clients that it knows already, remove this line and list them under clients.',
  'registration: dynamic',
]

interface Stanza {
  readonly name: string
  readonly secret: readonly string[]
  readonly redirectUri: string
}

const stanzas: Readonly<Record<ClientAuthMethod, Stanza>> = {
  client_secret_basic: {
    name: 'assay-basic',
    secret: ['client_secret: ${ASSAY_BASIC_SECRET}'],
    redirectUri: 'https://rp.example/callback',
  },
  client_secret_post: {
    name: 'assay-post',
    secret: ['client_secret: ${ASSAY_POST_SECRET}'],
    redirectUri: 'https://rp.example/callback',
  },
  client_secret_jwt: {
    name: 'assay-mac',
    secret: ['client_secret: ${ASSAY_MAC_SECRET} # of 32 octets or more'],
    redirectUri: 'https://rp.example/callback',
  },
  private_key_jwt: {
    name: 'assay-jwt',
    secret: ['private_key: ${ASSAY_JWT_KEY} # a private JWK, as JSON on one line'],
    redirectUri: 'https://rp.example/callback',
  },
  none: { name: 'assay-public', secret: [], redirectUri: 'http://127.0.0.1/callback' },
}

function clientSection({ metadata }: Discovered): readonly string[] {
  const listed = clientAuthMethods.filter((method) => authMethods(metadata).includes(method))
  const register = urlMember(metadata, 'registration_endpoint') !== undefined
  return [
    '# The clients that the server knows: register these, or put the names of clients in their place that it has already.',
    '# One for each way of authenticating lets every check run; some checks need two clients. Nothing needs to listen at',
    '# the redirect URIs: redirects are caught on their way.',
    ...(register
      ? [
          '# The server has a registration endpoint. With a token for it, clients can be replaced by these lines:',
          ...commented(['registration:', '  initial_access_token: ${ASSAY_INITIAL_ACCESS_TOKEN}']),
        ]
      : []),
    'clients:',
    ...(listed.length > 0 ? listed : (['client_secret_basic'] as const)).flatMap((method) =>
      stanzaLines(method, { metadata }),
    ),
  ]
}

function stanzaLines(method: ClientAuthMethod, { metadata }: Pick<Discovered, 'metadata'>): readonly string[] {
  const { name, secret, redirectUri } = stanzas[method]
  const possible = ['authorization_code', 'refresh_token', ...(method === 'none' ? [] : ['client_credentials'])]
  const offered = possible.filter(
    (grant) => grantTypes(metadata).includes(grant) && (grant !== 'authorization_code' || offersCode(metadata)),
  )
  const grants = offered.length > 0 ? offered : ['authorization_code']
  const scopes = ['openid', 'profile', 'email', 'offline_access'].filter((scope) =>
    stringsMember(metadata, 'scopes_supported')?.includes(scope),
  )
  return [
    `  - client_id: ${name}`,
    ...[
      ...secret,
      `token_endpoint_auth_method: ${method}`,
      `redirect_uris: [${redirectUri}]`,
      `grant_types: [${grants.join(', ')}]`,
      ...(scopes.length > 0 ? [`scope: ${scopes.join(' ')}`] : []),
    ].map((line) => `    ${line}`),
  ]
}

const userSection = [
  '# People who can sign in; put names in their place that the server knows. Some checks need a second one.',
  'users:',
  '  - username: alice',
  '    password: ${ALICE_PASSWORD}',
  '  - username: bob',
  '    password: ${BOB_PASSWORD}',
]

const commented = (lines: readonly string[]) => lines.map((line) => `# ${line}`)

const loginSection = [
  '# Login and consent pages are found and filled without help. Where that fails, say how:',
  ...commented([
    'login:',
    '  browser: true # where the pages need JavaScript',
    '  selectors:',
    "    username: 'input[name=login]'",
    "    password: 'input[name=password]'",
    "    submit: 'button[type=submit]'",
    "    consent: 'button[name=accept]'",
    '  headers:',
    "    x-test-run: 'assay'",
  ]),
]

const samlSection = [
  '# A SAML identity provider that signs in the same people is tested where it is named, for service providers that it trusts:',
  ...commented([
    'saml:',
    '  metadata_url: https://issuer.example/saml/metadata',
    '  service_providers:',
    '    - entity_id: https://sp.example/saml',
    '      acs_url: https://sp.example/saml/acs',
  ]),
]

/** Writing the line is the user's own act: it says that they may attack the host. */
function hostSection(issuer: string, { metadata }: Discovered): readonly string[] {
  const urls = [issuer, ...publishedUrls(metadata)].map((url) => new URL(url))
  const hosts = [...new Set(urls.filter(({ hostname }) => !isLoopback(hostname)).map(({ host }) => host))].slice(0, 10)
  if (hosts.length === 0)
    return [
      '# assay fuzz and assay load run against loopback hosts without further ado; others would be named under authorized_hosts.',
    ]
  return [
    '# assay fuzz and assay load refuse these hosts until you say that you own them or have permission:',
    `# ${authorizingLine(hosts)}`,
  ]
}

const limitSection = [
  '# What the server bears; these are the values without this section.',
  ...commented(['limits:', '  concurrency: 8', '  timeout_ms: 10000']),
]
