/** Things that k6 cannot make and that do not keep, made beforehand as far as they will be needed soon. */
export interface Pool {
  /** Makes so many that nobody has to wait for them. */
  fill(count: number): Promise<void>
  take(count: number): Promise<readonly string[]>
}

/** After so long a thing is too old to be given away, in seconds: whoever takes some keeps them for a while as well. */
const keptFor = 60

/** No more are kept, a kilobyte each. */
const keepAtMost = 50_000

export function poolOf(make: () => Promise<string>): Pool {
  let pool: { readonly thing: string; readonly at: number }[] = []
  return {
    fill: async (count) => {
      while (pool.length < Math.min(count, keepAtMost)) {
        const made = { at: Date.now(), thing: await make() }
        // It may be another one by now: some were taken meanwhile.
        pool.push(made)
      }
    },
    take: async (count) => {
      const oldest = Date.now() - keptFor * 1000
      const fresh = pool.findIndex(({ at }) => at >= oldest)
      if (fresh !== 0) pool = fresh < 0 ? [] : pool.slice(fresh)
      const taken = pool.splice(0, count).map(({ thing }) => thing)
      while (taken.length < count) taken.push(await make())
      return taken
    },
  }
}
