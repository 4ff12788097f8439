import type { JWK } from 'jose'
import { rfc9068 } from '../../core/spec/rfc9068.ts'
import { objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { decoded, segmentsOf } from '../generators/jwt.ts'
import { type Genuine, tokenForgery } from '../generators/token-forgery.ts'
import { isCrash } from '../oracles/answers.ts'

/** A JWT that somebody else made of an access token opens nothing, however it says that it is signed. */
export const forgedJwtOpensNothing = property({
  proves: [rfc9068.signatureVerified, rfc9068.unsecuredRefused, rfc9068.keysOfTheServer],
  needs: ['authorization_code', 'openid', 'userinfo'],
  arrange: async ({ client }) => await genuine(client),
  inputs: () => tokenForgery,

  async holds({ breaks, make }, { client, expect }, right) {
    const forged = await make(right)
    if (forged === undefined || forged === right.token || !/^[\w.~+/-]+=*$/.test(forged)) return
    const answer = await client.userinfo(forged)

    expect.that(
      answer.status >= 300 && !isCrash(answer),
      {
        violation: isCrash(answer) ? 'crashed' : 'accepted',
        expected: 'a refusal of the token',
        actual: describeAnswer(answer),
      },
      breaks,
    )
  },
})

/** A token that follows RFC 9068 and opens userinfo, and the keys that anybody can fetch. */
async function genuine(client: ProtocolClient): Promise<Genuine> {
  const { accessToken: token } = await client.grant()
  if (!isTyped(token)) throw new Inapplicable('the access tokens are not of the JWT type at+jwt')
  const answer = await client.userinfo(token)
  if (answer.status !== 200)
    throw new Inapplicable(`the access token is not one for userinfo: ${describeAnswer(answer)}`)
  const keys = objectOf(await client.jwks())?.['keys']
  return { token, keys: Array.isArray(keys) ? keys.filter(isKey) : [] }
}

function isTyped(token: string): boolean {
  if (token.split('.').length !== 3) return false
  try {
    return /^(?:application\/)?at\+jwt$/i.test(String(decoded(segmentsOf(token).header)['typ']))
  } catch {
    return false
  }
}

/** A public key of a kind that a forger can write down. */
const isKey = (value: unknown): value is JWK =>
  typeof value === 'object' && value !== null && 'kty' in value && (value.kty === 'RSA' || value.kty === 'EC')
