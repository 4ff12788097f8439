import { knownBugs, quickBugs } from './known-bugs/catalogue.ts'
import type { KnownBug } from './known-bugs/known-bug.ts'
import { cacheFolder, type PairResult, tryPair } from './known-bugs/run.ts'
import { failureText, resultText } from './known-bugs/report.ts'
import { optionsOf } from './options.ts'

const values = optionsOf({
  all: { type: 'boolean' },
  json: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  runs: { type: 'string', default: '100' },
  seed: { type: 'string', default: '1' },
})

const wanted = (values.only ?? []).flatMap((names) => names.split(','))
const isWanted = (bug: KnownBug) => wanted.some((name) => name === bug.id || name === bug.package)
// Who names a pair means it, however heavy it is.
const chosen = wanted.length > 0 ? knownBugs.filter(isWanted) : values.all ? knownBugs : quickBugs
const [runs, seed] = [Number(values.runs), Number(values.seed)]
const unknown = wanted.find((name) => !knownBugs.some((bug) => name === bug.id || name === bug.package))
if (unknown !== undefined || !Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error(
    unknown === undefined ? '--runs and --seed want whole numbers' : `there is no known bug or package ${unknown}`,
  )
  process.exit(3)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
const results: PairResult[] = []
let failed = 0
for (const bug of chosen) {
  try {
    const result = await tryPair(bug, { cache: cacheFolder(), seed, runs })
    results.push(result)
    if (!values.json) console.log(resultText(result))
  } catch (error) {
    failed += 1
    console.error(failureText(bug, error))
  }
}
if (values.json) console.log(JSON.stringify(results, undefined, 2))
process.exitCode = failed === 0 && results.every(({ judgement }) => judgement === 'as owed') ? 0 : 1
