import { type Embedded, startEmbedded, type Variation, variationOf } from '../../cli/embedded.ts'
import { openTarget } from '../../harness/target/open.ts'
import type { Target } from '../../harness/target/target.ts'

/** The embedded server, open for testing. */
export interface EmbeddedTarget extends AsyncDisposable {
  readonly target: Target
  readonly server: Embedded
}

export async function embeddedTarget(mutant?: string): Promise<EmbeddedTarget> {
  const variation: Variation = variationOf({ mutant })
  const server = await startEmbedded(variation)
  const { target, close } = await openTarget(server.settings)
  return {
    target,
    server,
    [Symbol.asyncDispose]: async () => {
      await close()
      await server.close()
    },
  }
}
