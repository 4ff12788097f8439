import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { check, type CheckContext } from '../../harness/check.ts'
import { challengesOf } from '../../harness/client/challenges.ts'
import type { HttpResponse } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import type { Expect } from '../../harness/expect.ts'
import { isUriReference } from '../../core/wire/uri-reference.ts'

const uselessToken = 'no-server-ever-issued-this-token'

/** The scheme is followed by something: a realm, at the least. */
export const challengeNamesAParameter = check({
  proves: [rfc6750.challengeParams],
  needs: ['userinfo'],

  async run({ client, expect }) {
    for (const token of [undefined, uselessToken]) {
      for (const { params } of bearerChallenges(await client.userinfo(token))) {
        expect.that(params.length > 0, {
          violation: 'missing-value',
          expected: 'Bearer with a realm or another parameter',
          actual: 'Bearer alone',
        })
      }
    }
  },
})

/** No parameter stands in a challenge twice, for nobody would know which counts. */
export const challengeParametersStandOnce = check({
  proves: [rfc6750.challengeParamsOnce],
  needs: ['userinfo'],

  async run({ client, expect }) {
    for (const token of [undefined, uselessToken]) {
      for (const { params } of bearerChallenges(await client.userinfo(token))) {
        const names = params.map(([name]) => name).filter((name) => onlyOnce.has(name))
        const twice = names.filter((name, at) => names.indexOf(name) !== at)
        expect.that(twice.length === 0, {
          violation: 'wrong-header',
          expected: 'each parameter once',
          actual: `${[...new Set(twice)].join(', ')} more than once`,
        })
      }
    }
  },
})

/** Who brought a token that is no good learns why. */
export const refusedTokenIsExplained = check({
  proves: [rfc6750.errorTold, rfc6749.resourceErrorTold],
  needs: ['userinfo'],

  async run({ client, expect }) {
    const answer = await client.userinfo(uselessToken)
    const told = bearerChallenges(answer).some(({ params }) => params.some(([name]) => name === 'error'))

    expect.response(answer).toBeRefused()
    const breach = {
      violation: 'missing-value',
      expected: 'a challenge with error',
      actual: 'a challenge without',
    } as const
    expect.that(told, breach, rfc6750.errorTold)
    // Another scheme, or a body, may say it as well.
    expect.that(told || answer.body !== '', breach, rfc6749.resourceErrorTold)
  },
})

/** What a challenge says is in the characters that any reader of headers can take. */
export const challengeIsInItsCharacters = check({
  proves: [rfc6750.challengeErrorCharset, rfc6750.challengeErrorUri],
  needs: ['userinfo'],

  async run({ client, expect }) {
    judgeCharacters(expect, await client.userinfo(uselessToken))
    judgeCharacters(expect, await client.userinfo(`${uselessToken}"é\\`))
  },
})

/** Where a challenge says which scope is wanted, it says so in scope values. */
export const challengedScopeIsAScope = check({
  proves: [rfc6750.challengeScopeCharset],
  needs: ['userinfo'],

  async run(context) {
    for (const answer of await refusals(context)) {
      for (const scope of valuesOf(answer, 'scope')) {
        context.expect.that(/^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/.test(scope), {
          violation: 'malformed',
          expected: 'scope values of printable ASCII without " and \\',
          actual: JSON.stringify(scope),
        })
      }
    }
  },
})

/** Challenges for no token, for a wrong one, and for one without the scope where such a token can be had. */
async function refusals({ client, target }: CheckContext): Promise<readonly HttpResponse[]> {
  const answers = [await client.userinfo(undefined), await client.userinfo(uselessToken)]
  const foreign = target.capabilities.has('client_credentials') ? await ownToken(client) : undefined
  return foreign === undefined ? answers : [...answers, await client.userinfo(foreign)]
}

async function ownToken(client: ProtocolClient): Promise<string | undefined> {
  try {
    return client.tokensOf(await client.clientCredentials()).accessToken
  } catch (error) {
    if (error instanceof Untestable) return undefined
    throw error
  }
}

function judgeCharacters(expect: Expect, answer: HttpResponse) {
  for (const name of ['error', 'error_description']) {
    for (const value of valuesOf(answer, name)) {
      expect.that(
        /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/.test(value),
        {
          violation: 'malformed',
          expected: `${name} in printable ASCII without " and \\`,
          actual: JSON.stringify(value),
        },
        rfc6750.challengeErrorCharset,
      )
    }
  }
  for (const uri of valuesOf(answer, 'error_uri')) {
    expect.that(
      isUriReference(uri),
      { violation: 'malformed', expected: 'a URI reference', actual: JSON.stringify(uri) },
      rfc6750.challengeErrorUri,
    )
  }
}

const onlyOnce: ReadonlySet<string> = new Set(['realm', 'scope', 'error', 'error_description', 'error_uri'])

const valuesOf = (answer: HttpResponse, wanted: string): readonly string[] =>
  bearerChallenges(answer).flatMap(({ params }) => params.flatMap(([name, value]) => (name === wanted ? [value] : [])))

const bearerChallenges = (answer: HttpResponse) => challengesOf(answer).filter(({ scheme }) => scheme === 'bearer')
