import { setTimeout as delay } from 'node:timers/promises'
import { objectOf } from '../harness/client/http.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { Untestable } from '../harness/error.ts'

/**
 * In milliseconds: who keeps what is dead in a cache, and looks there for less than the whole token, takes a new one for
 * dead as well until that is forgotten.
 */
const pauses = [0, 3000]

/** An access token that its client is told is active: only then does it mean something what the client is told of others. */
export async function activeToken(client: ProtocolClient): Promise<string> {
  for (const pause of pauses) {
    await delay(pause)
    const { accessToken } = await client.grant()
    if (objectOf(await client.introspect(accessToken))?.['active'] === true) return accessToken
  }
  throw new Untestable('the client may not introspect its own token')
}
