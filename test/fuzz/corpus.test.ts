import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readOwnCorpus } from '../../cli/corpus.ts'
import { documents } from '../../cli/documents.ts'
import { properties } from '../../fuzz/properties.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { run } from '../../harness/runner/run.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'
import { type EmbeddedTarget, embeddedTarget } from './embedded-target.ts'

const corpus = readOwnCorpus()

/** What an edit makes of a secret hangs on the secret, which is another each time. */
const triesOfOne = 3

describe('the corpus', () => {
  test('holds what was found by properties that there are, of requirements and servers that there are', () => {
    const rows = new Set(documents.flatMap(({ requirements }) => requirements.map(({ id }) => id)))
    expect(corpus.length).toBeGreaterThan(100)
    for (const { unit, requirement, of } of corpus) {
      expect(properties.map(({ id }) => id)).toContain(unit)
      expect(rows).toContain(requirement)
      expect([...catalogue.keys()]).toContain(of)
    }
  })
})

// Whoever changes a generator changes what lies at a path: `npm run corpus` finds it anew.
describe('each input of the corpus', () => {
  test.each(corpus.map((entry) => [entry.of, entry.requirement, entry] as const))(
    'still shows %s against %s',
    { timeout: 60_000 },
    async (of, requirement, { unit, seed, path, input: printed }) => {
      await using embedded = await embeddedTarget(of)
      const units = properties.filter(({ id }) => id === unit)
      const [outcome] = await run(units, embedded.target, { seed, runs: 1, path, printed, tries: triesOfOne }, () => {})
      expect(outcome === undefined ? [] : findingsOf(outcome).map((finding) => finding.requirement)).toContain(
        requirement,
      )
    },
  )

  describe('on the right server', () => {
    let embedded: EmbeddedTarget
    beforeAll(async () => {
      embedded = await embeddedTarget()
    })
    afterAll(async () => await embedded[Symbol.asyncDispose]())

    test('finds nothing', async () => {
      const known = ({ id }: { readonly id: string }) => corpus.filter(({ unit }) => unit === id)
      const outcomes = await run(properties, embedded.target, { seed: 1, runs: 0, known }, () => {})
      const loud = outcomes.filter(({ verdict }) => verdict.state !== 'pass' && verdict.state !== 'inapplicable')
      expect(loud.map(({ unit, verdict }) => ({ id: unit.id, verdict }))).toEqual([])
    })
  })
})
