import type { Context, Endpoint } from '../context.ts'
import { findAccessToken, isActive } from '../find-token.ts'
import { challenged, json, nothing, readBody } from '../http.ts'
import { OAuthError } from '../oauth-error.ts'
import { tokensIn } from '../rules/bearer-usage.ts'

/** OpenID Connect Core §5.3. */
export const userinfoEndpoint =
  (context: Context): Endpoint =>
  async (request, url) => {
    const { enforce, config } = context
    const inQuery = config.bearerMethods.includes('query') ? tokensIn(url.search.slice(1)) : []
    let isAnonymous = !request.headers.has('authorization') && inQuery.length === 0
    try {
      const brought = [...(await tokensBesidesQuery(context, request)), ...inQuery]
      isAnonymous &&= brought.length === 0
      const presented = enforce.tokenComesOnce(brought)
      enforce.inputIsLookedThrough([['access token', presented ?? '']])
      const token = enforce.tokenIsGenuine(
        presented === undefined ? undefined : await findAccessToken(context, presented),
      )
      if (!(await isActive(context, token)))
        throw new OAuthError('invalid_token', 'the access token is no longer valid')
      enforce.tokenHasScope(token, 'openid')
      const user = config.users.find(({ sub }) => sub === token.sub)
      if (user === undefined) throw new OAuthError('invalid_token', 'the person is gone')
      return json(200, enforce.userinfoClaims(user, token), {
        ...enforce.userinfoHeaders(),
        ...(inQuery.length > 0 && enforce.queryAnswerHeaders()),
      })
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      const told = isAnonymous ? undefined : error
      if (told !== undefined) context.observe({ type: 'denied', error: told.code })
      const { status, challenge } = enforce.bearerDenial(told)
      return nothing(status, challenged(challenge))
    }
  }

/** The bearer tokens that a request carries in its header and its form (RFC 6750 §2.1, §2.2). */
async function tokensBesidesQuery({ enforce, config }: Context, request: Request): Promise<readonly string[]> {
  const inHeader = enforce.bearerToken(request.headers.get('authorization'))
  const mayHaveForm = config.bearerMethods.includes('form') && request.method === 'POST'
  return [
    ...(inHeader === undefined ? [] : [inHeader]),
    ...(mayHaveForm ? enforce.tokensInForm(request.headers.get('content-type'), await readBody(request)) : []),
  ]
}
