import { describe, expect, test } from 'vitest'
import { invariantUnits } from '../../cli/invariants.ts'
import { type MatrixParts, type MatrixResult, mergeResults, runMatrix } from '../../cli/matrix.ts'
import { checks, properties } from '../../cli/units.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Unit } from '../../core/unit.ts'
import type { Outcome } from '../../harness/runner/events.ts'
import type { Dialect } from '../../reference-server/dialect.ts'
import { dialects } from '../../reference-server/dialects/catalogue.ts'
import type { Mutant } from '../../reference-server/mutant.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'
import { rulebook } from '../../reference-server/rulebook.ts'
import { checksThat } from '../harness/runner/units.ts'

const replayed = 'oauth2/authorization-code/replayed-code-is-denied'
const unknownGrant = 'oauth2/token-endpoint/unknown-grant-type-is-reported'

const checksNamed = (...ids: readonly string[]) => checks.filter(({ id }) => ids.includes(id))

function mutantNamed(id: string): Mutant {
  const mutant = catalogue.get(id)
  if (mutant === undefined) throw new Error(`there is no mutant ${id}`)
  return mutant
}

/** What a code that can be used again breaks. */
const replay = [rfc6749.codeSingleUse, rfc9700.codeInvalidated] as const

const acceptsReplay = mutantNamed('code-is-single-use/accepts-any-replay')

/** It is wrong in nothing, whatever it says. */
const harmless: Mutant = {
  id: 'code-is-single-use/does-all-right',
  rule: 'code-is-single-use',
  fault: 'nobody made a mistake',
  breaks: [rfc6749.codeSingleUse],
  swap: {},
}

/** It is wrong, but in something else than it says. */
const wrongElsewhere: Mutant = {
  ...harmless,
  id: 'code-is-single-use/forgets-a-header',
  swap: { tokenResponseHeaders: () => ({ pragma: 'no-cache' }) },
}

const parts = (more: Partial<MatrixParts>): MatrixParts => ({
  units: checksNamed(replayed),
  invariants: [],
  mutants: [],
  dialects: [],
  seed: 1,
  known: () => [],
  runs: 5,
  ...more,
})

describe('mutants', () => {
  test('are killed by what finds the very requirement that they break, and survive all else', async () => {
    expect(rulebook.get('codeIsSingleUse')?.enforces).toContain(rfc6749.codeSingleUse)
    const result = await runMatrix(parts({ mutants: [acceptsReplay, harmless, wrongElsewhere] }))
    expect(result).toMatchObject({
      mutants: { total: 3, killed: 1, survived: [harmless.id, wrongElsewhere.id].toSorted() },
      dialects: { total: 0, noisy: [], unheard: [] },
    })
    const kill = { mutant: acceptsReplay.id, unit: replayed }
    expect(result.kills).toEqual(replay.map(({ id }) => ({ ...kill, requirement: id })))
  })

  test('leave a unit without a kill that proves nothing of what they break', async () => {
    const units = checksNamed(replayed, unknownGrant)
    expect(units).toHaveLength(2)
    const result = await runMatrix(parts({ units, mutants: [acceptsReplay] }))
    expect(result.units.total).toBe(2)
    expect(result.units.withoutKill.every((one) => one.startsWith(`${unknownGrant} (`))).toBe(true)
    expect(result.units.withoutKill).not.toEqual([])
  })

  test('that checks have missed are left to inputs and load; those that are killed are not', async () => {
    const pressed: string[][] = []
    const runInvariants = async (units: readonly Unit[]): Promise<readonly Outcome[]> => {
      pressed.push(units.map(({ id }) => id))
      return []
    }
    const invariants = invariantUnits.filter(({ proves }) => proves.some(({ id }) => id === rfc6749.codeSingleUse.id))
    const wanted = invariants.map(({ id }) => id)
    expect(wanted).not.toEqual([])
    const result = await runMatrix(parts({ invariants, runInvariants, mutants: [harmless] }))
    expect(result.mutants.survived).toEqual([harmless.id])
    // On the right server, on the survivor, and once more to see whether they can fail.
    expect(pressed).toEqual([wanted, wanted, wanted])
  })

  test('are found by a property, which says how many inputs it took', async () => {
    const mutant = mutantNamed('verifier-is-well-formed/knows-the-characters-of-base64url')
    const units = properties.filter(({ proves }) => proves.some((one) => mutant.breaks.includes(one)))
    const { kills } = await runMatrix(parts({ units, mutants: [mutant], runs: 100 }))
    expect(kills[0]).toMatchObject({ mutant: mutant.id, cases: expect.any(Number) })
  })
})

describe('where nothing is wrong', () => {
  test('everything is silent, on the right server and on its dialects', async () => {
    const result = await runMatrix(
      parts({ dialects: dialects.filter(({ forbiddenBy }) => forbiddenBy === undefined).slice(0, 2) }),
    )
    expect(result.dialects).toEqual({ total: 2, noisy: [], unheard: [] })
  })

  test('a false alarm is heard, as is a unit that cannot do its work', async () => {
    const units = [
      ...checksThat({
        breaks: async () => {
          throw new TypeError('our own fault')
        },
        'gives up': async ({ client }) => void client.endpoint('nothing_of_the_kind'),
        alarms: async ({ expect: judge }) => judge.that(false, { expected: 'this', actual: 'that' }),
        'does not apply': { needs: ['plain_pkce'] },
      }),
    ]
    const { dialects: heard } = await runMatrix(parts({ units }))
    expect(heard.noisy).toEqual([
      'the reference server: place/alarms finds rfc6749/code-single-use: expected this, got that',
      'the reference server: place/breaks is broken: our own fault',
      'the reference server: place/gives up is untestable: the metadata has no nothing_of_the_kind',
    ])
  })

  test('a deviation that is not lawful is heard', async () => {
    const wrong = { id: 'not-lawful', lawful: 'nothing allows it', swap: acceptsReplay.swap }
    const { dialects: heard } = await runMatrix(parts({ dialects: [wrong] }))
    expect(heard.noisy).toEqual(replay.map(({ id }) => expect.stringMatching(`^not-lawful: ${replayed} finds ${id}: `)))
  })

  test('of a deviation that a document forbids, just what it forbids is owed', async () => {
    const forbidden: Dialect = { id: 'forbidden', lawful: 'one allows it', forbiddenBy: replay }
    const { dialects: found, kills } = await runMatrix(
      parts({ dialects: [{ ...forbidden, swap: acceptsReplay.swap }, forbidden] }),
    )
    expect(found).toEqual({ total: 2, noisy: [], unheard: replay.map(({ id }) => `forbidden: nothing finds ${id}`) })
    expect(kills).toEqual(replay.map(({ id }) => ({ mutant: 'forbidden', unit: replayed, requirement: id })))
  })
})

describe('shards', () => {
  test('come to the same together as the whole', async () => {
    const all = parts({ mutants: [acceptsReplay, harmless], dialects: dialects.slice(0, 3) })
    const shards: MatrixResult[] = []
    for (const index of [0, 1]) shards.push(await runMatrix({ ...all, shard: { index, of: 2 } }))
    const { seconds, ...merged } = mergeResults(shards, all)
    const { seconds: _, ...whole } = await runMatrix(all)
    expect(merged).toEqual(whole)
    expect(seconds).toBe(Math.max(...shards.map((one) => one.seconds)))
    expect(shards.map(({ mutants }) => mutants.total)).toEqual([1, 1])
    expect(shards.map((one) => one.dialects.total)).toEqual([1, 2])
  })
})
