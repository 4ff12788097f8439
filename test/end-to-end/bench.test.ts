import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../tools/bench.ts', import.meta.url))

const bench = async (...args: readonly string[]) =>
  await promisify(execFile)(process.execPath, ['--import', 'tsx', program, '--quick', ...args])

const ratio = expect.closeTo(1, -2)
const quartiles = [ratio, ratio]

// What is measured on a machine that tests are running on says nothing: only that it is measured is looked at.
describe('npm run bench', () => {
  test('measures issuance, flows, memory, fuzzing and load, and says so in JSON', async () => {
    const { stdout } = await bench('--json')
    const { issuance, flows, memory, fuzz, load } = JSON.parse(stdout) as Readonly<
      Record<string, Readonly<Record<string, unknown>>>
    >

    for (const format of ['es256', 'rs256', 'eddsa', 'opaque'])
      expect(issuance?.[format]).toMatchObject({
        ofBareNode: ratio,
        ofOidcProvider: ratio,
        spread: { ofBareNode: quartiles, ofOidcProvider: quartiles },
      })
    for (const flow of ['authorization-code', 'refresh', 'introspection'])
      expect(flows?.[flow]).toMatchObject({ ofOidcProvider: ratio, spread: { ofOidcProvider: quartiles } })
    // Octets do not depend on what else the machine does.
    expect(memory?.['bytesPerGrant']).toBeGreaterThan(300)
    expect(memory?.['bytesPerGrant']).toBeLessThan(1500)
    expect(memory?.['afterExpiry']).toBeLessThan(1.5)
    expect(fuzz).toMatchObject({
      casesPerSecond: expect.any(Number),
      requestsToKill: { median: expect.any(Number), p95: expect.any(Number), mutants: 2, notFound: [] },
    })
    expect(load?.['scenarios']).toEqual({
      'client-credentials': {
        requestsPerSecond: expect.any(Number),
        generatorMicrosPerRequest: expect.any(Number),
        ofBareScript: expect.any(Number),
        spread: [expect.any(Number), expect.any(Number)],
      },
    })
    // A way is never shorter than it is to be.
    const distances = (load?.['distance'] ?? []) as readonly { readonly asked: number; readonly added: number }[]
    expect(distances.map(({ asked }) => asked)).toEqual([0, 10, 90])
    for (const { asked, added } of distances) expect(added).toBeGreaterThan(asked - 1)
  })

  test('measures a part alone', async () => {
    const { stdout } = await bench('--only', 'memory')
    expect(stdout).toContain('octets a grant')
    expect(stdout).not.toContain('tokens,')
  })

  test('says which parts there are', async () => {
    await expect(bench('--only', 'speed')).rejects.toMatchObject({
      code: 3,
      stderr: 'there is no part speed to measure; name some of issuance, flows, memory, fuzz, load with --only\n',
    })
  })

  test('says what can be asked for', async () => {
    await expect(bench('--speed')).rejects.toMatchObject({
      code: 3,
      stderr: "Unknown option '--speed'; what can be asked for: --json, --only <…>, --quick\n",
    })
  })
})
