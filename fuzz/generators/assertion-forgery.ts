import fc, { type Arbitrary } from 'fast-check'
import type { JWK } from 'jose'
import type { Requirement } from '../../core/spec/document.ts'
import { type AssertionOverrides, signedAssertion } from '../../harness/client/assertion.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { decoded, segmentsOf, signedText } from './jwt.ts'

export type Claims = Readonly<Record<string, unknown>>

/** What a forgery is made with. */
export interface Forge {
  readonly client: ProtocolClient
  /** The client's own key, its private part included, and a key that nobody registered, for the same algorithm. */
  readonly key: JWK
  readonly foreignKey: JWK
}

/** A client assertion that is wrong in one respect. */
export interface Forgery {
  readonly breaks: Requirement
  /** The assertion; nothing where it comes out right after all. */
  readonly make: (forge: Forge) => Promise<string | undefined>
}

export const forgery = <Argument>(
  does: string,
  breaks: Requirement,
  argument: Arbitrary<Argument>,
  make: (argument: Argument, forge: Forge) => Promise<string | undefined>,
): Arbitrary<Forgery> =>
  argument.map((value) => ({
    breaks,
    make: async (forge) => await make(value, forge),
    [fc.toStringMethod]: () => `${does} ${fc.stringify(value)}`,
  }))

export const assertion = async ({ client }: Forge, overrides: AssertionOverrides = {}) =>
  await signedAssertion(client, overrides)

/** The header and the claims of a right assertion, signed again once they are changed. */
export const resigned = <Argument>(
  does: string,
  breaks: Requirement,
  argument: Arbitrary<Argument>,
  change: (argument: Argument, header: Claims, claims: Claims) => readonly [header: string, claims: string],
) =>
  forgery(does, breaks, argument, async (value, forge) => {
    const { header, claims } = segmentsOf(await assertion(forge))
    return signedText(...change(value, decoded(header), decoded(claims)), forge.key)
  })
