import { type Share, steady, type Story } from '../../core/story.ts'
import type { Target } from '../target/target.ts'
import { arrivals, assemblyOf } from './assembly.ts'
import { startCompanion } from './companion.ts'
import { type CompanionDocument, documentOf } from './companion-document.ts'
import { companionMetrics } from './companion-metrics.ts'
import { filledPools } from './pools.ts'
import { identityOf } from './runners.ts'
import { testimony } from './testimony.ts'

export interface ServiceOptions {
  readonly stories: Readonly<Record<string, Story>>
  /** So many processes begin together, and all of them have to say that they have ended. */
  readonly processes: number
  readonly host: string
  readonly port: number
  /** What only the processes know: it is part of every URL. */
  readonly secret: string | undefined
}

/** A companion of processes that run elsewhere. */
export interface CompanionService {
  /** Where they reach it; it ends with the secret. */
  readonly url: string
  /** Once all of them have ended. */
  readonly ended: Promise<void>
  /** What it knows by now. */
  document(): Promise<CompanionDocument>
  close(): Promise<void>
}

/** It does not know what the runners will do: it is prepared for so many iterations a second, of everything. */
const preparedFor = 50

export async function serveRunners(target: Target, options: ServiceOptions): Promise<CompanionService> {
  const { stories, processes, host, port, secret } = options
  const metrics = companionMetrics(processes)
  const heard = testimony(target, metrics)
  const scenarios = Object.keys(stories).map((story) => steady(story, preparedFor, 1, 1))
  const pools = await filledPools(target, { scenarios, stories })
  const assembly = assemblyOf(processes)
  const arrive = arrivals(assembly)
  const arrived = new Map<string, Share>()
  const gone = new Map<string, Share>()
  let end = () => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const companion = await startCompanion(
    {
      hear: async (tidings) => {
        metrics.onTidings(tidings)
        await heard.hear(tidings)
      },
      assemble: async (who) => {
        arrived.set(identityOf(who), who)
        metrics.onProcesses(arrived.size, gone.size)
        return await arrive(identityOf(who))
      },
      end: (who) => {
        gone.set(identityOf(who), who)
        metrics.onProcesses(arrived.size, gone.size)
        if (gone.size >= processes) end()
      },
      make: (path, count) => pools.get(path)?.take(count),
      metrics: metrics.text,
    },
    { host, port, ...(secret !== undefined && { secret }) },
  )
  return {
    url: companion.url,
    ended,
    close: companion.close,
    document: async () =>
      documentOf(target, stories, {
        expected: processes,
        arrived: [...arrived.values()],
        ended: [...gone.values()],
        judged: await heard.judge(),
        timeline: assembly.begins === undefined ? [] : heard.timeline.moments(assembly.begins),
      }),
  }
}
