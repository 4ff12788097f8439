import { measureFlows } from './bench/flows.ts'
import { measureFuzz } from './bench/fuzz.ts'
import { type Effort, measureIssuance } from './bench/issuance.ts'
import { measureLoad } from './bench/load.ts'
import { measureMemory } from './bench/memory.ts'
import { asJson, asText, type Results } from './bench/results.ts'
import { compile, pinned, pinThisProcess } from './bench/servers.ts'
import { optionsOf } from './options.ts'

const parts = ['issuance', 'flows', 'memory', 'fuzz', 'load'] as const

const values = optionsOf({
  json: { type: 'boolean' },
  only: { type: 'string', multiple: true },
  quick: { type: 'boolean' },
})
const wanted = (values.only ?? parts).flatMap((names) => names.split(','))
const unknown = wanted.find((name) => !parts.some((part) => part === name))
if (unknown !== undefined) {
  console.error(`there is no part ${unknown} to measure; name some of ${parts.join(', ')} with --only`)
  process.exit(3)
}

/** Many short turns: what disturbs the machine for a while falls on all servers alike. */
const effort: Effort = values.quick
  ? { rounds: 3, blockMs: 100, warmUpMs: 500 }
  : { rounds: 31, blockMs: 400, warmUpMs: 4000 }

const wholeFuzz = { milliseconds: 60_000, requests: 2000, only: [] }
const quickFuzz = {
  milliseconds: 2000,
  requests: 200,
  only: ['redirect-uri-matches/takes-any-redirect-uri', 'verifier-is-present/lets-it-be-missing'],
}

const wholeLoad = { rounds: 4, seconds: 5, distances: 300, only: [] }
const quickLoad = { rounds: 1, seconds: 2, distances: 20, only: ['client-credentials'] }

const say = (line: string) => console.error(line)
compile()
// Before this process keeps to one core: fuzzing has all of them.
const fuzz = wanted.includes('fuzz') ? await measureFuzz(values.quick ? quickFuzz : wholeFuzz) : undefined
// Before this process keeps to one core: k6 has one, and whoever answers the other.
const load = wanted.includes('load') ? await measureLoad(values.quick ? quickLoad : wholeLoad, say) : undefined
pinThisProcess()
if (!pinned) say('servers and their driver share all cores: taskset is not there, or there is one core')
const results: Results = {
  node: process.version,
  pinned,
  ...(wanted.includes('issuance') && { issuance: await measureIssuance(effort, say) }),
  ...(wanted.includes('flows') && { flows: await measureFlows(effort, say) }),
  ...(wanted.includes('memory') && {
    memory: await measureMemory(values.quick ? [1000, 1000] : [30_000, 10_000, 100_000, 1_000_000]),
  }),
  ...(fuzz && { fuzz }),
  ...(load && { load }),
}
console.log(values.json ? asJson(results) : asText(results))
