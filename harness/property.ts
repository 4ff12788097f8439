import type { Arbitrary } from 'fast-check'
import type { Requirement } from '../core/spec/document.ts'
import { kebabCase } from '../core/spec/document.ts'
import type { Capability, Supply, Unit } from '../core/unit.ts'
import type { NonEmpty } from '../core/verdict.ts'
import { type CheckContext, type ClientKind, titleOf } from './check.ts'

export interface PropertyDefinition<Input, Arranged = undefined> {
  readonly proves: NonEmpty<Requirement>
  readonly needs?: readonly (Capability | Supply)[]
  readonly as?: ClientKind
  /** Done once, before the first input. */
  arrange?(context: CheckContext): Promise<Arranged>
  /** As many inputs of other properties cost what one of this does: so many fewer are tried. */
  readonly price?: number
  /** What an input shows hangs on chance as well: it is replayed more than once. */
  readonly isLuck?: boolean
  /** What is tried. Inputs say what is done to a secret, never the secret itself: they are printed. */
  inputs(context: CheckContext, arranged: Arranged): Arbitrary<Input>
  /** The oracle: notes a breach by `context.expect` where this input is answered wrongly. */
  holds(input: Input, context: CheckContext, arranged: Arranged): Promise<void>
}

/** A fuzz test with the types of its inputs forgotten, as the runner handles it. */
export type AnyProperty = PropertyDefinition<unknown, unknown>

export interface Property extends Unit, Omit<AnyProperty, 'proves' | 'needs'> {
  readonly kind: 'property'
}

/** A fuzz test. Like a check, it is named after where it stands and what it is called. */
export const property = <Input, Arranged = undefined>(definition: PropertyDefinition<Input, Arranged>): AnyProperty =>
  definition

export const collectProperties = (
  places: Readonly<Record<string, Readonly<Record<string, AnyProperty>>>>,
): readonly Property[] =>
  Object.entries(places).flatMap(([place, definitions]) =>
    Object.entries(definitions).map(([name, definition]) => ({
      needs: [],
      ...definition,
      kind: 'property' as const,
      id: `${place}/${kebabCase(name)}`,
      title: titleOf(name),
    })),
  )
