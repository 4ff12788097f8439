import { describe, expect, test } from 'vitest'
import { startEmbedded, type Variation, variationOf } from '../../cli/embedded.ts'
import { checks, properties } from '../../cli/units.ts'
import { run } from '../../harness/runner/run.ts'
import { openTarget } from '../../harness/target/open.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'

const ids = new Set([
  'oauth2/bearer-token/forged-jwt-opens-nothing',
  'oauth2/introspection/forged-jwt-is-inactive',
  'fuzz/jwt-access-token/forged-jwt-of-any-type-opens-nothing',
  'fuzz/jwt-access-token/forged-jwt-is-inactive',
])
const units = [...checks, ...properties].filter(({ id }) => ids.has(id))

const mutants = [...catalogue.values()].filter(({ rule }) => rule === 'token-signature-is-right')

/** What the units come to on a server whose access tokens are JWTs that do not follow RFC 9068. */
async function statesOn({ swap, breaks = [] }: Variation) {
  const untyped = variationOf({ dialect: 'access-tokens-of-another-profile' })
  const server = await startEmbedded({ ...untyped, swap: { ...untyped.swap, ...swap }, breaks })
  const { target, close } = await openTarget(server.settings)
  try {
    const outcomes = await run(units, target, { seed: 5, runs: 120 }, () => {})
    return Object.fromEntries(outcomes.map(({ unit, verdict }) => [unit.id, verdict.state]))
  } finally {
    await close()
    await server.close()
  }
}

const all = (state: string) => Object.fromEntries([...ids].map((id) => [id, state]))

describe('JWTs of another profile', () => {
  test('are left alone where their signatures are verified', async () => {
    expect(await statesOn({})).toEqual(all('pass'))
  })

  test.each(mutants.map((mutant) => [mutant.id, mutant] as const))('are known for forged on %s', async (_, mutant) =>
    expect(await statesOn(mutant)).toEqual(all('fail')),
  )
})
