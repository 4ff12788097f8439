import type { Requirement } from '../core/spec/document.ts'

export type Apply = (...args: never[]) => unknown

/** One decision of the server: what it enforces or produces, and for the sake of which requirements. */
export interface Rule<A extends Apply = Apply> {
  readonly enforces: readonly [Requirement, ...Requirement[]]
  readonly apply: A
}

export const rule = <A extends Apply>(enforces: readonly [Requirement, ...Requirement[]], apply: A): Rule<A> => ({
  enforces,
  apply,
})
