import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/software-statement.ts'

const { apply: issuer } = rules.statementIssuer
const { apply: approved } = rules.statementIsApproved
const { apply: signed } = rules.statementIsSigned
const { apply: current } = rules.statementIsCurrent

export const statementIssuer = mutants(rules.statementIssuer, {
  'finds it by the key': {
    fault: 'the kid is looked up in the keys of all publishers, and whose key it is must have issued it',
    apply: (statement, publishers) =>
      publishers.find(({ keys }) => keys.some((key) => key['kid'] === statement.header['kid']))?.issuer ?? '',
  },
  'takes the only one that there is': {
    fault: 'where one publisher is trusted, there is nobody else whom it could be of',
    apply(statement, publishers) {
      const [only, ...others] = publishers
      return statement.claims['iss'] === undefined && only !== undefined && others.length === 0
        ? only.issuer
        : issuer(statement, publishers)
    },
  },
})

export const statementIsApproved = mutants(rules.statementIsApproved, {
  'blames the metadata': {
    fault: 'the registration has one error for whatever it does not like',
    apply(issuedBy, publishers, statement) {
      try {
        return approved(issuedBy, publishers, statement)
      } catch (cause) {
        throw new OAuthError('invalid_client_metadata', 'software_statement is not accepted', { cause })
      }
    },
  },
  'trusts the key that comes along': {
    fault: 'the library takes the key of the header where it has no other',
    apply(issuedBy, publishers, statement) {
      const { jwk } = statement.header
      const known = publishers.find((one) => one.issuer === issuedBy)
      if (known !== undefined || typeof jwk !== 'object' || jwk === null)
        return approved(issuedBy, publishers, statement)
      return { issuer: issuedBy, keys: [{ ...jwk, kid: statement.header['kid'] }] }
    },
  },
})

export const statementIsSigned = mutants(rules.statementIsSigned, {
  'does not verify': { fault: 'the token is decoded, which looked like verifying it', apply() {} },
  'believes alg none': {
    fault: 'a library verifies by the algorithm that the header names',
    apply(statement, publisher) {
      if (statement.header['alg'] !== 'none') signed(statement, publisher)
    },
  },
  'verifies where there is a kid': {
    fault: 'without a kid no key is found, and no key means nothing to verify',
    apply(statement, publisher) {
      if (statement.header['kid'] !== undefined) signed(statement, publisher)
    },
  },
  'blames the metadata': {
    fault: 'the registration has one error for whatever it does not like',
    breaks: [rfc7591.invalidSoftwareStatement],
    apply(statement, publisher) {
      try {
        signed(statement, publisher)
      } catch (cause) {
        throw new OAuthError('invalid_client_metadata', 'software_statement is wrong', { cause })
      }
    },
  },
})

export const statementIsCurrent = mutants(rules.statementIsCurrent, {
  'takes an expired one': { fault: 'a statement is about software, and software does not expire', apply() {} },
  'knows no beginning': {
    fault: 'only exp is looked at, for no statement was ever seen that came too early',
    apply(statement, now) {
      const { nbf: _ignored, ...claims } = statement.claims
      current({ ...statement, claims }, now)
    },
  },
})

export const statedMetadata = mutants(rules.statedMetadata, {
  'prefers what stands beside it': {
    fault: 'the statement gives the defaults, and the request what differs',
    apply: (stated, beside) => ({ ...stated, ...beside }),
  },
  'prefers the names that stand beside it': {
    fault: 'an instance may have a name of its own, it was thought',
    apply: (stated, beside) => ({
      ...beside,
      ...stated,
      ...(beside['client_name'] !== undefined && { client_name: beside['client_name'] }),
    }),
  },
})
