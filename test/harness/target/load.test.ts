import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HarnessError } from '../../../harness/error.ts'
import { parseTargetFile, readTargetFile } from '../../../harness/target/load.ts'

const jwk = JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' })

const environment = {
  CLIENT_SECRET: 'from the environment',
  JWT_KEY: jwk,
  PASSWORD: 'pa$$word ${CLIENT_SECRET}',
  HOST: 'issuer.example',
  EMPTY: '',
}

/** What is said about a malformed file: the message, with every mistake on its line, and what to do. */
function complaintAbout(text: string): { readonly code: string; readonly message: string; readonly hint: string } {
  try {
    parseTargetFile(text, 'target.yaml', environment)
  } catch (error) {
    if (error instanceof HarnessError) return { code: error.code, message: error.message, hint: error.hint }
    throw error
  }
  throw new Error('the file was accepted')
}

const good = `
issuer: https://\${HOST}/tenant
clients:
  - client_id: basic
    client_secret: \${CLIENT_SECRET}
    redirect_uris: [https://rp.example/callback]
    scope: openid $$ 5$
  - client_id: jwt
    token_endpoint_auth_method: private_key_jwt
    private_key: \${JWT_KEY}
    grant_types: [client_credentials]
registration: { initial_access_token: 'Bearer-\${CLIENT_SECRET}' }
users:
  - username: alice
    password: \${PASSWORD}
claims: [oauth2.1]
login: { browser: true, selectors: { username: '#u' }, headers: { x-run: assay } }
authorized_hosts: [issuer.example, 'issuer.example:8443']
control: { rotate_keys: { url: https://issuer.example/rotate } }
saml: { metadata_url: https://issuer.example/saml, service_providers: [{ entity_id: urn:sp, acs_url: https://rp.example/acs }] }
limits: { concurrency: 4, max_rps: 50, timeout_ms: 5000 }
load: { rate: 20, seconds: 30, scenarios: [refresh] }
`

describe('a right file', () => {
  const { settings, warnings } = parseTargetFile(good, 'target.yaml', environment)

  test('is read, its references resolved and its defaults filled in', () => {
    expect(settings.issuer).toBe('https://issuer.example/tenant')
    expect(settings.clients?.[0]).toMatchObject({
      client_id: 'basic',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      scope: 'openid $ 5$',
    })
    expect(settings.clients?.[1]).toMatchObject({
      client_id: 'jwt',
      redirect_uris: [],
      grant_types: ['client_credentials'],
    })
    expect(settings.claims).toEqual(['oauth2.1'])
    expect(settings.control).toEqual({ rotate_keys: { url: 'https://issuer.example/rotate' } })
    expect(settings.limits).toEqual({ concurrency: 4, max_rps: 50, timeout_ms: 5000 })
    expect(settings.load).toEqual({ rate: 20, seconds: 30, scenarios: ['refresh'] })
    expect(warnings).toEqual([])
  })

  test('wraps every secret, and what comes from the environment is not looked at again', () => {
    expect(settings.clients?.[0]?.client_secret?.reveal()).toBe('from the environment')
    expect(settings.clients?.[1]?.private_key?.reveal()).toBe(jwk)
    expect(settings.registration?.initial_access_token?.reveal()).toBe('Bearer-from the environment')
    expect(settings.users?.[0]?.password.reveal()).toBe('pa$$word ${CLIENT_SECRET}')
    expect(JSON.stringify(settings)).not.toMatch(/from the environment|pa\$|"d"/)
  })

  test('may ask for registration in one word', () => {
    expect(
      parseTargetFile('issuer: http://127.0.0.1:3000\nregistration: dynamic\n', 'target.yaml', {}).settings,
    ).toEqual({ issuer: 'http://127.0.0.1:3000', registration: {} })
  })

  test('may name a publisher and register nobody for the run', () => {
    const text = `issuer: http://127.0.0.1:3000
registration: { clients: false, software_publisher: { issuer: https://publisher.example, private_key: '\${JWT_KEY}' } }
`
    const { registration } = parseTargetFile(text, 'target.yaml', environment).settings
    expect(registration).toMatchObject({ clients: false, software_publisher: { issuer: 'https://publisher.example' } })
    expect(registration?.software_publisher?.private_key.reveal()).toBe(jwk)
    expect(JSON.stringify(registration)).not.toContain('"d"')
  })

  test('may repeat itself by an alias', () => {
    const text =
      'issuer: https://issuer.example\nauthorized_hosts: &hosts [issuer.example]\nload: { scenarios: *hosts }\n'
    expect(parseTargetFile(text, 'target.yaml', {}).settings.load?.scenarios).toEqual(['issuer.example'])
  })
})

describe('a secret that stands in the file', () => {
  const file = (issuer: string) =>
    `issuer: ${issuer}\nclients:\n  - client_id: a\n    client_secret: hunter2hunter2\n    redirect_uris: [https://rp.example/cb]\nusers:\n  - { username: alice, password: hunter2 }\n`

  test('is taken with a warning that does not repeat it', () => {
    const { settings, warnings } = parseTargetFile(file('https://issuer.example'), 'target.yaml', {})
    expect(settings.clients?.[0]?.client_secret?.reveal()).toBe('hunter2hunter2')
    expect(warnings).toEqual([
      'target.yaml:4:20: the client_secret itself stands in the file; write ${CLIENT_SECRET} in its place and export that variable',
      'target.yaml:7:34: the password itself stands in the file; write ${PASSWORD} in its place and export that variable',
    ])
  })

  test('is nobody’s business on loopback', () => {
    expect(parseTargetFile(file('http://127.0.0.1:3000'), 'target.yaml', {}).warnings).toEqual([])
  })
})

const head = 'issuer: https://issuer.example\n'

/** Each file, and every line that is said about it. */
const malformed: Readonly<Record<string, readonly [text: string, ...lines: string[]]>> = {
  'unknown members': [
    `${head}clients:\n  - client_id: a\n    redirect_uri: [https://rp.example/cb]\n    grant_types: [client_credentials]\n    client_secret: x\nload: { vus: 3 }\nuser: []\n`,
    'target.yaml:4:5: clients[0] has no member redirect_uri; did you mean redirect_uris?',
    'target.yaml:7:9: load has no member vus; write one of rate, seconds, scenarios, workload, mix, skew, regions, metrics_url',
    'target.yaml:8:1: a target file has no member user; did you mean users?',
  ],
  'a member that is missing because it is misspelt': [
    'isuer: https://issuer.example\n',
    'target.yaml:1:1: issuer is missing; add it: the issuer identifier, character by character as the server publishes it',
    'target.yaml:1:1: a target file has no member isuer; did you mean issuer?',
  ],
  'an unknown member with terminal escapes in it': [
    `${head}load: { "\\e[31mred": 1 }\n`,
    'target.yaml:2:9: load has no member "\\u{1b}[31mred"; write one of rate, seconds, scenarios, workload, mix, skew, regions, metrics_url',
  ],
  'values of the wrong type': [
    `${head}clients:\n  - client_id: 12\n    redirect_uris: https://rp.example/cb\nlimits:\n  concurrency: "8"\nlogin: { browser: yes }\nusers: 5\n`,
    'target.yaml:3:16: clients[0].client_id is a number, not text; write one value, in quotes',
    'target.yaml:4:20: clients[0].redirect_uris is text, not a list; write [a, b], or a line that begins with - for each',
    'target.yaml:6:16: limits.concurrency is text, not a number; write a number, without quotes',
    'target.yaml:7:19: login.browser is text, not true or false; write true or false, without quotes',
    'target.yaml:8:8: users is a number, not a list; write [a, b], or a line that begins with - for each',
  ],
  'numbers out of range': [
    `${head}limits: { concurrency: 0, max_rps: 1e9, timeout_ms: 1.5 }\n`,
    'target.yaml:2:24: limits.concurrency is less than 1; write at least that',
    'target.yaml:2:36: limits.max_rps is more than 100000; write at most that',
    'target.yaml:2:53: limits.timeout_ms is a number, not a whole number; write a whole number, without quotes',
  ],
  'members without a value': [
    `${head}users:\nclients:\n  - client_id:\n`,
    'target.yaml:2:7: users is empty; give it a value, or remove the line',
    'target.yaml:4:15: clients[0].client_id is empty; give it a value, or remove the line',
  ],
  'clients that lack what their method needs': [
    `${head}clients:\n  - client_id: a\n  - client_id: b\n    token_endpoint_auth_method: private_key_jwt\n    grant_types: [client_credentials]\n`,
    'target.yaml:3:5: clients[0].client_secret is missing; client_secret_basic needs it, as a reference: ${ASSAY_CLIENT_SECRET}',
    'target.yaml:3:5: clients[0].redirect_uris names none; authorization_code needs the redirection URIs that the server has for the client',
    'target.yaml:4:5: clients[1].private_key is missing; private_key_jwt needs it, as a reference: ${ASSAY_JWT_KEY}',
  ],
  'a key that is none': [
    `${head}clients:\n  - { client_id: a, token_endpoint_auth_method: private_key_jwt, private_key: hunter2, grant_types: [client_credentials] }\n`,
    'target.yaml:3:79: clients[0].private_key is no private JWK in JSON; export one that has kty and its private members, and refer to it: ${ASSAY_JWT_KEY}',
  ],
  'an unknown method': [
    `${head}clients:\n  - client_id: a\n    token_endpoint_auth_method: basic\n`,
    'target.yaml:4:33: clients[0].token_endpoint_auth_method has a value that it cannot have; write one of client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt, none',
  ],
  'an algorithm of MACs for a client that makes none': [
    `${head}clients:\n  - { client_id: a, client_secret: x, token_endpoint_auth_signing_alg: HS512, grant_types: [client_credentials] }\n`,
    'target.yaml:3:72: clients[0].token_endpoint_auth_signing_alg is for client_secret_jwt alone; remove it, and have a private key say what it signs by in its alg',
  ],
  'a registration of no known form': [
    `${head}registration: static\n`,
    'target.yaml:2:15: registration has a form that it cannot have; write dynamic, or a mapping with initial_access_token',
  ],
  'a registration with an unknown member': [
    `${head}registration: { initial_token: x }\n`,
    'target.yaml:2:17: registration has no member initial_token; write one of initial_access_token, software_publisher, clients',
  ],
  'a publisher without a key': [
    `${head}registration: { software_publisher: { issuer: https://publisher.example, private_key: hunter2 } }\n`,
    'target.yaml:2:87: registration.software_publisher.private_key is no private JWK in JSON; export one that has kty and its private members, and refer to it: ${ASSAY_PUBLISHER_KEY}',
  ],
  'bad URLs': [
    'issuer: issuer.example\nclock_url: https://me:hunter2@issuer.example/c\nmetadata_url: ftp://issuer.example\n',
    'target.yaml:1:9: issuer is no http or https URL; write it whole, with its scheme: https://issuer.example',
    'target.yaml:2:12: clock_url holds a user name or password; remove what stands before the @',
    'target.yaml:3:15: metadata_url is no http or https URL; write it whole, with its scheme: https://issuer.example',
  ],
  'an issuer with a query': [
    'issuer: https://issuer.example/?a=b\n',
    'target.yaml:1:9: issuer has a query or fragment; remove what begins with ? or #',
  ],
  'OAuth without SAML': [
    `${head}oauth: false\nclients: []\n`,
    'target.yaml:1:1: saml is missing; with oauth: false there is nothing else to test',
    'target.yaml:3:10: clients is of no use with oauth: false; remove one of the two',
  ],
  'bad hosts': [
    `${head}authorized_hosts: ["*.example", https://issuer.example, issuer.example:99999]\n`,
    'target.yaml:2:20: authorized_hosts[0] is no host; write host or host:port, without scheme, path or wildcard',
    'target.yaml:2:33: authorized_hosts[1] is no host; write host or host:port, without scheme, path or wildcard',
    'target.yaml:2:57: authorized_hosts[2] is no host; write host or host:port, without scheme, path or wildcard',
  ],
  'bad headers': [
    `${head}login: { headers: { "x y": a, ok: "a\\nb" } }\n`,
    'target.yaml:2:21: login.headers holds "x y", which is no header name; write letters, digits and -',
    'target.yaml:2:35: login.headers.ok holds a line break; write the value on one line',
  ],
  'a tab': [`${head}users:\n\t- username: alice\n`, 'target.yaml:3:1: a tab indents this line; indent with spaces'],
  'a member twice': [
    `${head}users: []\nusers: []\n`,
    'target.yaml:3:1: the member stands here a second time; keep one of the two',
  ],
  'a value that YAML reads otherwise': [
    `${head}users:\n  - username: alice\n    password: @hunter2\n`,
    'target.yaml:4:15: no value can begin with this character; put the value in quotes',
  ],
  'a second colon': [
    `${head}users:\n  - username: alice\n    password: hunter: two\n`,
    'target.yaml:4:15: a second colon makes this line ambiguous; put the value in quotes',
  ],
  'a quote that is never closed': [
    `${head}users:\n  - username: "alice\n`,
    'target.yaml:4:1: a colon, quote, bracket or comma is missing; look here and at the line above',
  ],
  'a second document': [
    `${head}---\nissuer: x\n`,
    'target.yaml:2:1: a second document begins here; remove the line ---',
  ],
  'an unquoted reference in braces': [
    `${head}registration: { initial_access_token: \${CLIENT_SECRET} }\n`,
    'target.yaml:2:39: a reference stands unquoted within braces or brackets; put it in quotes: "${NAME}"',
  ],
  'a reference that is none': [
    `${head}clock_url: https://\${1}/x\n`,
    'target.yaml:2:12: the value holds a ${ that is no reference; write ${NAME}, or $${ for the characters themselves',
  ],
  'an alias of nothing': [
    `${head}users: *nobody\n`,
    'target.yaml:2:8: the alias refers to no anchor above it; write the value itself',
  ],
  'an alias within its own anchor': [
    `${head}users: &a [*a]\n`,
    'target.yaml:2:12: users[0] is a list, not a mapping; write its members as name: value, each on a line, indented alike',
  ],
  'many aliases': [
    `${head}x: &a 1\ny: [${Array(30).fill('*a').join(',')}]\n`,
    'target.yaml:3:65: the file has more than 20 aliases; write the values themselves',
  ],
  'aliases that multiply': [
    `${head}a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c]\n`,
    'target.yaml:3:8: the aliases multiply; write the values themselves',
  ],
  'half a million brackets': [
    '['.repeat(500_000),
    'target.yaml:1:101: the file is nested too deeply; write what the schema describes',
  ],
  'mappings without end in one line': [
    `${head}${'a: '.repeat(10_000)}`,
    'target.yaml:2:1: the file is nested too deeply; write what the schema describes',
  ],
  'indentation without end': [
    `${head}${Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}`,
    'target.yaml:203:1: the file is nested too deeply; write what the schema describes',
  ],
  'nothing at all': ['', 'target.yaml:1:1: the file is empty; write one with `assay init <issuer>`'],
  'a list': [
    '- a\n',
    'target.yaml:1:1: the file is a list, not a mapping; write its members as name: value, each on a line, indented alike',
  ],
  'what is wrong, and what the environment lacks': [
    `${head}clock_url: \${NOWHERE}\nuser: []\n`,
    'target.yaml:2:12: NOWHERE is not set or empty; export it',
    'target.yaml:3:1: a target file has no member user; did you mean users?',
  ],
}

describe('a malformed file is told where it is wrong and what to do', () => {
  test.each(Object.entries(malformed))('%s', (_, [text, ...lines]) => {
    const { code, message } = complaintAbout(text)
    expect(message.split('\n')).toEqual(lines)
    expect(code).toBe('TARGET_FILE_INVALID')
    expect(message).not.toMatch(/hunter/)
  })

  test('only the first twenty of many mistakes are told', () => {
    const lines = complaintAbout(
      head + Array.from({ length: 30 }, (_, index) => `m${index}: 1\n`).join(''),
    ).message.split('\n')
    expect(lines).toHaveLength(21)
    expect(lines.at(-1)).toBe('and 10 more')
  })
})

test('an environment that lacks variables is told all of them, with their places', () => {
  const text = `${head}clients:\n  - client_id: a\n    client_secret: \${NOWHERE}\n    redirect_uris: [https://rp.example/cb]\n  - client_id: b\n    client_secret: x\${EMPTY}\${toString}\n    redirect_uris: [https://rp.example/cb]\n`
  expect(complaintAbout(text)).toEqual({
    code: 'SECRET_MISSING',
    message:
      'target.yaml:4:20: NOWHERE is not set or empty; export it\ntarget.yaml:7:20: EMPTY and toString are not set or empty; export them',
    hint: 'export NOWHERE EMPTY toString before you run assay',
  })
})

describe('the file itself', () => {
  let folder = ''
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'assay-target-'))))
  afterAll(async () => await rm(folder, { recursive: true }))
  const failureOf = async (path: string) =>
    await readTargetFile(path, {}).catch((error: unknown) =>
      error instanceof HarnessError ? `${error.code}: ${error.message.replace(folder, '')}; ${error.hint}` : error,
    )

  test('is read from disk', async () => {
    const path = join(folder, 'target.yaml')
    await writeFile(path, good)
    expect((await readTargetFile(path, environment)).settings.issuer).toBe('https://issuer.example/tenant')
  })

  test('may be missing', async () => {
    expect(await failureOf(join(folder, 'none.yaml'))).toBe(
      'TARGET_FILE_MISSING: there is no file /none.yaml; write one with `assay init <issuer>`',
    )
  })

  test('may be a folder', async () => {
    expect(await failureOf(folder)).toBe('TARGET_FILE_INVALID:  cannot be read (EISDIR); name a file that you may read')
  })

  test('may be a mebibyte and no more', async () => {
    const path = join(folder, 'large.yaml')
    const head = 'issuer: https://issuer.example\n#'
    await writeFile(path, head.padEnd(1024 * 1024, 'x'))
    expect((await readTargetFile(path, {})).settings.issuer).toBe('https://issuer.example')
    await writeFile(path, head.padEnd(1024 * 1024 + 1, 'x'))
    expect(await failureOf(path)).toBe(
      'TARGET_FILE_INVALID: /large.yaml is larger than 1 MiB; name a target file; it has some hundred lines',
    )
  })

  test('may have no end', async () => {
    expect(await failureOf('/dev/zero')).toBe(
      'TARGET_FILE_INVALID: /dev/zero is larger than 1 MiB; name a target file; it has some hundred lines',
    )
  })
})
