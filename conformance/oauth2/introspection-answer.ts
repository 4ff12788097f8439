import { shown } from '../id-tokens.ts'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient, Tokens } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import type { Expect } from '../../harness/expect.ts'
import { isAboutNow, isAhead, isName, isTyped, jwtOf } from '../access-tokens.ts'
import { scopesOf } from '../token-text.ts'

const needs = ['authorization_code', 'introspection'] as const

/** The answer is JSON and says so, be the token active or not. */
export const answerIsJson = check({
  proves: [rfc7662.answerIsJson],
  needs: ['introspection'],

  async run({ client, expect }) {
    const answer = await client.introspect('no-server-ever-issued-this-token')
    if (answer.status !== 200) throw new Untestable(`introspection answers with status ${answer.status}`)

    expect.response(answer).toHaveHeader('content-type', /^application\/json\s*(?:;|$)/i, 'application/json')
  },
})

/** What the answer tells of scope, client and type is what the client was told when it got the token. */
export const answerTellsWhatWasGranted = check({
  proves: [rfc7662.scopeMember, rfc7662.clientMember, rfc7662.tokenTypeMember],
  needs,

  async run({ client, expect }) {
    const tokens = await client.grant()
    const told = await toldOf(client, tokens)
    const granted = scopesOf(tokens.scope ?? client.authorizationParams().params['scope'])
    const more = [...scopesOf(told['scope'])].filter((one) => !granted.has(one))
    const { token_type: type } = tokens.body

    judge(expect, told, 'scope', rfc7662.scopeMember, 'a text', (scope) => typeof scope === 'string')
    expect.that(
      more.length === 0,
      { expected: 'no more than was granted', actual: more.join(' ') },
      rfc7662.scopeMember,
    )
    judge(
      expect,
      told,
      'client_id',
      rfc7662.clientMember,
      'the client that asked',
      (id) => id === client.account.client_id,
    )
    judge(expect, told, 'token_type', rfc7662.tokenTypeMember, `${String(type)}, as in the token response`, (one) =>
      sameType(one, type),
    )
  },
})

/** Times are whole numbers of seconds; where the token tells them too, they are the same. */
export const answerTellsItsTimes = check({
  proves: [rfc7662.expiryMember, rfc7662.issuedAtMember, rfc7662.notBeforeMember],
  needs,

  async run({ client, expect }) {
    const tokens = await client.grant()
    const told = await toldOf(client, tokens)
    const own = ownClaimsOf(tokens)
    const now = client.now()
    const agrees = (name: string, value: unknown) => typeof own[name] !== 'number' || own[name] === value

    judge(
      expect,
      told,
      'exp',
      rfc7662.expiryMember,
      'whole seconds, ahead of now and as in the token',
      (exp) => Number.isInteger(exp) && isAhead(exp, now) && agrees('exp', exp),
    )
    judge(
      expect,
      told,
      'iat',
      rfc7662.issuedAtMember,
      'whole seconds, about now and as in the token',
      (iat) => Number.isInteger(iat) && isAboutNow(iat, now) && agrees('iat', iat),
    )
    judge(
      expect,
      told,
      'nbf',
      rfc7662.notBeforeMember,
      'whole seconds that have come',
      (nbf) => Number.isInteger(nbf) && Number(nbf) - now / 1000 < clockSkew,
    )
  },
})

/** Names are texts, the audience may be several. */
export const answerNamesByTexts = check({
  proves: [
    rfc7662.usernameMember,
    rfc7662.subjectMember,
    rfc7662.audienceMember,
    rfc7662.issuerMember,
    rfc7662.tokenIdMember,
  ],
  needs,

  async run({ client, expect }) {
    const told = await toldOf(client, await client.grant())

    for (const [name, requirement] of [
      ['username', rfc7662.usernameMember],
      ['sub', rfc7662.subjectMember],
      ['iss', rfc7662.issuerMember],
      ['jti', rfc7662.tokenIdMember],
    ] as const)
      judge(expect, told, name, requirement, 'a text', isName)
    judge(expect, told, 'aud', rfc7662.audienceMember, 'a text or a list of texts', (aud) =>
      Array.isArray(aud) ? aud.every(isName) : isName(aud),
    )
  },
})

/** As far as clocks may differ, in seconds. */
const clockSkew = 5 * 60

/** What the server tells of an active token. */
async function toldOf(client: ProtocolClient, { accessToken }: Tokens): Promise<Readonly<Record<string, unknown>>> {
  const told = objectOf(await client.introspect(accessToken)) ?? {}
  if (told['active'] !== true) throw new Untestable('the client may not introspect its own token')
  return told
}

/** The claims of a token that follows RFC 9068: what others mean by theirs is not known. */
function ownClaimsOf(tokens: Tokens): Readonly<Record<string, unknown>> {
  const jwt = jwtOf(tokens)
  return jwt !== undefined && isTyped(jwt) ? jwt.claims : {}
}

/** Every member but active may be left out. */
function judge(
  expect: Expect,
  told: Readonly<Record<string, unknown>>,
  name: string,
  about: Requirement,
  expected: string,
  holds: (value: unknown) => boolean,
) {
  const value = told[name]
  // Many libraries write null for what is not there.
  if (value === undefined || value === null) return
  expect.that(holds(value), { expected: `${name} as ${expected}`, actual: shown(name, told) }, about)
}

const sameType = (one: unknown, other: unknown) => String(one).toLowerCase() === String(other).toLowerCase()
