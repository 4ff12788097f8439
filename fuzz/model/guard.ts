import type { Requirement } from '../../core/spec/document.ts'
import type { Answer, Outcome } from './situation.ts'

/** One clause of the specification: of all outcomes that one can think of, it lets those be that are lawful by it. */
export interface Guard<Situation = never> {
  /** What it asks for. */
  readonly name: string
  /** The clause as a whole. */
  readonly says: string
  /** What a server lacks that does not keep to it. None: no document says it, and nobody is blamed. */
  readonly cites: readonly Requirement[]
  allows(situation: Situation, outcome: Outcome): boolean
}

export const guard = <Situation>(
  name: string,
  cites: readonly Requirement[],
  allows: (situation: Situation, outcome: Outcome) => boolean,
): Guard<Situation> => ({ name, says: name, cites, allows })

type OutcomeWith<Is extends Answer['is']> = Outcome & { readonly answer: { readonly is: Is } }

const has = <Is extends Answer['is']>(outcome: Outcome, is: Is): outcome is OutcomeWith<Is> => outcome.answer.is === is

/** Answers, in words. */
export const called: Readonly<Record<Answer['is'], string>> = {
  code: 'a code',
  tokens: 'tokens',
  refused: 'a refusal',
  done: 'confirmation',
  live: 'a token that lives',
  dead: 'a token that is dead',
  silence: 'nothing',
}

/** A guard over answers of one kind: they are lawful only where the condition holds. */
const only =
  <Is extends Answer['is']>(is: Is) =>
  <Situation>(
    name: string,
    cites: readonly Requirement[],
    where: (situation: Situation, outcome: OutcomeWith<Is>) => boolean,
  ): Guard<Situation> => ({
    name,
    says: `${called[is]} only where ${name}`,
    cites,
    allows: (situation, outcome) => !has(outcome, is) || where(situation, outcome),
  })

export const codeOnlyWhere = only('code')
export const tokensOnlyWhere = only('tokens')
export const refusedOnlyWhere = only('refused')
export const doneOnlyWhere = only('done')
export const liveOnlyWhere = only('live')
export const deadOnlyWhere = only('dead')
