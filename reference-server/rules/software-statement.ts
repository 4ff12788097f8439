import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { seconds } from '../clock.ts'
import { type ParsedJwt, signatureIsRight } from '../jwt.ts'
import type { ClientMetadata, SoftwarePublisher } from '../model.ts'
import { OAuthError } from '../oauth-error.ts'
import { rule } from '../rule.ts'
import { assertionAlgs } from './client-authentication.ts'

export const statementIssuer = rule(
  [rfc7591.statementIssuer],
  (statement: ParsedJwt, _publishers: readonly SoftwarePublisher[]): string => {
    const { iss } = statement.claims
    if (typeof iss !== 'string' || iss === '') throw invalid('does not say who issued it')
    return iss
  },
)

/** A statement of somebody unknown may be genuine; here it counts for nothing. */
export const statementIsApproved = rule(
  [rfc7591.unapprovedSoftwareStatement],
  (issuer: string, publishers: readonly SoftwarePublisher[], _statement: ParsedJwt): SoftwarePublisher => {
    const publisher = publishers.find((one) => one.issuer === issuer)
    if (publisher === undefined)
      throw new OAuthError('unapproved_software_statement', 'software_statement is of an issuer that is not trusted')
    return publisher
  },
)

export const statementIsSigned = rule(
  [rfc7591.statementSigned, rfc7591.invalidSoftwareStatement],
  (statement: ParsedJwt, { keys }: SoftwarePublisher) => {
    const { alg, kid, crit } = statement.header
    const supported = assertionAlgs.find((one) => one === alg)
    const candidates = keys.filter((key) => kid === undefined || key['kid'] === kid)
    if (
      supported === undefined ||
      crit !== undefined ||
      !candidates.some((key) => signatureIsRight(statement, key, supported))
    )
      throw invalid('has no right signature')
  },
)

export const statementIsCurrent = rule([rfc7591.invalidSoftwareStatement], (statement: ParsedJwt, now: number) => {
  const { exp, nbf } = statement.claims
  if (exp !== undefined && (typeof exp !== 'number' || exp <= seconds(now))) throw invalid('has expired')
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > seconds(now))) throw invalid('is not valid yet')
})

/** What its publisher says of the software weighs more than what an instance says of itself. */
export const statedMetadata = rule(
  [rfc7591.statementPrecedence],
  (stated: ClientMetadata, beside: ClientMetadata): ClientMetadata => ({ ...beside, ...stated }),
)

export const invalid = (why: string) => new OAuthError('invalid_software_statement', `software_statement ${why}`)
