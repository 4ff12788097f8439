import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { onEmbedded, variationOf } from '../../../cli/embedded.ts'
import { properties } from '../../../fuzz/properties.ts'
import type { Property } from '../../../harness/property.ts'
import { run } from '../../../harness/runner/run.ts'
import { catalogue } from '../../../reference-server/mutants/catalogue.ts'

const propertyOf = (name: string): Property => {
  const property = properties.find(({ id }) => id === `fuzz/grant-lifecycle/${name}`)
  if (property === undefined) throw new TypeError(`there is no property ${name}`)
  return property
}

/** What becomes of a property on the embedded server, or a variation of it. */
async function verdictOn(
  property: Property,
  choice: { readonly mutant?: string; readonly dialect?: string },
  runs: number,
) {
  const options = { seed: 7, runs, unitTimeoutMs: 150_000 }
  const [outcome] = await onEmbedded(
    variationOf(choice),
    async (target) => await run([property], target, options, () => {}),
  )
  return outcome?.verdict
}

interface Traced {
  readonly traces: readonly { readonly to: string }[]
}

/** The property with every trace that there is in its one input. */
const withEveryTrace = (property: Property, replayed: string[]): Property => ({
  ...property,
  inputs: (_, arranged) => fc.constant((arranged as Traced).traces),
  holds: async (traces, context, arranged) => {
    replayed.push(...(traces as Traced['traces']).map(({ to }) => to))
    await property.holds(traces, context, arranged)
  },
})

describe('the right server follows every trace of the model', () => {
  test.each([
    ['traces-of-the-model-are-followed', {}, 40],
    ['traces-of-public-clients-are-followed', {}, 60],
    ['traces-through-time-are-followed', {}, 3],
    // Others than the default are reached where PKCE is not required.
    ['traces-of-the-model-are-followed', { dialect: 'nonce-for-pkce' }, 40],
    ['traces-of-the-model-are-followed', { dialect: 'rotation-keeps-the-old-token' }, 40],
  ])('%s %o', { timeout: 180_000 }, async (name, choice, atLeast) => {
    const replayed: string[] = []
    expect(await verdictOn(withEveryTrace(propertyOf(name), replayed), choice, 1)).toEqual({ state: 'pass' })
    expect(new Set(replayed).size).toBe(replayed.length)
    expect(replayed.length).toBeGreaterThanOrEqual(atLeast)
  })
})

describe('within 200 inputs the model notices', () => {
  test.each([
    ['code-is-single-use/accepts-any-replay', 'sequences-follow-the-model'],
    ['replay-revokes/revokes-nothing', 'sequences-follow-the-model'],
    ['code-belongs-to-client/redeems-for-anyone', 'sequences-follow-the-model'],
    ['verifier-is-present/asks-public-clients-alone', 'traces-of-the-model-are-followed'],
    ['verifier-matches-challenge/takes-any-verifier', 'sequences-follow-the-model'],
    ['verifier-has-challenge/ignores-a-stray-verifier', 'traces-of-the-model-are-followed'],
    ['redirect-uri-is-the-same/does-not-compare', 'sequences-follow-the-model'],
    ['refresh-token-belongs-to-client/refreshes-for-anyone', 'sequences-follow-the-model'],
    ['refresh-replay-revokes/revokes-nothing', 'traces-of-public-clients-are-followed'],
    ['refresh-token-rotates/rotates-for-confidential-clients', 'sequences-of-public-clients-follow-the-model'],
    ['refreshed-scope/asks-for-some-overlap', 'sequences-follow-the-model'],
    ['rotated-scope/narrows-with-the-request', 'traces-of-the-model-are-followed'],
    ['revoker-owns-token/revokes-for-anyone', 'sequences-follow-the-model'],
    ['revocation-ends-grant/leaves-refresh-tokens-alone', 'sequences-follow-the-model'],
    ['revoked-access-token/keeps-it', 'sequences-follow-the-model'],
  ])('%s by %s', { timeout: 180_000 }, async (mutant, name) => {
    const verdict = await verdictOn(propertyOf(name), { mutant }, 200)
    const found = verdict?.state === 'fail' ? verdict.findings.map(({ requirement }) => requirement) : []
    const broken = (catalogue.get(mutant)?.breaks ?? []).map(({ id }) => id)
    expect(found.length, JSON.stringify(verdict?.state)).toBeGreaterThan(0)
    // Nothing is said of the server but what is wrong with it.
    expect(found.filter((id) => !broken.includes(id))).toEqual([])
  })
})
