import fc, { type Arbitrary } from 'fast-check'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { assertion, type Claims, forgery, resigned } from './assertion-forgery.ts'
import { applied } from './edit.ts'
import { withMember } from './jwt.ts'
import { nearMiss } from './near-miss.ts'

const claiming = (does: string, breaks: Requirement, argument: Arbitrary<Claim>) =>
  forgery(does, breaks, argument, async (claim, forge) => {
    const claims = claim(forge.client)
    return claims === undefined ? undefined : await assertion(forge, { claims })
  })

/** Claims that replace the right ones; nothing where they come out right. */
type Claim = (client: ProtocolClient) => Claims | undefined

const claim = <Argument>(
  does: string,
  argument: Arbitrary<Argument>,
  make: (argument: Argument, client: ProtocolClient) => Claims | undefined,
): Arbitrary<Claim> =>
  argument.map((value) =>
    Object.assign((client: ProtocolClient) => make(value, client), {
      [fc.toStringMethod]: () => `${does} ${fc.stringify(value)}`,
    }),
  )

/** Values of another type, or none: what no comparison of texts should find equal. */
const noText: Arbitrary<unknown> = fc.constantFrom<unknown>(undefined, null, '', 0, 1, true, [], {})

export const elsewhere = claiming(
  'be meant for another server:',
  rfc7523.audience,
  fc.oneof(
    claim(
      'aud',
      fc.oneof(noText, fc.constantFrom<unknown>('https://attacker.example', ['https://attacker.example'], [])),
      (aud) => ({ aud }),
    ),
    claim(
      'the issuer and',
      fc.constantFrom('.attacker.example', '@attacker.example', '/another', 'x'),
      (more, client) => ({ aud: `${client.target.issuer}${more}` }),
    ),
    claim('of the issuer', nearMiss, (edits, client) => {
      const aud = applied(edits, client.target.issuer)
      return isOwnName(aud, client) ? undefined : { aud }
    }),
  ),
)

/** What an authorization server goes by is for itself to say: its origin, any of its endpoints, with a slash or without. */
function isOwnName(audience: string, { target }: ProtocolClient): boolean {
  const bare = (text: string) => text.replace(/\/+$/, '')
  const own = [new URL(target.issuer).origin, ...Object.values(target.metadata)]
  return own.some((one) => typeof one === 'string' && bare(one) === bare(audience))
}

/** More than any clock is wrong, in seconds. */
const longTime = fc.oneof(fc.integer({ min: 3600, max: 86_400 }), fc.integer({ min: 86_400, max: 1_000_000_000 }))

const nowOf = (client: ProtocolClient) => Math.floor(client.now() / 1000)

export const expired = claiming(
  'have expired:',
  rfc7523.expiry,
  fc.oneof(
    claim('seconds ago', longTime, (ago, client) => ({ iat: nowOf(client) - ago - 60, exp: nowOf(client) - ago })),
    {
      weight: 2,
      arbitrary: claim(
        'exp',
        fc.constantFrom<unknown>(undefined, null, 0, -1, 1.5, '', 'never', true, [], {}),
        (exp) => ({ exp }),
      ),
    },
    claim('exp, of another type', fc.constantFrom('text', 'list', 'object'), (type, client) => {
      const exp = nowOf(client) + 60
      return { exp: type === 'text' ? String(exp) : type === 'list' ? [exp] : { exp } }
    }),
  ),
)

export const premature = claiming(
  'not have begun:',
  rfc7523.notBefore,
  claim('in seconds', longTime, (ahead, client) => ({ nbf: nowOf(client) + ahead, exp: nowOf(client) + ahead + 60 })),
)

export const impostor = claiming(
  'speak for somebody else:',
  rfc7523.issuerAndSubject,
  fc.oneof(
    ...['iss', 'sub'].map((name) =>
      claim(name, fc.oneof(noText, fc.constant('another-client')), (who) => ({ [name]: who })),
    ),
    ...['iss', 'sub'].map((name) =>
      claim(`${name}, of the client_id`, nearMiss, (edits, client) => {
        const who = applied(edits, client.account.client_id)
        return who === client.account.client_id ? undefined : { [name]: who }
      }),
    ),
  ),
)

/** RFC 7519 §4: of two claims of a name the last one counts, or both are refused. */
const twice = (name: string, value: unknown, breaks: Requirement) =>
  resigned('claim once more, behind the rest,', breaks, fc.constant({ [name]: value }), (_, header, claims) => [
    JSON.stringify(header),
    withMember(claims, name, value),
  ])

export const wrongAtLast = fc.oneof(
  twice('aud', 'https://attacker.example', rfc7523.audience),
  twice('exp', 1, rfc7523.expiry),
  twice('iss', 'another-client', rfc7523.issuerAndSubject),
  twice('sub', 'another-client', rfc7523.issuerAndSubject),
)
