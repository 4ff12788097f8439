import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { histogramOf } from '../../../core/histogram.ts'
import { scriptPath } from '../../../harness/load/run.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

/** What the requests of each scenario of a fake engine took, in milliseconds. */
export const fakeLatencies = [...Array<number>(90).fill(10), ...Array<number>(8).fill(20), 40, 50]

/** A script that is there, as it has to be: a fake engine reads none. */
export const unreadScript = scriptPath('bare.ts')

/**
 * A program that is called like k6 and does what these lines of JavaScript say. `plan` is what the scripts are given,
 * `begin()` waits as they do until all processes of the run are there, `summary` prints what they print at their end,
 * `tell` tells the companion what a virtual user has seen, `say` tells something to the test, which `said` hears.
 */
export function fakeEngine(...lines: readonly string[]) {
  const folder = temporaryFolder()
  const [path, told] = [join(folder, 'k6.mjs'), join(folder, 'said.json')]
  const prelude = [
    `#!${process.execPath}`,
    `import { renameSync, writeFileSync } from 'node:fs'`,
    `const plan = JSON.parse(process.env.ASSAY_PLAN)`,
    `const segment = process.argv.find((one) => one.startsWith('--execution-segment='))?.split('=')[1]`,
    `const share = { ...plan.share, ...(segment && { segment }) }`,
    // Renamed into place: engines of two sides that say something at once must not write into one another's words.
    `const say = (what, to = ${JSON.stringify(told)}) => {`,
    `  writeFileSync(to + process.pid, JSON.stringify(what)), renameSync(to + process.pid, to) }`,
    `const latency = ${JSON.stringify(histogramOf(fakeLatencies))}`,
    `const scenarioOf = ({ name, story, stages }) => ({ name, story, seconds: stages.at(-1).seconds, requests: 100,`,
    `  iterations: 20, failed: 1, droppedIterations: 1, throttled: 0, heldBack: 0, latency,`,
    `  invariants: [{ name: 'holds', observed: 20, broken: 1 }] })`,
    `const summary = (more = {}) => console.log('\\nassay-summary ' +`,
    `  JSON.stringify({ scenarios: plan.scenarios.map(scenarioOf), exceptions: 0, undelivered: 0, ...more }))`,
    `const post = async (path, body = '') => await fetch(plan.companion + path, { method: 'POST', body })`,
    `const begin = async () => { console.error('assay-ready'); return Number(await (await post('/assembly', JSON.stringify(share))).text()) }`,
    `const tell = async (more = {}) => (await post('/tidings', JSON.stringify({ scenario: 'tale', story: 'tale',`,
    `  seconds: [[Math.floor(Date.now() / 1000), 1, 0, []]], unique: [], samples: [], ...more }))).status`,
  ]
  writeFileSync(path, [...prelude, ...lines, ''].join('\n'))
  chmodSync(path, 0o755)
  return {
    path,
    version: 'v2.2.0',
    hasSaid: () => existsSync(told),
    said: () => JSON.parse(readFileSync(told, 'utf8')) as unknown,
  }
}
