import { oidcCore } from '../../core/spec/oidc-core.ts'
import { check } from '../../harness/check.ts'
import { headerOf, headersOf, type HttpResponse, objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { idTokenOf } from '../id-tokens.ts'

/** Userinfo tells of the same person as the ID token, and always says whom it tells of. */
export const userinfoIsAboutTheSamePerson = check({
  proves: [oidcCore.userinfoSubject, oidcCore.userinfoSameSubject],
  needs: ['authorization_code', 'openid', 'userinfo'],

  async run({ client, expect }) {
    const tokens = await client.grant()
    const { sub } = objectOf(await answered(client, tokens.accessToken)) ?? {}
    const { claims } = idTokenOf(tokens)

    expect.that(
      typeof sub === 'string',
      { violation: 'missing-value', expected: 'sub', actual: 'no sub that is a text' },
      oidcCore.userinfoSubject,
    )
    expect.that(
      sub === claims['sub'],
      { expected: 'the sub of the ID token', actual: 'another sub or none' },
      oidcCore.userinfoSameSubject,
    )
  },
})

/** An access token in the Authorization header is taken, by GET and by POST, and answered in JSON. */
export const userinfoIsServedByGetAndPost = check({
  proves: [oidcCore.userinfoGetAndPost, oidcCore.userinfoBearer],
  needs: ['authorization_code', 'openid', 'userinfo'],

  async run({ client, expect }) {
    const { accessToken } = await client.grant()
    const byGet = await client.userinfo(accessToken)
    const byPost = await client.userinfo(accessToken, { method: 'POST' })
    const refused = (answer: typeof byGet) =>
      ({ violation: 'refused', expected: 'the claims', actual: describeAnswer(answer) }) as const

    const isTaken = byGet.status === 200 || byPost.status === 200
    expect.that(isTaken, refused(byGet), oidcCore.userinfoBearer)
    // A token that is refused either way says nothing of the methods.
    if (!isTaken) return
    expect.that(byGet.status === 200, refused(byGet), oidcCore.userinfoGetAndPost)
    expect.that(byPost.status === 200, refused(byPost), oidcCore.userinfoGetAndPost)
  },
})

/** Claims that nobody signed come as JSON and say so. */
export const userinfoIsJson = check({
  proves: [oidcCore.userinfoJson],
  needs: ['authorization_code', 'openid', 'userinfo'],

  async run({ client, expect }) {
    const { accessToken } = await client.grant()
    const response = await answered(client, accessToken)
    // The client may have registered for a signed or encrypted answer (OpenID Connect Core §5.3.2).
    if (
      /^application\/jwt\s*(?:;|$)/i.test(headerOf(response, 'content-type') ?? '') &&
      objectOf(response) === undefined
    )
      return

    expect.response(response).toHaveHeader('content-type', /^application\/json\s*(?:;|$)/i, 'application/json')
    expect.response(response).toBeJsonObject()
  },
})

/** A token that is none is refused as bearer token usage has it: status 401 and a challenge. */
export const userinfoRefusesAsBearerUsageHasIt = check({
  proves: [oidcCore.userinfoError],
  needs: ['openid', 'userinfo'],

  async run({ client, expect }) {
    const response = await client.userinfo('assay-no-such-token')
    const challenge = headersOf(response, 'www-authenticate').join(', ')

    expect.response(response).toHaveStatus(401)
    expect.that(/\bBearer\b/i.test(challenge), {
      violation: 'missing-header',
      expected: 'www-authenticate: Bearer',
      actual: challenge || 'no www-authenticate',
    })
  },
})

/** What a scope stands for is told only where that scope was granted. */
export const claimsFollowTheScope = check({
  proves: [oidcCore.scopeClaims],
  needs: ['authorization_code', 'openid', 'userinfo'],

  async run({ client, expect }) {
    for (const [scope, foreign] of Object.entries(foreignClaims)) {
      const { accessToken, scope: granted } = await client.grant({ scope })
      // The person or the server may have granted more than was asked for.
      if (granted !== undefined && granted.split(' ').some((one) => !scope.split(' ').includes(one))) continue
      const claims = objectOf(await answered(client, accessToken)) ?? {}
      const told = foreign.filter((name) => name in claims)

      expect.that(told.length === 0, {
        violation: 'leaked',
        expected: `none of ${foreign.join(', ')} for ${scope}`,
        actual: told.join(', '),
      })
    }
  },
})

/** The answer to a token; where it is refused, another check judges that, and there is nothing to read. */
async function answered(client: ProtocolClient, accessToken: string): Promise<HttpResponse> {
  const answer = await client.userinfo(accessToken)
  if (answer.status !== 200) throw new Untestable(`userinfo refuses the token: ${describeAnswer(answer)}`)
  return answer
}

const profile = ['name', 'family_name', 'given_name', 'nickname', 'preferred_username', 'picture', 'birthdate']
const email = ['email', 'email_verified']

/** Claims that these scopes do not stand for (OpenID Connect Core §5.4). */
const foreignClaims: Readonly<Record<string, readonly string[]>> = {
  openid: [...profile, ...email, 'address', 'phone_number'],
  'openid email': [...profile, 'address', 'phone_number'],
  'openid profile': [...email, 'address', 'phone_number'],
}
