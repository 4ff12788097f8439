/** One call as its caller saw it: what was asked, what came back, and between which moments. */
export interface Call<Asked, Answer> {
  readonly asked: Asked
  /** Absent where no answer came: what was asked may have been done or not, and at any time after. */
  readonly answer?: Answer
  readonly began: number
  readonly ended: number
}

/** What a server may do that takes one request after the other. */
export interface SequentialSpec<State, Asked, Answer> {
  readonly initial: State
  /** The states that it may be in after it gave this answer, or an unknown one; none where it may not answer so. */
  step(state: State, asked: Asked, answer: Answer | undefined): readonly State[]
}

/**
 * The order in which a server that takes one request after the other would have given all these answers; nothing where
 * there is none. A call that ended before another began comes before it (Herlihy and Wing, 1990). Calls without an answer
 * stand in the order only where they are needed. States are the same where JSON makes the same of them.
 */
export function witnessOrder<State, Asked, Answer>(
  calls: readonly Call<Asked, Answer>[],
  { initial, step }: SequentialSpec<State, Asked, Answer>,
): readonly Call<Asked, Answer>[] | undefined {
  // What led nowhere once leads nowhere again, by whatever way it is reached.
  const futile = new Set<string>()

  const search = (state: State, left: readonly Call<Asked, Answer>[]): readonly Call<Asked, Answer>[] | undefined => {
    if (left.every(isUnanswered)) return []
    const place = JSON.stringify([state, left.map((call) => calls.indexOf(call))])
    if (futile.has(place)) return undefined
    for (const call of nextOf(left)) {
      const others = left.filter((one) => one !== call)
      for (const after of step(state, call.asked, call.answer)) {
        const order = search(after, others)
        if (order !== undefined) return [call, ...order]
      }
    }
    futile.add(place)
    return undefined
  }

  return search(initial, calls)
}

const isUnanswered = ({ answer }: { readonly answer?: unknown }) => answer === undefined

/** The calls that may come first: no other one had ended when they began. */
function nextOf<One extends Call<unknown, unknown>>(left: readonly One[]): readonly One[] {
  const firstEnd = Math.min(...left.map((call) => (isUnanswered(call) ? Number.POSITIVE_INFINITY : call.ended)))
  return left.filter(({ began }) => began <= firstEnd)
}
