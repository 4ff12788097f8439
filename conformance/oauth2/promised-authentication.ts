import type { Requirement } from '../../core/spec/document.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { check } from '../../harness/check.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import type { MacAlg } from '../../harness/client/assertion.ts'
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

/** Whatever algorithm is listed, an assertion that is signed by it shows who the client is. */
export const listedAlgorithmsSignAssertions = check({
  proves: [rfc8414.signingAlgsSupported],
  needs: ['registration', 'private_key_jwt'],

  async run({ client, expect, target }) {
    const listed = stringsMember(target.metadata, 'token_endpoint_auth_signing_alg_values_supported') ?? []
    const answers: [string, HttpResponse][] = []
    for (const alg of algorithms.filter((one) => listed.includes(one))) {
      const enrolment = { method: 'private_key_jwt', ...(await clientKey(alg)) } as const
      const answer = await asRegistered(client, enrolment, async (one) => await redeemNothing(one))
      if (answer !== undefined) answers.push([alg, answer])
    }
    if (!answers.some(([, answer]) => isAuthenticated(answer)))
      throw new Untestable('no client that registers itself is authenticated by an assertion')

    for (const [alg, answer] of answers)
      expectAuthenticated(expect, answer, `an assertion by ${alg}`, rfc8414.signingAlgsSupported)
  },
})

/** Whatever algorithm of MACs is listed, one by it shows who the client is. */
export const listedAlgorithmsMakeMacs = check({
  proves: [rfc8414.signingAlgsSupported],
  needs: ['client_secret_jwt'],
  as: 'client_secret_jwt',

  async run({ client, expect, target }) {
    const listed = stringsMember(target.metadata, 'token_endpoint_auth_signing_alg_values_supported') ?? []
    const wanted = macAlgs.filter((one) => listed.includes(one))
    if (wanted.length === 0) throw new Inapplicable('the metadata lists no algorithm of MACs')
    for (const macAlg of wanted) {
      const answer = await redeemNothing(client, { assertion: { macAlg } })
      expectAuthenticated(expect, answer, `an assertion by ${macAlg}`, rfc8414.signingAlgsSupported)
    }
  },
})

const macAlgs: readonly MacAlg[] = ['HS256', 'HS384', 'HS512']

/** Those that sign by a key pair. */
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'RS384', 'PS384', 'RS512', 'PS512']

const nobodysToken = 'no-server-ever-issued-this-token'

const expectAuthenticated = (expect: Expect, answer: HttpResponse, who: string, about: Requirement) =>
  expect.that(
    isAuthenticated(answer),
    { violation: 'refused', expected: `${who} to be authenticated`, actual: describeAnswer(answer) },
    about,
  )
