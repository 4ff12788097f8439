import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../temporary-folder.ts'

/**
 * A program that is called like k6 and does what these lines of JavaScript say. `plan` is what the scripts are given,
 * `summary` prints what they print at their end, `say` tells something to the test, which `said` hears.
 */
export function fakeEngine(...lines: readonly string[]) {
  const folder = temporaryFolder()
  const [path, told] = [join(folder, 'k6.mjs'), join(folder, 'said.json')]
  const prelude = [
    `#!${process.execPath}`,
    `import { writeFileSync } from 'node:fs'`,
    `const plan = JSON.parse(process.env.ASSAY_PLAN)`,
    `const say = (what) => writeFileSync(${JSON.stringify(told)}, JSON.stringify(what))`,
    `const latency = { 'p(50)': 10, 'p(95)': 20, 'p(99)': 40 }`,
    `const scenarioOf = ({ story, seconds }) => ({ story, seconds, requests: 40, iterations: 20, completed: 19,`,
    `  droppedIterations: 1, latency, invariants: [{ name: 'holds', observed: 20, broken: 1 }] })`,
    `const summary = (more = {}) =>`,
    `  console.log('\\nassay-summary ' + JSON.stringify({ scenarios: plan.scenarios.map(scenarioOf), exceptions: 0, ...more }))`,
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
