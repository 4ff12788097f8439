/**
 * Says whose turn it is in an iteration: each member's in turn, or, by Zipf's law with an exponent above 0, that of the
 * n-th 1/n^skew times as often as that of the first. Runs in k6 too.
 */
export function populationOf<Member>(members: readonly Member[], skew: number): (iteration: number) => Member {
  const likelihoods = cumulated(members.map((_, at) => (at + 1) ** -skew))
  // Where the sum of all falls short of 1 by a rounding, it is the last: that is what -1 stands for.
  const skewed = (chance: number) => members.at(likelihoods.findIndex((one) => chance < one))
  return (iteration) => {
    const member = skew === 0 ? members[iteration % members.length] : skewed(scattered(iteration))
    if (member === undefined) throw new Error('there is nobody whose turn it could be')
    return member
  }
}

/** How likely it is that one of the first n comes. */
function cumulated(weights: readonly number[]): readonly number[] {
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  return weights.map((weight) => (sum += weight / all))
}

/** A number in [0, 1) that iterations close to each other do not have in common: the golden ratio leaves no gaps. */
const scattered = (iteration: number) => (iteration * 0.618_033_988_749_894_9) % 1
