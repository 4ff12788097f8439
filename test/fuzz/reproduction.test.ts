import { describe, expect, test } from 'vitest'
import type { Finding } from '../../core/finding.ts'
import { properties } from '../../fuzz/properties.ts'
import type { Property } from '../../harness/property.ts'
import { run, type RunOptions } from '../../harness/runner/run.ts'
import { embeddedTarget } from './embedded-target.ts'

const propertyOf = (id: string): Property => {
  const property = properties.find((one) => one.id === id)
  if (property === undefined) throw new TypeError(`there is no property ${id}`)
  return property
}

/** What a property finds on a server of its own, what it was given there, and how many inputs that took. */
async function findOn(mutant: string, id: string, options: Omit<RunOptions, 'runs'> & { readonly runs?: number }) {
  await using embedded = await embeddedTarget(mutant)
  const tried: unknown[] = []
  const property = propertyOf(id)
  const watched: Property = {
    ...property,
    holds: async (input, context, arranged) => {
      tried.push(input)
      await property.holds(input, context, arranged)
    },
  }
  const [outcome] = await run([watched], embedded.target, { runs: 300, ...options }, () => {})
  const findings: readonly Finding[] = outcome?.verdict.state === 'fail' ? outcome.verdict.findings : []
  return { findings, tried, cases: outcome?.tried?.inputs }
}

describe('what a property finds', () => {
  test.each([
    ['redirect-uri-matches/normalises-before-it-compares', 'fuzz/redirect-uri/nearly-registered-uri-is-refused'],
    ['redirect-uri-is-the-same/does-not-compare', 'fuzz/redirect-uri/code-is-redeemed-with-the-same-uri-only'],
    ['redirect-uri-is-acceptable/takes-what-a-browser-takes', 'fuzz/registration/only-an-absolute-uri-is-registered'],
    ['challenge-method/takes-a-missing-method-for-s256', 'fuzz/pkce/challenge-and-method-bind-the-verifier'],
    ['code-is-known/cuts-what-is-too-long', 'fuzz/authorization-code/forged-code-is-denied'],
    ['refresh-token-is-known/cuts-what-is-too-long', 'fuzz/refresh-token/forged-refresh-token-is-denied'],
    ['secret-matches/compares-as-far-as-the-shorter', 'fuzz/client-authentication/forged-header-is-denied'],
    ['assertion-is-signed/takes-alg-none', 'fuzz/client-assertion/forged-assertion-is-denied'],
    ['token-params-not-repeated/sees-neighbours', 'fuzz/forms/repeated-parameter-is-refused'],
    ['code-state/takes-a-plus-for-a-space', 'fuzz/authorization-request/state-comes-back-as-it-was-sent'],
  ])('on %s is found again at once by its seed and path', async (mutant, id) => {
    const { findings } = await findOn(mutant, id, { seed: 1 })
    const [found] = findings
    expect(found?.counterexample).toEqual({
      input: expect.any(String),
      seed: 1,
      path: expect.stringMatching(/^\d+(?:~\d+)*(?::\d+)*$/),
    })

    const { seed = 0, path = '' } = found?.counterexample ?? {}
    const again = await findOn(mutant, id, { seed, path, runs: 1 })
    expect(again.tried).toHaveLength(1)
    const alike = findings.filter(({ counterexample }) => counterexample?.path === path)
    expect(again.findings.map(({ fingerprint }) => fingerprint)).toEqual(alike.map(({ fingerprint }) => fingerprint))
    expect(again.findings[0]?.counterexample?.input).toBe(found?.counterexample?.input)
  })

  test('on another server, that is right, is not found', async () => {
    const id = 'fuzz/redirect-uri/nearly-registered-uri-is-refused'
    const { findings } = await findOn('redirect-uri-matches/takes-any-redirect-uri', id, { seed: 1 })
    await using embedded = await embeddedTarget()
    const path = findings[0]?.counterexample?.path ?? ''
    const [outcome] = await run([propertyOf(id)], embedded.target, { seed: 1, runs: 1, path }, () => {})
    expect(outcome?.verdict).toEqual({ state: 'pass' })
  })
})

describe('a counterexample', () => {
  test('is a single edit where the server takes whatever it is sent', async () => {
    const mutant = 'redirect-uri-matches/takes-any-redirect-uri'
    const id = 'fuzz/redirect-uri/nearly-registered-uri-is-refused'
    for (const seed of [1, 2, 3]) {
      const { findings, tried } = await findOn(mutant, id, { seed })
      expect(tried.length).toBeLessThanOrEqual(300 + 2 * 200)
      const path = findings[0]?.counterexample?.path ?? ''
      const smallest = (await findOn(mutant, id, { seed, path })).tried
      expect(smallest).toMatchObject([{ variation: { edits: [expect.anything()] } }])
    }
  })

  test('of a secret says what was done to it, and not what it is', async () => {
    const { findings } = await findOn(
      'refresh-token-is-known/cuts-what-is-too-long',
      'fuzz/refresh-token/forged-refresh-token-is-denied',
      { seed: 1 },
    )
    expect(findings[0]?.counterexample?.input).toMatch(
      /^\{"edits":\[(?:append|insert|double|write twice|put white space)/,
    )
    expect(JSON.stringify(findings)).not.toMatch(/"refresh_token=(?!\[)/)
  })
})
