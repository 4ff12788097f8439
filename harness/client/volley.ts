import { Readable } from 'node:stream'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'

/** A body that stops before its last octet until all of its volley are as far. */
export interface HeldBody {
  readonly stream: Readable
  /** In octets. */
  readonly length: number
}

/** What one request of a volley came to. The times, in milliseconds of this process, enclose what the target did for it. */
export interface Shot<Answer> {
  readonly answer: Answer
  /** When its last octet left; when the volley began, where the request ended before. */
  readonly began: number
  readonly ended: number
}

/** A target that got all but the last octets has this long to read them, at most, in milliseconds. */
const longestPause = 50

/** Octets that leave later than the first are waited for in a loop, which holds up everything else; in microseconds. */
const longestStagger = 5000

/**
 * Sends requests so that they land together: `send` puts each on a connection of its own, all but the last octet of its
 * body goes out, and when that is so for all of them the last octets leave in one turn of the event loop, or so many
 * microseconds later as `stagger` says for each. A request that ends before keeps nobody waiting.
 */
export async function volley<Request extends { readonly body: string }, Answer>(
  requests: readonly Request[],
  send: (request: Request, body: HeldBody) => Promise<Answer>,
  stagger: readonly number[] = [],
): Promise<readonly Shot<Answer>[]> {
  const started = performance.now()
  const aimed = requests.map((request, index) => {
    const load = loadOf(request.body, Math.min(stagger[index] ?? 0, longestStagger), started)
    return { request, load }
  })
  const shots = aimed.map(({ request, load }) => {
    const answer = send(request, load.body)
    return { load, shot: answer.then((came) => ({ answer: came, began: load.began, ended: performance.now() })) }
  })
  try {
    await Promise.all(shots.map(async ({ load, shot }) => await Promise.race([load.isAimed.passed, shot])))
    await delay(Math.min(performance.now() - started, longestPause))
    await fire(shots.map(({ load }) => load))
  } finally {
    for (const { load } of shots) load.isFired.open()
  }
  return await Promise.all(shots.map(async ({ shot }) => await shot))
}

interface Load {
  readonly body: HeldBody
  readonly stagger: number
  readonly isAimed: Gate
  readonly isFired: Gate
  began: number
}

function loadOf(text: string, stagger: number, began: number): Load {
  const octets = Buffer.from(text)
  if (octets.length < 2) throw new TypeError('a request of a volley needs a body of two octets at least')
  const [isAimed, isFired] = [gate(), gate()]
  const load: Load = {
    body: { stream: Readable.from(pieces(), { objectMode: false }), length: octets.length },
    stagger,
    isAimed,
    isFired,
    began,
  }
  async function* pieces() {
    yield octets.subarray(0, -1)
    isAimed.open()
    await isFired.passed
    yield octets.subarray(-1)
  }
  return load
}

async function fire(loads: readonly Load[]) {
  let start = -Infinity
  for (const stagger of [...new Set(loads.map((load) => load.stagger))].toSorted((a, b) => a - b)) {
    // No timer is as fine as this.
    while (performance.now() - start < stagger / 1000);
    for (const load of loads.filter((one) => one.stagger === stagger)) {
      load.began = performance.now()
      // From when the first left, not from when it should have: the process may have been held up in between.
      if (start === -Infinity) start = load.began - stagger / 1000
      load.isFired.open()
    }
    await nextTurn()
  }
}

interface Gate {
  readonly passed: Promise<void>
  open(): void
}

function gate(): Gate {
  let open = () => {}
  const passed = new Promise<void>((resolve) => (open = resolve))
  return { passed, open }
}
