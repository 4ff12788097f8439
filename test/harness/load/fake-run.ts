import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { steady, type Story } from '../../../core/story.ts'
import type { LoadResult } from '../../../harness/load/result.ts'
import { type LoadOptions, type LoadPart, runLoad } from '../../../harness/load/run.ts'
import type { RunEvent } from '../../../harness/runner/events.ts'
import { nobody } from '../runner/units.ts'
import { fakeEngine, unreadScript } from './fake-engine.ts'

/** The one story that is told. */
export const stories: Readonly<Record<string, Story>> = {
  tale: {
    title: 'a tale',
    needs: [],
    promise: { p95: 25, p99: 30 },
    invariants: {
      holds: { proves: [rfc6749.noStore] },
      'nothing comes twice': { proves: [rfc6749.codeSingleUse], by: { unique: 'code' } },
    },
  },
}

/** What one process does; a fake one begins at once, and has ended before its time. */
export const part = (seconds = 2): LoadPart => ({ scenarios: [steady('tale', 10, seconds, 3)] })

/** Runs a fake k6 that does what these lines say, and tells what came of it. */
export async function load(
  lines: readonly string[],
  options: Partial<LoadOptions> = {},
  target = nobody,
): Promise<{ readonly result: LoadResult; readonly events: readonly RunEvent[] }> {
  const events: RunEvent[] = []
  const result = await runLoad(
    target,
    {
      engine: fakeEngine(...lines),
      script: unreadScript,
      stories,
      parts: [part()],
      ...options,
    },
    (event) => events.push(event),
  )
  return { result, events }
}

/** Why a run came to nothing. */
export const because = ({ result }: { readonly result: LoadResult }) =>
  result.state === 'not-run' ? result.because : result.state
