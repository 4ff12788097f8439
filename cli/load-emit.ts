import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Story } from '../core/story.ts'
import { HarnessError } from '../harness/error.ts'
import { emitCluster, type Emitted } from '../harness/load/cluster/emit.ts'
import { companionName, companionSecret, secretName, selectorOf } from '../harness/load/cluster/manifests.ts'
import { scriptPath } from '../harness/load/run.ts'
import { assertTargetAuthorized, isLoopback } from '../harness/target/authorized.ts'
import { readTargetFile } from '../harness/target/load.ts'
import { openTarget, withoutRegistration } from '../harness/target/open.ts'
import type { TargetSettings } from '../harness/target/settings.ts'
import type { Target } from '../harness/target/target.ts'
import { stories } from '../scenarios/stories.ts'
import type { Io } from './command.ts'
import { type ExitCode, exitCode } from './exit-codes.ts'
import { whyNot } from './invariants.ts'
import { loadOrder, type LoadWish, partsFor } from './load-order.ts'
import type { Choice } from './subject.ts'
import { version } from './version.ts'

/** Where a load test is to run, instead of here. */
export const platforms = ['kubernetes'] as const

interface Emission {
  readonly choice: Choice
  readonly wish: LoadWish
  /** The folder that is written. */
  readonly out: string
  readonly json: boolean
}

/** Writes what a cluster runs, and says how it is made to. Nothing of the load is sent from here. */
export async function emitLoad({ choice, wish, out, json }: Emission, io: Io): Promise<ExitCode> {
  const { file, mutant, dialect } = choice
  if (file === undefined || mutant !== undefined || dialect !== undefined) {
    throw new HarnessError('USAGE', 'a cluster cannot reach the embedded server', { hint: 'name a target file' })
  }
  const { settings, warnings } = await readTargetFile(file, io.environment)
  const isLocal = isLoopback(new URL(settings.issuer).hostname)
  for (const warning of [...warnings, ...(isLocal ? ['the issuer is on loopback, where a pod finds itself'] : [])])
    io.error.write(`warning: ${warning}\n`)
  const id = randomBytes(4).toString('hex')
  const order = await clusterOrder(file, settings, wish)
  const emitted = await emitCluster({ ...order, id, environment: io.environment, image: `assay:${version}` })
  await write(out, emitted)
  const { runners, secrets } = emitted
  const steps = stepsFor(shown(out), id)
  if (json) io.out.write(`${JSON.stringify({ folder: out, run: id, runners, secrets, steps }, null, 2)}\n`)
  else tell(io, out, emitted, steps)
  return exitCode.nothingFound
}

/** What is to be done to the server, as far as its target file, its metadata and the order say. */
async function clusterOrder(file: string, settings: TargetSettings, wish: LoadWish) {
  const { target } = await openTarget(withoutRegistration(settings))
  assertTargetAuthorized(target, 'load')
  const order = loadOrder(wish, settings)
  const parts = partsFor(target, order)
  assertSupplied(target, settings, order.scenarios)
  if (parts.every(({ scenarios }) => scenarios.length === 0))
    throw unsupplied('the target file has too little for any of the scenarios')
  const targetFile = await readFile(file, 'utf8')
  return { target, settings, targetFile, parts, skew: order.skew, script: scriptPath('main.ts') }
}

/** Throws `USAGE` where a scenario lacks clients or people: nobody registers any for a cluster. */
function assertSupplied(
  target: Target,
  { clients = [], registration }: TargetSettings,
  named: readonly string[],
): void {
  const catalogue: Readonly<Record<string, Story>> = stories
  const lacking = named.flatMap((name) => {
    const obstacle = catalogue[name] === undefined ? undefined : whyNot(catalogue[name], target)
    return obstacle === undefined ? [] : [`${name} cannot be told: ${obstacle.because}`]
  })
  const registers = registration !== undefined && registration.clients !== false
  if (named.length === 0 && clients.length === 0 && registers) lacking.push('the target file names no clients')
  const [first] = lacking
  if (first !== undefined) throw unsupplied(first)
}

const unsupplied = (message: string) =>
  new HarnessError('USAGE', message, {
    hint: 'put clients into the target file: what is registered for one run is unknown to the runners of a cluster',
  })

async function write(folder: string, { files }: Emitted): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    for (const [name, text] of files) await writeFile(join(folder, name), text)
  } catch (cause) {
    throw new HarnessError(
      'USAGE',
      `${folder} cannot be written (${(cause as NodeJS.ErrnoException).code ?? 'no reason given'})`,
      {
        hint: 'name a folder that you may write to with --out',
        cause,
      },
    )
  }
}

/** What is done in a shell, one after the other. */
export const stepsFor = (folder: string, id: string) => ({
  export: `export ${companionSecret}=$(openssl rand -hex 18)`,
  secret: `kubectl create secret generic ${secretName} --from-env-file=${folder}/secrets.env`,
  start: `kubectl apply -k ${folder}`,
  wait: `kubectl wait --for=condition=complete --timeout=1h job/${companionName({ id })}`,
  logs: `kubectl logs -l ${selectorOf({ id })} --tail=-1 > run.log`,
  merge: 'assay load merge run.log',
  remove: `kubectl delete -k ${folder}`,
})

const shown = (folder: string) => (/^[\w./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", `'\\''`)}'`)

function tell({ out }: Io, folder: string, { runners, secrets }: Emitted, steps: Readonly<Record<string, string>>) {
  const others = secrets.filter((name) => name !== companionSecret)
  out.write(
    [
      `${folder} has what ${runners === 1 ? 'a runner' : `${runners} runners`} of k6-operator and their companion need.`,
      others.length === 0 ? '' : `The secret is made of what is exported here: ${others.join(', ')}.`,
      '',
      ...Object.values(steps),
      '',
    ]
      .filter((line, at) => line !== '' || at > 1)
      .join('\n'),
  )
}
