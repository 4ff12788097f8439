import type { Requirement } from '../core/spec/document.ts'
import { kebabCase } from '../core/spec/document.ts'
import type { Capability, Supply, Unit } from '../core/unit.ts'
import type { NonEmpty } from '../core/verdict.ts'
import type { ProtocolClient } from './client/protocol-client.ts'
import type { SamlClient } from './client/saml-client.ts'
import type { Expect } from './expect.ts'
import type { ClientAuthMethod, Target } from './target/target.ts'

/** What a check is given: everything fresh, nothing shared with another check. */
export interface CheckContext {
  readonly client: ProtocolClient
  /** Another client of the same target; there where `second client` stands under `needs`. */
  readonly other: ProtocolClient
  /** The same client in another browser, for another person; there where `second user` stands under `needs`. */
  readonly stranger: ProtocolClient
  /** A service provider, in the browser of a person; there where `saml_idp` stands under `needs`. */
  readonly saml: SamlClient
  readonly expect: Expect
  readonly target: Target
  /** Moves the target's clock ahead by so many milliseconds; there where `clock` stands under `needs`. */
  readonly wait: (milliseconds: number) => Promise<void>
}

/** A client that authenticates in this way, or in any way at all. */
export type ClientKind = ClientAuthMethod | 'confidential'

export interface CheckDefinition {
  readonly proves: NonEmpty<Requirement>
  readonly needs?: readonly (Capability | Supply)[]
  /** Which kind of client the check wants; where it does not say, a confidential one or else any. */
  readonly as?: ClientKind
  run(context: CheckContext): Promise<void>
}

export interface Check extends Unit, Omit<CheckDefinition, 'proves' | 'needs'> {
  readonly kind: 'check'
}

/** A conformance test. Its id and title come from where it stands and what it is called. */
export const check = (definition: CheckDefinition): CheckDefinition => definition

/** The checks of each file under its place; everything exported there is a check. */
export const collectChecks = (
  places: Readonly<Record<string, Readonly<Record<string, CheckDefinition>>>>,
): readonly Check[] =>
  Object.entries(places).flatMap(([place, definitions]) =>
    Object.entries(definitions).map(([name, definition]) => ({
      needs: [],
      ...definition,
      kind: 'check' as const,
      id: `${place}/${kebabCase(name)}`,
      title: titleOf(name),
    })),
  )

/** `replayedCodeIsDenied` → `replayed code is denied`. */
export const titleOf = (name: string) => kebabCase(name).replaceAll('-', ' ')
