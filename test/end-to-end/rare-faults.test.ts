import { expect, onTestFinished, test } from 'vitest'
import { startEmbedded } from '../../cli/embedded.ts'
import { steady } from '../../core/story.ts'
import { findEngine } from '../../harness/load/engine.ts'
import { runLoad, scriptPath } from '../../harness/load/run.ts'
import { openTarget } from '../../harness/target/open.ts'
import { accessTokenClaims } from '../../reference-server/rules/access-token.ts'
import { stories } from '../../scenarios/stories.ts'

/** One token in so many is wrong, the first of them this one. */
const [every, first] = [10_000, 4000]

test('one wrong token in ten thousand is found under load', async () => {
  const engine = await findEngine()
  if (engine.state === 'missing') throw new Error(engine.because)
  let issued = 0
  let wrong = 0
  const server = await startEmbedded({
    swap: {
      accessTokenClaims: (...facts) => {
        const claims = accessTokenClaims.apply(...facts)
        if (issued++ % every !== first) return claims
        wrong += 1
        return { ...claims, client_id: 'another client' }
      },
    },
  })
  onTestFinished(server.close)
  const { target, close } = await openTarget(server.settings)
  onTestFinished(async () => void (await close()))
  // The clients that need not sign, so that all the time is spent on tokens.
  const clients = target.clients.filter((one) => one.token_endpoint_auth_method.startsWith('client_secret'))
  const parts = [{ scenarios: [steady('client-credentials', 600, 12, 60)] }]
  const options = { engine, script: scriptPath('main.ts'), stories, parts }
  const result = await runLoad({ ...target, clients }, options, () => {})

  expect(issued).toBeGreaterThan(first)
  expect(wrong).toBeGreaterThan(0)
  expect(result).toMatchObject({
    state: 'measured',
    scenarios: [
      {
        invariants: expect.arrayContaining([
          expect.objectContaining({ name: 'no token names another client', broken: wrong }),
        ]),
      },
    ],
  })
})
