import { isMacAlg, type MacAlg } from '../../core/mac-alg.ts'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { check } from '../../harness/check.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import { clientKey } from '../../harness/client/own-keys.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer, type Expect } from '../../harness/expect.ts'
import { authMethods, stringsMember, urlMember } from '../../harness/target/metadata.ts'
import type { ClientAuthMethod } from '../../harness/target/target.ts'
import { isAuthenticated, redeemNothing } from '../authenticated.ts'
import { asRegistered } from '../registered-client.ts'

/** A client that authenticates by HTTP Basic is taken where that is listed. */
export const listedBasicIsTaken = check({
  proves: [rfc8414.tokenAuthMethods, rfc8414.revocationAuthMethods],
  needs: ['client_secret_basic'],
  as: 'client_secret_basic',
  run: async ({ client, expect }) => await expectTaken(client, expect, 'client_secret_basic'),
})

/** A client that authenticates by a secret in the form is taken where that is listed. */
export const listedPostIsTaken = check({
  proves: [rfc8414.tokenAuthMethods, rfc8414.revocationAuthMethods],
  needs: ['client_secret_post'],
  as: 'client_secret_post',
  run: async ({ client, expect }) => await expectTaken(client, expect, 'client_secret_post'),
})

/** A client that authenticates by an assertion with a MAC is taken where that is listed. */
export const listedMacIsTaken = check({
  proves: [rfc8414.tokenAuthMethods, rfc8414.revocationAuthMethods],
  needs: ['client_secret_jwt'],
  as: 'client_secret_jwt',
  run: async ({ client, expect }) => await expectTaken(client, expect, 'client_secret_jwt'),
})

/** A client that authenticates by a signed assertion is taken where that is listed. */
export const listedAssertionIsTaken = check({
  proves: [rfc8414.tokenAuthMethods, rfc8414.revocationAuthMethods],
  needs: ['private_key_jwt'],
  as: 'private_key_jwt',
  run: async ({ client, expect }) => await expectTaken(client, expect, 'private_key_jwt'),
})

/** A client that only says its name is taken where that is listed. */
export const listedPublicClientIsTaken = check({
  proves: [rfc8414.tokenAuthMethods, rfc8414.revocationAuthMethods],
  needs: ['public_client'],
  as: 'none',
  run: async ({ client, expect }) => await expectTaken(client, expect, 'none'),
})

/** Sends what only a client that was authenticated is refused for: a code and a token that nobody issued. */
async function expectTaken(client: ProtocolClient, expect: Expect, method: ClientAuthMethod) {
  expectAuthenticated(expect, await redeemNothing(client), `a client by ${method}`, rfc8414.tokenAuthMethods)

  const { metadata } = client.target
  const listed = stringsMember(metadata, 'revocation_endpoint_auth_methods_supported') ?? ['client_secret_basic']
  if (urlMember(metadata, 'revocation_endpoint') === undefined || !listed.includes(method)) return
  expectAuthenticated(expect, await client.revoke(nobodysToken), `a client by ${method}`, rfc8414.revocationAuthMethods)
}

/**
 * Clients that are registered alike but for the way in which they authenticate may do the same: where one of them may
 * ask about tokens, so may the others by each method that is listed.
 */
export const listedMethodsAreTakenForIntrospection = check({
  proves: [rfc8414.introspectionAuthMethods],
  needs: ['introspection', 'registration'],

  async run({ client, expect, target }) {
    const listed = stringsMember(target.metadata, 'introspection_endpoint_auth_methods_supported') ?? []
    const methods = confidential.filter((one) => listed.includes(one) && authMethods(target.metadata).includes(one))
    if (methods.length < 2) throw new Inapplicable('the metadata lists no two methods of clients for introspection')
    const answers: [ClientAuthMethod, HttpResponse][] = []
    for (const method of methods) {
      const enrolment = { method, ...(method === 'private_key_jwt' && (await clientKey('RS256'))) }
      const answer = await asRegistered(client, enrolment, async (one) => await one.introspect(nobodysToken))
      if (answer !== undefined) answers.push([method, answer])
    }
    if (!answers.some(([, answer]) => answer.status === 200))
      throw new Untestable('no client that registers itself may ask about tokens')

    for (const [method, answer] of answers)
      expectAuthenticated(expect, answer, `a client by ${method}`, rfc8414.introspectionAuthMethods)
  },
})

const confidential = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'] as const

/**
 * Whatever algorithm is listed, an assertion that is signed by it shows who the client is. Each has a client of its own:
 * one that was registered for an algorithm may be held to it.
 */
export const listedAlgorithmsSignAssertions = check({
  proves: [rfc8414.signingAlgsSupported],
  needs: ['registration'],

  async run({ client, expect, target }) {
    const listed = stringsMember(target.metadata, 'token_endpoint_auth_signing_alg_values_supported') ?? []
    const wanted = algorithms.filter((one) => listed.includes(one) && target.capabilities.has(methodOf(one)))
    if (wanted.length === 0) throw new Inapplicable('the metadata lists no algorithm of assertions')
    const answers: [string, HttpResponse][] = []
    for (const alg of wanted) {
      const enrolment = { method: methodOf(alg), alg, ...(!isMacAlg(alg) && (await clientKey(alg))) }
      const answer = await asRegistered(client, enrolment, async (one) => await signedBy(one, alg))
      if (answer !== undefined) answers.push([alg, answer])
    }
    if (!answers.some(([, answer]) => isAuthenticated(answer)))
      throw new Untestable('no client that registers itself is authenticated by an assertion')

    for (const [alg, answer] of answers)
      expectAuthenticated(expect, answer, `an assertion by ${alg}`, rfc8414.signingAlgsSupported)
  },
})

/** A secret that is shorter than that makes no such MAC (RFC 7518 §3.2). */
const macOctets: Readonly<Record<MacAlg, number>> = { HS256: 32, HS384: 48, HS512: 64 }

const methodOf = (alg: string) => (isMacAlg(alg) ? ('client_secret_jwt' as const) : ('private_key_jwt' as const))

/** What comes of an assertion by this algorithm; nothing where the client cannot make one. */
async function signedBy(client: ProtocolClient, alg: string): Promise<HttpResponse | undefined> {
  if (!isMacAlg(alg)) return await redeemNothing(client)
  if (Buffer.byteLength(client.secret) < macOctets[alg]) return undefined
  return await redeemNothing(client, { assertion: { macAlg: alg } })
}

/** Those that sign by a key pair, and those that sign by what a client shares with the server. */
const algorithms: readonly string[] = [
  'RS256',
  'PS256',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'RS384',
  'PS384',
  'RS512',
  'PS512',
  ...Object.keys(macOctets),
]

const nobodysToken = 'no-server-ever-issued-this-token'

const expectAuthenticated = (expect: Expect, answer: HttpResponse, who: string, about: Requirement) =>
  expect.that(
    isAuthenticated(answer),
    { violation: 'refused', expected: `${who} to be authenticated`, actual: describeAnswer(answer) },
    about,
  )
