import { createServer, request as httpRequest, Agent } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { distanceTo } from '../../harness/load/distance.ts'
import { quantile } from './measure.ts'

/** How much longer an answer takes by way of a distance than straight, in milliseconds: the median, and the 99th of a hundred. */
export interface DistanceCost {
  readonly asked: number
  readonly added: number
  readonly p99: number
}

/** What regions are far away by; and nothing, which is what the way costs by itself. */
const asked = [0, 10, 90]

/** Asks a server that answers at once, in turns straight and from a distance. */
export async function measureDistance(requests: number): Promise<readonly DistanceCost[]> {
  const server = createServer((_, response) => response.end('{}'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  try {
    const costs: DistanceCost[] = []
    for (const roundTripMs of asked) costs.push(await measureWay(port, roundTripMs, requests))
    return costs
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function measureWay(port: number, roundTripMs: number, requests: number): Promise<DistanceCost> {
  const distance = await distanceTo('127.0.0.1', port, { roundTripMs })
  const agent = new Agent({ keepAlive: true })
  const far = Number(distance.authority.split(':').at(-1))
  try {
    const added: number[] = []
    for (let at = 0; at < requests; at++) {
      const straight = await timed(port, agent)
      added.push((await timed(far, agent)) - straight)
    }
    const sorted = added.toSorted((a, b) => a - b)
    return { asked: roundTripMs, added: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
  } finally {
    agent.destroy()
    await distance.close()
  }
}

async function timed(port: number, agent: Agent): Promise<number> {
  const started = performance.now()
  const [answer] = (await once(httpRequest({ host: '127.0.0.1', port, agent }).end(), 'response')) as [
    NodeJS.ReadableStream,
  ]
  answer.resume()
  await once(answer, 'end')
  return performance.now() - started
}
