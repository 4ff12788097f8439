import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { MatrixResult } from '../../cli/matrix.ts'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'

const program = fileURLToPath(new URL('../../cli/assay.js', import.meta.url))

// Eight minutes on two cores.
const timeout = 1_200_000

test(
  'every mutant is killed for the right reason, every dialect stays silent, every unit has a kill',
  { timeout },
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'mutants', '--json'], {
      maxBuffer: 64 * 1024 * 1024,
    }).catch((error: unknown) => error as { readonly stdout: string })
    const { mutants, dialects, units, kills } = JSON.parse(stdout) as MatrixResult

    expect(mutants.survived).toEqual([])
    expect(dialects.noisy).toEqual([])
    expect(dialects.unheard).toEqual([])
    expect(units.withoutKill).toEqual([])
    expect(mutants.killed).toBe(mutants.total)
    const killed = new Set(kills.map(({ mutant }) => mutant))
    expect([...catalogue.keys()].filter((id) => !killed.has(id))).toEqual([])
  },
)
