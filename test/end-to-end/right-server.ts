import { servedAccounts } from '../../cli/accounts.ts'
import type { Config } from '../../reference-server/config.ts'
import { listen, type Listening } from '../../reference-server/listen.ts'
import type { Swap } from '../../reference-server/rulebook.ts'

/** The client and the person of `targetFor`. */
export function knownAccounts(password = 'correct-horse'): Pick<Config, 'clients' | 'users' | 'serviceProviders'> {
  const { config } = servedAccounts({ ALICE_PASSWORD: password, ASSAY_BASIC_SECRET: 'the secret of the app' }, true)
  const [client] = config.clients
  if (client === undefined) throw new Error('the server knows no client')
  return { ...config, clients: [{ ...client, clientId: 'app', redirectUris: ['https://rp.example/callback'] }] }
}

export interface RightServer extends Listening, AsyncDisposable {}

/** The reference server with those accounts, right but for what is swapped. */
export async function startRight(
  options: {
    readonly port?: number
    readonly origin?: string
    readonly password?: string
    readonly swap?: Swap
  } = {},
): Promise<RightServer> {
  const { password, ...more } = options
  const listening = await listen({ config: knownAccounts(password), ...more })
  return { ...listening, [Symbol.asyncDispose]: listening.close }
}
