import { once } from 'node:events'
import type { Server } from 'node:http'
import { listen } from '../../reference-server/listen.ts'
import { type Format, formats } from './accounts.ts'
import { bareServer } from './bare-server.ts'
import { oidcProviderServer } from './oidc-provider-server.ts'
import { configFor } from './reference-server.ts'

/**
 * A server to be measured, in a process of its own: `serve.js <kind> <format>`. It tells its parent where it listens,
 * and, whenever it is asked, how much processor time it has used.
 */
const kinds: Readonly<Record<string, (format: Format) => Promise<number>>> = {
  bare: async (format) => await portOf(bareServer(format)),
  assay: async (format) => (await listen({ config: configFor(format) })).port,
  'oidc-provider': async (format) => {
    const { server, serve } = oidcProviderServer(format)
    const port = await portOf(server)
    serve(`http://127.0.0.1:${port}`)
    return port
  },
}

async function portOf(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server listens on no port')
  return address.port
}

const [kind = '', named] = process.argv.slice(2)
const start = kinds[kind]
const format = formats.find((one) => one === named)
if (start === undefined || format === undefined) throw new TypeError(`there is no server ${kind} for ${named}`)
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.(user + system)
})
process.on('disconnect', () => process.exit())
process.send?.(await start(format))
