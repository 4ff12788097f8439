import { stringify } from 'yaml'
import type { Environment } from '../../../core/references.ts'
import { secondsOf } from '../../../core/story.ts'
import { HarnessError } from '../../error.ts'
import type { TargetSettings } from '../../target/settings.ts'
import type { Target } from '../../target/target.ts'
import { planFor } from '../plan.ts'
import { remoteWrite } from '../remote-write.ts'
import type { LoadPart } from '../run.ts'
import { bundle } from '../bundle.ts'
import {
  type ClusterRun,
  companionOf,
  companionSecret,
  companionUrl,
  filesOf,
  type Manifest,
  type RunnerGroup,
  testRunOf,
} from './manifests.ts'
import {
  assertByReference,
  companionTarget,
  namesIn,
  planByReference,
  type Written,
  writtenIn,
} from './written-plan.ts'

/** A load test that a cluster is to run. */
export interface ClusterOrder {
  /** Of small letters and digits. */
  readonly id: string
  readonly target: Target
  readonly settings: TargetSettings
  /** The target file as it is written. */
  readonly targetFile: string
  readonly environment: Environment
  readonly parts: readonly LoadPart[]
  readonly skew: number
  /** The k6 script, as a path. */
  readonly script: string
  /** The image of the companion, with its version. */
  readonly image: string
}

export interface Emitted {
  /** The files by their names. */
  readonly files: ReadonlyMap<string, string>
  /** The environment variables that the secret of the cluster is made of. */
  readonly secrets: readonly string[]
  /** How many runners there are. */
  readonly runners: number
}

/** How much longer than the load itself a companion waits for those that it serves, in seconds. */
const patience = 900

/** What a cluster runs, as files. Throws `USAGE` where a secret would stand in one of them, or one would be too large. */
export async function emitCluster(order: ClusterOrder): Promise<Emitted> {
  const { id, image, targetFile, environment, parts } = order
  const written = writtenIn(targetFile, environment)
  assertByReference(order.settings, written)
  const run: ClusterRun = { id, image, figures: Object.keys(remoteWrite(environment).environment).toSorted() }
  const groups = groupsOf(run, order, written)
  const plans = new Map(groups.map(({ planFile, plan }) => [planFile, assertFits(JSON.stringify(plan), planFile)]))
  const target = yamlOf(companionTarget(targetFile))
  const runners = groups.reduce((sum, { processes }) => sum + processes, 0)
  const longest = Math.max(0, ...parts.flatMap(({ scenarios }) => scenarios.map(secondsOf)))
  const references = namesIn(target)
  const manifests = new Map<string, readonly Manifest[]>([
    ['files.yaml', [filesOf(run, { scripts: await bundle(order.script), target, plans })]],
    ['companion.yaml', companionOf(run, { processes: runners, seconds: Math.ceil(longest) + patience, references })],
    ...groups.map((group) => [`${group.name}.yaml`, [testRunOf(run, group)]] as const),
  ])
  const secrets = [
    ...new Set([
      companionSecret,
      ...references,
      ...groups.flatMap(({ plan }) => plan.references ?? []),
      ...run.figures,
    ]),
  ]
  const files = new Map([
    ['kustomization.yaml', yamlOf(kustomization([...manifests.keys()], image))],
    ['secrets.env', `${secrets.join('\n')}\n`],
    ...[...manifests].map(([name, all]) => [name, all.map(yamlOf).join('---\n')] as const),
  ])
  return { files, secrets, runners }
}

/** One group of runners for each part, with names that can stand in a cluster. */
function groupsOf(run: ClusterRun, { target, parts, skew }: ClusterOrder, written: Written): readonly RunnerGroup[] {
  const names = parts.map(({ region = 'runners' }) =>
    region
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 30),
  )
  return parts.map(({ region, scenarios, processes = 1 }, index) => {
    const own = (names[index] ?? '').replaceAll(/^-+|-+$/g, '')
    const name = own === '' || names.indexOf(names[index] ?? '') !== index ? `part-${index + 1}` : own
    const share = { run: run.id, index, of: parts.length, ...(region !== undefined && { region }) }
    const told = planFor(target, { scenarios, share, skew, companion: '' })
    const { references = [], ...plan } = planByReference(told, written)
    return {
      name,
      processes,
      planFile: `plan-${name}.json`,
      plan: { ...plan, companion: companionUrl(run), references: [...references, companionSecret].toSorted() },
    }
  })
}

/** What a process of Linux takes as one variable, in octets, and some to spare for its name. */
const longestVariable = 128 * 1024 - 64

function assertFits(plan: string, name: string): string {
  if (Buffer.byteLength(plan) <= longestVariable) return plan
  throw new HarnessError(
    'USAGE',
    `${name} has ${Math.ceil(Buffer.byteLength(plan) / 1024)} KiB, and 127 are the most that a runner can be told`,
    {
      hint: 'name fewer users in the target file',
    },
  )
}

const yamlOf = (value: unknown): string => stringify(value, { lineWidth: 0, blockQuote: 'literal' })

const kustomization = (resources: readonly string[], image: string) => {
  const [name = image, newTag] = image.split(/:(?=[^:/]*$)/)
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources,
    images: [{ name, newName: name, ...(newTag !== undefined && { newTag }) }],
  }
}
