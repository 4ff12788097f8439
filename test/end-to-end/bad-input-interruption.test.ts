import { describe, expect, test, vi } from 'vitest'
import { after, type Answer, hangs, metadata, metadataOf, startOdd, tokenResponse } from '../fixtures/odd-servers.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { reportIn, startAssay } from './assay.ts'
import { type Finished, first, oneAfterTheOther, verdicts } from './finished.ts'
import { targetFor, writeTarget } from './target-file.ts'

describe('Ctrl-C', () => {
  const told = 'interrupted: what is done is being reported; once more ends at once\n'

  /** Interrupts a command as soon as so many requests for a path have come. */
  async function interrupt(
    args: readonly string[],
    answers: Readonly<Record<string, Answer>>,
    [what, times]: readonly [what: string, times: number],
  ): Promise<Finished> {
    await using server = await startOdd(answers)
    const folder = temporaryFolder()
    writeTarget(folder, targetFor(server.origin))
    // What the server answers is counted from the first unit on.
    const running = startAssay([...args, '--no-preflight'], { folder })
    await vi.waitUntil(() => server.asked.filter((one) => one === what).length >= times, {
      timeout: 60_000,
      interval: 5,
    })
    running.interrupt()
    return { ...(await running.ended), report: reportIn(folder) }
  }

  test('before anything could be asked leaves a report of nothing', async () => {
    const path = '/.well-known/openid-configuration'
    const { exit, stdout, stderr, report } = await interrupt(['check', 'target.yaml'], { [path]: hangs }, [
      `GET ${path}`,
      1,
    ])

    expect(stderr).toBe(told)
    expect(stdout).toContain('Interrupted: this is what was done until then.\nNothing was judged')
    expect(exit).toBe(2)
    expect(report).toMatchObject({ interrupted: true, outcomes: [] })
    expect(report).not.toHaveProperty('problem')
  })

  test('among checks leaves a report of those that are done, and blames nobody for the others', async () => {
    const answers = { '/token': after(1, tokenResponse(), hangs) }
    const args = ['check', 'target.yaml', ...oneAfterTheOther]
    const { exit, stdout, stderr, report } = await interrupt(args, answers, ['POST /token', 2])

    expect(stderr).toBe(told)
    expect(stdout).toContain('Interrupted: this is what was done until then.')
    expect(exit).toBe(2)
    expect(report).toMatchObject({ interrupted: true })
    expect(verdicts(report)).toEqual([[first, 'pass']])
  })

  test('after a finding ends with 1', async () => {
    const answers = { '/token': after(1, tokenResponse({ refresh_token: 'none is due' }), hangs) }
    const args = ['check', 'target.yaml', ...oneAfterTheOther]
    const { exit, report } = await interrupt(args, answers, ['POST /token', 2])

    expect(verdicts(report)).toEqual([[first, 'fail']])
    expect(exit).toBe(1)
  })

  test('a second time ends at once, where clients are being registered that nobody would remove', async () => {
    await using server = await startOdd({
      ...metadata((origin) => ({ ...metadataOf(origin), registration_endpoint: `${origin}/register` })),
      '/register': hangs,
    })
    const folder = temporaryFolder()
    writeTarget(folder, `issuer: ${server.origin}\nregistration: dynamic\nlimits:\n  timeout_ms: 600000\n`)
    const running = startAssay(['check', 'target.yaml'], { folder })
    const soon = { timeout: 60_000, interval: 5 }
    await vi.waitUntil(() => server.asked.includes('POST /register'), soon)
    running.interrupt()
    await vi.waitUntil(() => running.stderr().includes(told), soon)
    running.interrupt()

    expect(await running.ended).toEqual({ exit: 2, stdout: '', stderr: told })
  })

  test('in the middle of load leaves what was measured until then', async () => {
    const args = ['load', 'target.yaml', '--scenario', 'client-credentials', '--seconds', '60', '--rate', '20']
    const { exit, stderr, report } = await interrupt(args, { '/token': tokenResponse() }, ['POST /token', 20])

    expect(stderr.replaceAll(/^load: .*\n/gm, '')).toBe(told)
    expect(exit).toBe(2)
    expect(report.interrupted).toBe(true)
    if (report.load?.state !== 'measured') throw new Error('nothing was measured')
    const [scenario] = report.load.scenarios
    expect(scenario?.requests).toBeGreaterThanOrEqual(15)
    expect(report.load.seconds).toBeLessThan(60)
    // Of opaque tokens, the other invariants say nothing.
    expect(report.summary).toMatchObject({ pass: 2, fail: 0, untestable: 0, broken: 0 })
  })
})
