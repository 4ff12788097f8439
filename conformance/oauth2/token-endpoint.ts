import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { Untestable } from '../../harness/error.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { expectNotGranted } from '../granted-scope.ts'
import { expectUnguessable, sameScopes, scopesOf } from '../token-text.ts'

/** A token response is 200 with JSON that names the token and its type, and nobody may store it. */
export const tokenResponseIsWellFormed = check({
  proves: [
    rfc6749.tokenResponse,
    rfc6749.tokenResponseJson,
    rfc6749.noStore,
    rfc6749.pragmaNoCache,
    rfc6749.tokenExpiryIsNumber,
  ],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const body = expect.response(await client.redeem(await client.authorize())).toBeTokenResponse()

    const { expires_in: expiresIn } = body
    const lawful = expiresIn === undefined || (typeof expiresIn === 'number' && expiresIn >= 0)
    expect.that(
      lawful,
      { violation: 'malformed', expected: 'expires_in as a number', actual: `expires_in as a ${typeof expiresIn}` },
      rfc6749.tokenExpiryIsNumber,
    )
  },
})

/** OpenID Connect knows one type of access token, however its name is capitalised. */
export const tokenTypeIsBearer = check({
  proves: [oidcCore.tokenTypeBearer],
  needs: ['authorization_code', 'openid'],

  async run({ client, expect }) {
    const { body } = await client.grant()
    const type = body['token_type']

    const right = typeof type === 'string' && type.toLowerCase() === 'bearer'
    expect.that(right, { expected: 'token_type Bearer', actual: `token_type ${JSON.stringify(type)}` })
  },
})

/** A refusal is 400 with a JSON object that names the error, in characters that any client can show. */
export const errorsAreWellFormed = check({
  proves: [rfc6749.errorStatus, rfc6749.errorJson, rfc6749.errorDescriptionCharset],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    const quoted = 'assay:"quoted\\café"'
    const answers = [
      await client.clientCredentials({ grant_type: 'urn:assay:no-such-grant' }),
      await client.clientCredentials({ grant_type: quoted }),
      await client.clientCredentials({
        [quoted]: ['1', '2'],
        grant_type: ['client_credentials', 'client_credentials'],
      }),
    ]

    for (const answer of answers) {
      expect.that(
        answer.status >= 400,
        { violation: 'wrong-status', expected: 'status 400', actual: describeAnswer(answer) },
        rfc6749.errorStatus,
      )
      // Which error it is, other checks judge.
      if (answer.status >= 400)
        expect.response(answer, rfc6749.errorJson).toBeOAuthError(String(objectOf(answer)?.['error']))
    }
  },
})

/** A grant type that nobody defined is reported as such. */
export const unknownGrantTypeIsReported = check({
  proves: [rfc6749.unsupportedGrantType],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    expect
      .response(await client.clientCredentials({ grant_type: 'urn:assay:no-such-grant' }))
      .toBeOAuthError('unsupported_grant_type')
  },
})

/** Without grant_type, or with an empty one, nobody knows what the client wants. */
export const missingGrantTypeIsReported = check({
  proves: [rfc6749.invalidRequest],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    expect.response(await client.clientCredentials({ grant_type: undefined })).toBeOAuthError('invalid_request')
    expect.response(await client.clientCredentials({ grant_type: '' })).toBeOAuthError('invalid_request')
  },
})

/** A parameter that stands twice makes the request ambiguous, whether or not the values agree. */
export const repeatedParameterIsDenied = check({
  proves: [rfc6749.tokenParamsNotRepeated],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const first = await client.authorize()
    expect.response(await client.redeem(first, { code: [first.value, first.value] })).toBeOAuthError('invalid_request')

    const second = await client.authorize()
    expect.response(await client.redeem(second, { code: [second.value, 'another'] })).toBeOAuthError('invalid_request')
  },
})

/** Parameters that the server does not know make no difference. */
export const unknownParametersAreIgnored = check({
  proves: [rfc6749.tokenUnknownParamsIgnored],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const answer = await client.redeem(await client.authorize(), { assay_unknown: '1', 'assay-unknown[]': 'x' })

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'status 200 with a token',
      actual: describeAnswer(answer),
    })
  },
})

/** A parameter without a value is as good as none. */
export const emptyParametersAreOmitted = check({
  proves: [rfc6749.tokenEmptyParamsOmitted],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    client.tokensOf(await client.clientCredentials())
    const answer = await client.clientCredentials({ scope: '' })

    expect.that(answer.status === 200, {
      violation: 'refused',
      expected: 'status 200, as without scope',
      actual: describeAnswer(answer),
    })
  },
})

/** A scope that the server does not know is refused or left out, never granted. */
export const unknownScopeIsNotGranted = check({
  proves: [rfc6749.invalidScope],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    const { scope } = client.tokensOf(await client.clientCredentials())
    const unknown = 'assay-unknown-scope'

    for (const asked of [unknown, ...(scope ? [`${scope} ${unknown}`] : [])]) {
      const answer = await client.clientCredentials({ scope: asked })
      await expectNotGranted(unknown, answer, client, expect)
    }
  },
})

/** Where the server grants another scope than the client asked for, it says which. */
export const changedScopeIsTold = check({
  proves: [rfc6749.scopeReturnedWhenChanged],
  needs: ['authorization_code', 'introspection', 'openid'],

  async run({ client, expect }) {
    const asked = 'openid offline_access'
    const { accessToken, scope } = await client.grant({ scope: asked })
    const introspected = objectOf(await client.introspect(accessToken))
    if (typeof introspected?.['scope'] !== 'string')
      throw new Untestable('introspection does not tell the scope of the token')

    const told = scope ?? asked
    expect.that(sameScopes(scopesOf(told), scopesOf(introspected['scope'])), {
      violation: scope === undefined ? 'missing-value' : 'wrong-value',
      expected: `the scope ${introspected['scope']}`,
      actual: scope === undefined ? `no scope, which means ${asked}` : `the scope ${scope}`,
    })
  },
})

/** Whoever has a person's password gets no token for it: the grant that allowed this is gone. */
export const passwordGrantIsDenied = check({
  proves: [rfc9700.passwordGrantRefused],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { user } = client
    if (user === undefined) throw new Untestable('it needs somebody who signs in; add one under users')
    const params = { grant_type: 'password', username: user.username, password: user.password.reveal() }

    expect.response(await client.direct('token_endpoint', { params })).toBeRefused()
  },
})

/** Codes and tokens leave an attacker at least 128 bits to guess, and rather 160. */
export const tokensAreUnguessable = check({
  proves: [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const codes: string[] = []
    const tokens: string[] = []
    for (let index = 0; index < samples; index++) {
      const code = await client.authorize()
      codes.push(code.value)
      tokens.push(client.tokensOf(await client.redeem(code)).accessToken)
    }

    expectUnguessable(expect, 'codes', codes)
    if (areDistinct(tokens)) expectUnguessable(expect, 'access tokens', tokens)
  },
})

/** So do refresh tokens, which live the longest. */
export const refreshTokensAreUnguessable = check({
  proves: [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess],
  needs: ['authorization_code', 'refresh_token'],

  async run({ client, expect }) {
    const tokens: string[] = []
    for (let index = 0; index < samples; index++) tokens.push((await client.offlineGrant()).refreshToken)
    if (!areDistinct(tokens)) throw new Inapplicable('the server hands out the same refresh token again')

    expectUnguessable(expect, 'refresh tokens', tokens)
  },
})

/** So many that two values of few letters hardly ever have the same one in the same place throughout. */
const samples = 8

/** A server may hand out a token again while it is good; what is the same says nothing of how it was made. */
const areDistinct = (tokens: readonly string[]) => new Set(tokens).size === tokens.length
