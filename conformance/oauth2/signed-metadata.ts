import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { check } from '../../harness/check.ts'
import type { Target } from '../../harness/target/target.ts'
import { urlMember } from '../../harness/target/metadata.ts'
import { type IdToken, readJwt, verifyWithPublishedKeys } from '../id-tokens.ts'

/** The signed metadata is signed, and right by the server's own keys where it attests to itself. */
export const signedMetadataIsSigned = check({
  proves: [rfc8414.signedMetadataSigned],
  needs: ['signed_metadata'],

  async run({ client, expect, target }) {
    const jwt = signedMetadataOf(target)
    const alg: unknown = jwt?.header.alg
    const isSigned = typeof alg === 'string' && !/^none$/i.test(alg) && !jwt?.token.endsWith('.')
    expect.that(isSigned, { violation: 'malformed', expected: 'a signed JWT', actual: 'none' })
    if (jwt === undefined || !isSigned) return
    // Others may attest to it with keys of their own, or by a secret that they share with its readers.
    const byItself = jwt.claims.iss === target.issuer && !alg.startsWith('HS')
    if (!byItself || urlMember(target.metadata, 'jwks_uri') === undefined) return

    const { by, keys } = await verifyWithPublishedKeys(client, jwt)
    expect.that(by !== 'none', {
      expected: 'a signature by a published key',
      actual: `none of ${keys} keys verifies alg ${alg}`,
    })
  },
})

/** The signed metadata says who stands for it. */
export const signedMetadataNamesWhoAttests = check({
  proves: [rfc8414.signedMetadataIssuer],
  needs: ['signed_metadata'],

  async run({ expect, target }) {
    const iss = signedMetadataOf(target)?.claims.iss

    expect.that(typeof iss === 'string' && iss !== '', {
      violation: 'missing-value',
      expected: 'iss as a text',
      actual: `iss ${JSON.stringify(iss)?.slice(0, 100) ?? 'absent'}`,
    })
  },
})

/** The signed metadata does not hold itself. */
export const signedMetadataHoldsNoOther = check({
  proves: [rfc8414.signedMetadataNotNested],
  needs: ['signed_metadata'],

  async run({ expect, target }) {
    const claims = signedMetadataOf(target)?.claims ?? {}

    expect.that(!('signed_metadata' in claims), {
      expected: 'no claim signed_metadata',
      actual: 'one within signed_metadata',
    })
  },
})

function signedMetadataOf({ metadata }: Target): IdToken | undefined {
  const { signed_metadata: token } = metadata
  return typeof token === 'string' ? readJwt(token) : undefined
}
