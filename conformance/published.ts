import { headerOf, type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { describeAnswer, type Expect } from '../harness/expect.ts'
import { isLoopback } from '../harness/target/authorized.ts'
import type { Target } from '../harness/target/target.ts'

/** Where OpenID Connect Discovery §4 has the metadata. */
export const discoveryUrl = ({ issuer }: Target) => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`

/** Where RFC 8414 §3.1 has it: the well-known name stands between the host and the path of the issuer. */
export function oauthMetadataUrl({ issuer }: Target): string {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`
}

/** Headers by which a proxy would tell of another host. There is no proxy: whoever asks could have written them. */
export const pretender: readonly (readonly [string, string])[] = [
  ['x-forwarded-host', 'attacker.example'],
  ['x-forwarded-proto', 'https'],
  ['forwarded', 'host=attacker.example;proto=https'],
]

export const fetchFrom = async (client: ProtocolClient, url: string, headers: typeof pretender = []) =>
  await client.send({ method: 'GET', url, headers: [['accept', 'application/json'], ...headers] })

/** Status 200, a JSON object, and a type that says so. */
export function expectJsonDocument(expect: Expect, response: HttpResponse) {
  const type = headerOf(response, 'content-type') ?? 'absent'
  expect.that(response.status === 200, {
    violation: 'wrong-status',
    expected: 'status 200',
    actual: describeAnswer(response),
  })
  expect.that(objectOf(response) !== undefined, {
    violation: 'malformed',
    expected: 'a JSON object',
    actual: describeAnswer(response),
  })
  expect.that(/^application\/json\s*(?:;|$)/i.test(type), {
    violation: 'wrong-header',
    expected: 'content-type: application/json',
    actual: `content-type: ${type}`,
  })
}

/** The members that are lists without elements. */
export const emptyLists = (document: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(document).flatMap(([name, value]) => (Array.isArray(value) && value.length === 0 ? [name] : []))

/** The document that RFC 8414 is about; without one the unit ends. */
export const oauthMetadata = async (client: ProtocolClient, expect: Expect) =>
  expect.response(await fetchFrom(client, oauthMetadataUrl(client.target))).toBeJsonObject()

/** Whether what is sent there stays between both ends: by https, or on this machine alone. */
export function isConfidential(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
}

export type PublishedKey = Readonly<Record<string, unknown>>

/** The keys at `jwks_uri`, whatever they hold. */
export async function publishedKeys(client: ProtocolClient): Promise<readonly PublishedKey[]> {
  const keys = objectOf(await client.jwks())?.['keys']
  const isObject = (value: unknown): value is PublishedKey => typeof value === 'object' && value !== null
  return Array.isArray(keys) ? keys.filter(isObject) : []
}

/** Where keys to encrypt with stand beside others, each says what it is for. */
export function expectEveryUse(expect: Expect, keys: readonly PublishedKey[]) {
  const encrypts = keys.filter(
    ({ use, alg }) => use === 'enc' || (typeof alg === 'string' && /^(?:RSA-OAEP|RSA1_5|ECDH-ES)/.test(alg)),
  )
  const isMixed = encrypts.length > 0 && encrypts.length < keys.length
  const silent = keys.filter(({ use }) => typeof use !== 'string')
  expect.that(!isMixed || silent.length === 0, {
    violation: 'missing-value',
    expected: 'use in every key',
    actual: `${silent.length} keys without use`,
  })
}
