import { headerOf, type HttpResponse, objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { describeAnswer, type Expect } from '../harness/expect.ts'
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
