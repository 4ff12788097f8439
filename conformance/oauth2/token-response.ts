import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { isUriReference } from '../../core/wire/uri-reference.ts'
import { check } from '../../harness/check.ts'
import { headerOf, type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { memberNames } from '../../harness/client/json-members.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { readJwt } from '../id-tokens.ts'
import { guessBits } from '../token-text.ts'

/** No member stands in a token response twice: readers of JSON differ in which they take. */
export const membersOfATokenResponseStandOnce = check({
  proves: [rfc6749.tokenResponseParamsNotRepeated],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const names = memberNames((await granted(client)).body)
    const twice = names.filter((name, at) => names.indexOf(name) !== at)

    expect.that(twice.length === 0, {
      violation: 'malformed',
      expected: 'each member once',
      actual: `${[...new Set(twice)].join(', ')} more than once`,
    })
  },
})

/** A type is a name that a registry could hold, or a URI. */
export const tokenTypeIsAName = check({
  proves: [rfc6749.tokenTypeSyntax],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { token_type: type } = objectOf(await granted(client)) ?? {}
    if (typeof type !== 'string') throw new Untestable('the token response has no token_type')

    expect.that(/^[\w.-]+$/.test(type) || (isUriReference(type) && URL.canParse(type)), {
      violation: 'malformed',
      expected: 'a name of letters, digits and - . _, or an absolute URI',
      actual: JSON.stringify(type),
    })
  },
})

/** Parameters are named as the registry would name them, those that only this server knows too. */
export const membersOfATokenResponseAreNames = check({
  proves: [rfc6749.paramNameSyntax],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const odd = Object.keys(objectOf(await granted(client)) ?? {}).filter((name) => !/^[\w.-]+$/.test(name))

    expect.that(odd.length === 0, {
      violation: 'malformed',
      expected: 'names of letters, digits and - . _',
      actual: odd.map((name) => JSON.stringify(name)).join(', '),
    })
  },
})

/** A code or token can be copied into a header, a form or a log as it is. */
export const codesAndTokensArePrintable = check({
  proves: [rfc6749.tokenSyntax],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const { value: code } = await client.authorize()
    const refreshes = target.capabilities.has('refresh_token')
    const answer =
      objectOf(await client.redeem(await (refreshes ? client.authorizeOffline() : client.authorize()))) ?? {}

    const { access_token: accessToken, refresh_token: refreshToken = '-' } = answer
    for (const [kind, text] of Object.entries({ code, access_token: accessToken, refresh_token: refreshToken })) {
      expect.that(typeof text === 'string' && /^[\x20-\x7E]+$/.test(text), {
        violation: 'malformed',
        expected: `${kind} of printable ASCII`,
        actual: 'other characters, or none',
      })
    }
  },
})

/** A lifetime is a number of seconds, and no part of one. */
export const lifetimeIsWhole = check({
  proves: [rfc6749.expirySyntax],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const { expires_in: seconds } = objectOf(await granted(client)) ?? {}
    if (typeof seconds !== 'number')
      throw new Inapplicable('the server does not say by a number when its tokens expire')

    expect.that(Number.isInteger(seconds) && seconds >= 0, {
      violation: 'malformed',
      expected: 'expires_in as a whole number',
      actual: `expires_in ${seconds}`,
    })
  },
})

/** An error comes as JSON and says so. */
export const errorsAreSentAsJson = check({
  proves: [rfc6749.errorType],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    const answer = await client.clientCredentials({ grant_type: 'urn:assay:no-such-grant' })
    if (objectOf(answer)?.['error'] === undefined) throw new Untestable('the answer holds no error')
    const type = headerOf(answer, 'content-type') ?? 'absent'

    expect.that(/^application\/json\s*(?:;|$)/i.test(type), {
      violation: 'wrong-header',
      expected: 'content-type: application/json',
      actual: `content-type: ${type}`,
    })
  },
})

/** An error is a word of ASCII, and where it points to a page, it does so by a URI. */
export const errorsAreInTheirCharacters = check({
  proves: [rfc6749.errorCharset, rfc6749.errorUri],
  needs: ['client_credentials'],

  async run({ client, expect }) {
    for (const wrong of [{ grant_type: 'urn:assay:no-such-grant' }, { grant_type: undefined }]) {
      const answer = await client.clientCredentials(wrong)
      const { error } = objectOf(answer) ?? {}
      // Which error it is, other checks judge.
      if (typeof error === 'string') expect.response(answer, rfc6749.errorCharset).toBeOAuthError(error)
    }
  },
})

/** A token that stands for what the server remembers cannot be guessed. */
export const referenceIsUnguessable = check({
  proves: [rfc6750.referencesUnguessable],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const tokens: string[] = []
    for (let index = 0; index < 4; index++) tokens.push((await client.grant()).accessToken)
    if (tokens.every((token) => readJwt(token) !== undefined))
      throw new Inapplicable('access tokens hold what they stand for')

    const bits = Math.floor(guessBits(tokens))
    expect.that(bits >= 80, {
      violation: 'malformed',
      expected: 'access tokens that nobody can guess',
      actual: `access tokens of at most ${bits} unpredictable bits`,
    })
  },
})

/** A token says for whom it is meant, so that what one resource receives opens no other. */
export const tokenHasAnAudience = check({
  proves: [rfc6750.audienceRestricted],
  needs: ['authorization_code'],

  async run({ client, expect }) {
    const token = readJwt((await client.grant()).accessToken)
    if (token === undefined)
      throw new Inapplicable('what an access token holds is between the server and its resources')
    const { aud } = token.claims

    expect.that(Array.isArray(aud) ? aud.length > 0 : typeof aud === 'string' && aud !== '', {
      violation: 'missing-value',
      expected: 'aud in the access token',
      actual: 'none',
    })
  },
})

const granted = async (client: ProtocolClient): Promise<HttpResponse> => {
  const answer = await client.redeem(await client.authorize())
  client.tokensOf(answer)
  return answer
}
