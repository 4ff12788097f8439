import { kebabCase, type Requirement } from '../core/spec/document.ts'
import type { Config } from './config.ts'
import type { Apply, Rule } from './rule.ts'
import { rulebook, type Swap } from './rulebook.ts'

/** The server with one rule swapped for a faulty one. */
export interface Mutant {
  /** `rule/what-the-faulty-server-does`. */
  readonly id: string
  readonly rule: string
  /** How the fault would come about, in one sentence. */
  readonly fault: string
  readonly breaks: readonly [Requirement, ...Requirement[]]
  readonly swap: Swap
  /** What the operator must have switched on for the fault to show. */
  readonly config?: Partial<Config>
}

interface Fault<A extends Apply> {
  readonly fault: string
  readonly apply: A
  /** Which of the rule's requirements this fault breaks; all of them where it does not say. */
  readonly breaks?: readonly [Requirement, ...Requirement[]]
  readonly config?: Partial<Config>
}

/** Faulty versions of one rule, named after what the faulty server does. They have the rule's signature, or do not compile. */
export function mutants<A extends Apply>(of: Rule<A>, faults: Readonly<Record<string, Fault<A>>>): readonly Mutant[] {
  const name = [...rulebook].find(([, rule]) => rule === of)?.[0]
  if (name === undefined) throw new TypeError('a mutant needs a rule of the rulebook')
  return Object.entries(faults).map(([does, { fault, apply, breaks, config }]) => ({
    id: `${kebabCase(name)}/${does.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`,
    rule: kebabCase(name),
    fault,
    breaks: breaks ?? of.enforces,
    swap: { [name]: apply },
    ...(config !== undefined && { config }),
  }))
}
