import type { UserAccount } from '../../harness/target/target.ts'
import { type FixtureClient, revealed } from './accounts.ts'
import { type Child, freePort, startChild } from './child.ts'

export interface FixtureOptions {
  readonly clients: readonly FixtureClient[]
  readonly users: readonly UserAccount[]
  readonly environment?: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** A deployment that is up, and the issuer that it is. */
export interface RunningFixture extends Child {
  readonly issuer: string
}

/** Starts a program of `fixtures/`: it is told its port and its accounts by the environment, and prints `ready`. */
export async function startFixture(
  command: string,
  args: readonly string[],
  { clients, users, environment, timeoutMs }: FixtureOptions,
): Promise<RunningFixture> {
  const port = await freePort()
  const child = await startChild(command, args, {
    environment: { ...environment, PORT: String(port), ACCOUNTS: JSON.stringify(revealed(clients, users)) },
    ready: /^ready$/,
    timeoutMs,
  })
  return { ...child, issuer: `http://127.0.0.1:${port}` }
}
