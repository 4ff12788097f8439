/** Lets so many processes begin together: whoever comes waits for the last. */
export interface Assembly {
  /** When to begin, in milliseconds since the epoch, once all are there. */
  arrive(): Promise<number>
  /** When all of them began; nothing before that. */
  readonly begins: number | undefined
  /** The same, for whoever wants to wait for it. */
  readonly arrived: Promise<number>
}

/** The answers take a moment to get to everybody. */
const noticeMs = 250

export function assemblyOf(many: number): Assembly {
  let [missing, begins]: [number, number | undefined] = [many, undefined]
  let go: (begins: number) => void = () => {}
  const arrived = new Promise<number>((resolve) => (go = resolve))
  return {
    arrived,
    arrive: async () => {
      missing -= 1
      if (missing === 0) {
        // Whoever is alone need not wait.
        begins = Date.now() + (many > 1 ? noticeMs : 0)
        go(begins)
      }
      return await arrived
    },
    get begins() {
      return begins
    },
  }
}

/** Lets processes come by their names: whoever asks again, because its connection broke, is not another one. */
export function arrivals({ arrive }: Pick<Assembly, 'arrive'>): (name: string) => Promise<number> {
  const known = new Map<string, Promise<number>>()
  return async (name) => {
    const begins = known.get(name) ?? arrive()
    known.set(name, begins)
    return await begins
  }
}
