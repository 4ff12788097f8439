import { z } from 'zod'
import { macAlgs } from '../../core/mac-alg.ts'
import { claims } from '../../core/spec/claims.ts'
import { workloadNames } from '../load/workloads.ts'
import { clientAuthMethods } from './target.ts'

/** Every refinement's message is `what is wrong; what to do`, and follows the member's name. */
const url = (description: string) =>
  z
    .string()
    .refine(isHttpUrl, 'is no http or https URL; write it whole, with its scheme: https://issuer.example')
    .refine(
      (value) => !isHttpUrl(value) || !hasCredentials(value),
      'holds a user name or password; remove what stands before the @',
    )
    .meta({ description })

const text = (description: string) => z.string().min(1).meta({ description })

const redirectUri = z
  .string()
  .refine(
    (value) => URL.canParse(value),
    'is no absolute URI; write it whole, as the server has it: https://rp.example/callback',
  )
  .refine((value) => !value.includes('#'), 'has a fragment; remove what begins with #')
  .meta({ description: 'a redirection URI, character by character as the server has it' })

const clientSchema = z
  .strictObject({
    client_id: text('the name under which the server knows the client'),
    client_secret: text('the client secret, as a reference: ${ASSAY_CLIENT_SECRET}').exactOptional(),
    token_endpoint_auth_method: z
      .enum(clientAuthMethods)
      .default('client_secret_basic')
      .meta({ description: 'how the client authenticates at the token endpoint' }),
    private_key: z
      .string()
      .refine(
        isPrivateJwk,
        'is no private JWK in JSON; export one that has kty and its private members, and refer to it: ${ASSAY_JWT_KEY}',
      )
      .exactOptional()
      .meta({ description: 'the private key of private_key_jwt, a JWK in JSON, as a reference: ${ASSAY_JWT_KEY}' }),
    token_endpoint_auth_signing_alg: z.enum(macAlgs).exactOptional().meta({
      description: 'what a client of client_secret_jwt makes its assertions by; HS256 unless said',
    }),
    assertion_audience: text(
      'the aud of its client assertions; the issuer unless said, but some servers want their token endpoint',
    ).exactOptional(),
    redirect_uris: z
      .array(redirectUri)
      .default([])
      .meta({ description: 'the redirection URIs that the server has for the client' }),
    grant_types: z
      .array(text('a grant type'))
      .min(1)
      .default(['authorization_code'])
      .meta({ description: 'the grant types that the client may use' }),
    scope: z.string().exactOptional().meta({ description: 'what the client may ask for, separated by spaces' }),
  })
  .check(({ value: client, issues }) => {
    const owe = (member: string, message: string) =>
      issues.push({ code: 'custom', path: [member], message, input: client })
    const method = client.token_endpoint_auth_method
    if (method.startsWith('client_secret') && client.client_secret === undefined) {
      owe('client_secret', `is missing; ${method} needs it, as a reference: \${ASSAY_CLIENT_SECRET}`)
    }
    if (method === 'private_key_jwt' && client.private_key === undefined) {
      owe('private_key', 'is missing; private_key_jwt needs it, as a reference: ${ASSAY_JWT_KEY}')
    }
    if (method !== 'client_secret_jwt' && client.token_endpoint_auth_signing_alg !== undefined) {
      owe(
        'token_endpoint_auth_signing_alg',
        'is for client_secret_jwt alone; remove it, and have a private key say what it signs by in its alg',
      )
    }
    if (client.grant_types.includes('authorization_code') && client.redirect_uris.length === 0) {
      owe(
        'redirect_uris',
        'names none; authorization_code needs the redirection URIs that the server has for the client',
      )
    }
  })
  .meta({ description: 'a client that the server knows' })

const userSchema = z
  .strictObject({
    username: text('what the person types as user name'),
    password: text('the password, as a reference: ${ALICE_PASSWORD}'),
    sub: text('the subject identifier that the server is expected to issue for the person').exactOptional(),
  })
  .meta({ description: 'a person who can sign in at the server' })

const selector = (what: string) => text(`the CSS selector of ${what}`).exactOptional()

const loginSchema = z
  .strictObject({
    browser: z
      .boolean()
      .exactOptional()
      .meta({ description: 'true where the pages need JavaScript: signs in with Chromium' }),
    selectors: z
      .strictObject({
        username: selector('the user name field'),
        password: selector('the password field'),
        submit: selector('the button that signs in'),
        consent: selector('the button that consents'),
      })
      .exactOptional()
      .meta({ description: 'where the fields of the pages are, if they are not found' }),
    headers: z
      .record(
        z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/),
        z.string().refine((value) => !/[\r\n\0]/.test(value), 'holds a line break; write the value on one line'),
      )
      .exactOptional()
      .meta({ description: 'headers that go along with every request to the pages' }),
  })
  .meta({ description: 'how a person gets through the pages of the server' })

const samlSchema = z
  .strictObject({
    metadata_url: url('where the identity provider publishes its metadata'),
    service_providers: z
      .array(
        z
          .strictObject({
            entity_id: text('the entityID of the service provider'),
            acs_url: url('the default assertion consumer service of the service provider'),
            other_acs_urls: z
              .array(url('an assertion consumer service'))
              .exactOptional()
              .meta({ description: 'its other assertion consumer services' }),
            private_key: z
              .string()
              .refine(
                isPrivateJwk,
                'is no private JWK in JSON; export one that has kty and its private members, and refer to it: ${ASSAY_SP_KEY}',
              )
              .exactOptional()
              .meta({
                description:
                  'the key that signs its requests, whose certificate the identity provider knows: a JWK in JSON, as a reference: ${ASSAY_SP_KEY}',
              }),
          })
          .meta({ description: 'a service provider that the identity provider trusts' }),
      )
      .min(1)
      .meta({ description: 'the service providers that the identity provider trusts' }),
  })
  .meta({ description: 'the SAML identity provider of the server' })

const registrationSchema = z
  .union([
    z.literal('dynamic').meta({ description: 'registers clients for every run and removes them afterwards' }),
    z
      .strictObject({
        initial_access_token: text(
          'the token that the registration endpoint asks for, as a reference: ${ASSAY_INITIAL_ACCESS_TOKEN}',
        ).exactOptional(),
        software_publisher: z
          .strictObject({
            issuer: text('the iss of the software statements'),
            private_key: z
              .string()
              .refine(
                isPrivateJwk,
                'is no private JWK in JSON; export one that has kty and its private members, and refer to it: ${ASSAY_PUBLISHER_KEY}',
              )
              .meta({
                description: 'the key that signs the statements, a JWK in JSON, as a reference: ${ASSAY_PUBLISHER_KEY}',
              }),
          })
          .exactOptional()
          .meta({ description: 'a publisher whose software statements the server trusts' }),
        clients: z
          .boolean()
          .exactOptional()
          .meta({ description: 'false where no clients are registered for a run, for those under clients are enough' }),
      })
      .meta({ description: 'registers clients for every run, with a token, and removes them afterwards' }),
  ])
  .meta({ description: 'dynamic, or a mapping with initial_access_token' })

/** `host` or `host:port`, as a URL has it between the slashes. */
const hostSchema = z
  .string()
  .refine(isAuthority, 'is no host; write host or host:port, without scheme, path or wildcard')
  .meta({
    description: 'a host or host:port, compared exactly; without a port it stands for the default port of the scheme',
  })

const limitsSchema = z
  .strictObject({
    concurrency: z
      .int()
      .min(1)
      .max(256)
      .exactOptional()
      .meta({ description: 'how many units run side by side; 8 unless said' }),
    max_rps: z
      .number()
      .min(0.1)
      .max(100_000)
      .exactOptional()
      .meta({ description: 'requests per second, at most; no limit unless said. It does not hold load back' }),
    timeout_ms: z
      .int()
      .min(100)
      .max(600_000)
      .exactOptional()
      .meta({ description: 'milliseconds until a request counts as unanswered; 10000 unless said' }),
  })
  .meta({ description: 'what the server bears' })

const regionSchema = z
  .strictObject({
    name: text('what the figures call the region'),
    share: z.number().positive().meta({ description: 'its part of all iterations, beside those of the others' }),
    distance_ms: z
      .number()
      .min(0)
      .max(10_000)
      .default(0)
      .meta({ description: 'the round trip that its distance adds, in milliseconds' }),
    peak_hour: z
      .number()
      .min(0)
      .max(24)
      .default(12)
      .meta({ description: 'the hour of the day, UTC, at which most of its people come' }),
  })
  .meta({ description: 'a part of the world' })

const loadSchema = z
  .strictObject({
    rate: z.number().min(0.1).max(1_000_000).exactOptional().meta({ description: 'iterations begun per second' }),
    seconds: z
      .int()
      .min(1)
      .max(86_400)
      .exactOptional()
      .meta({ description: 'how long each scenario runs, in seconds' }),
    scenarios: z
      .array(text('the name of a scenario'))
      .min(1)
      .exactOptional()
      .meta({ description: 'the scenarios to run; all that the server supports unless said' }),
    workload: z
      .enum(workloadNames)
      .exactOptional()
      .meta({ description: 'the course that the load takes; steady unless said' }),
    mix: z
      .record(z.string(), z.number().positive())
      .exactOptional()
      .meta({ description: 'the weight of each scenario of the mix: a rate is divided among them by these' }),
    skew: z.number().min(0).max(5).exactOptional().meta({
      description:
        "how unevenly people and clients come: the exponent of Zipf's law, 1 as people really do; evenly, 0, unless said",
    }),
    regions: z
      .array(regionSchema)
      .min(1)
      .exactOptional()
      .meta({ description: 'where the load of the global workload comes from' }),
    metrics_url: url(
      'where the server tells Prometheus of itself: process_cpu_seconds_total there says what a request costs it',
    ).exactOptional(),
  })
  .meta({ description: 'how assay load presses the server' })

const controlSchema = z
  .strictObject({
    rotate_keys: z
      .strictObject({ url: url('where a POST without a body makes the server sign with new keys') })
      .exactOptional()
      .meta({ description: 'how its keys are rotated' }),
  })
  .meta({ description: 'what the server lets be done to it, so that load can show what follows' })

/** The target file, after its references are resolved. */
export const targetFileSchema = z
  .strictObject({
    issuer: url('the issuer identifier, character by character as the server publishes it').refine(
      (value) => !/[?#]/.test(value),
      'has a query or fragment; remove what begins with ? or #', // RFC 8414 §2
    ),
    oauth: z.literal(false).exactOptional().meta({
      description: 'false where the server is a SAML identity provider alone: nothing is looked for at the issuer',
    }),
    metadata_url: url('where the metadata is, if it is not at a well-known place').exactOptional(),
    claims: z
      .array(z.enum(claims))
      .exactOptional()
      .meta({ description: 'what the server claims to follow beyond what binds every server' }),
    clients: z.array(clientSchema).exactOptional().meta({ description: 'the clients that the server knows' }),
    registration: registrationSchema.exactOptional(),
    users: z
      .array(userSchema)
      .exactOptional()
      .meta({ description: 'the people who can sign in; some checks need two' }),
    login: loginSchema.exactOptional(),
    authorized_hosts: z
      .array(hostSchema)
      .exactOptional()
      .meta({ description: 'the hosts, besides loopback, that you own or are allowed to fuzz and load' }),
    clock_url: url('where POST {"offset_ms": n} moves the clock of the server').exactOptional(),
    control: controlSchema.exactOptional(),
    saml: samlSchema.exactOptional(),
    limits: limitsSchema.exactOptional(),
    load: loadSchema.exactOptional(),
  })
  .check(({ value: file, issues }) => {
    if (file.oauth === undefined) return
    const tell = (member: string, message: string) =>
      issues.push({ code: 'custom', path: [member], message, input: file })
    if (file.saml === undefined) tell('saml', 'is missing; with oauth: false there is nothing else to test')
    for (const member of ofOAuth)
      if (file[member] !== undefined) tell(member, 'is of no use with oauth: false; remove one of the two')
  })
  .meta({ description: 'a server under test' })

const ofOAuth = ['metadata_url', 'claims', 'clients', 'registration', 'control'] as const

export type TargetFile = z.output<typeof targetFileSchema>

/** JSON Schema 2020-12 of the target file as it is written, for editors; `harness/target/target.schema.json` is its copy. */
export const targetFileJsonSchema = (): Readonly<Record<string, unknown>> => ({
  $id: 'urn:assay:target-file',
  title: 'Assay target file',
  ...z.toJSONSchema(targetFileSchema, { io: 'input' }),
})

function isHttpUrl(value: string): boolean {
  return /^https?:\/\/[^\s\\]+$/i.test(value) && URL.canParse(value)
}

function hasCredentials(value: string): boolean {
  const { username, password } = new URL(value)
  return username !== '' || password !== ''
}

function isAuthority(value: string): boolean {
  return /^[^\s/\\@?#*%]+$/.test(value) && URL.canParse(`https://${value}`)
}

function isPrivateJwk(value: string): boolean {
  try {
    const key = JSON.parse(value) as unknown
    return (
      typeof key === 'object' &&
      key !== null &&
      'kty' in key &&
      'd' in key &&
      typeof key.kty === 'string' &&
      typeof key.d === 'string'
    )
  } catch {
    return false
  }
}
