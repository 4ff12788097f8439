import type { LoadPlan } from '../../../core/story.ts'
import { engineVersion } from '../engine.ts'
import { memoryOf } from '../run.ts'

/** An object of Kubernetes, as it is written. */
export type Manifest = Readonly<Record<string, unknown>>

/** What all objects of a run have in common. */
export interface ClusterRun {
  /** Part of every name, so that no run meets what another one left. */
  readonly id: string
  /** The variables by which k6 is told where Prometheus takes figures; their values are in the secret. */
  readonly figures: readonly string[]
  /** The image of the companion. */
  readonly image: string
}

/** The secret that the values of all references come from. */
export const secretName = 'assay'

/** By which a companion and its runners know each other: a part of its URL. */
export const companionSecret = 'ASSAY_COMPANION_SECRET'

export const companionPort = 9464

const runLabel = 'assay-run'

export const selectorOf = ({ id }: Pick<ClusterRun, 'id'>): string => `${runLabel}=${id}`

const nameOf = ({ id }: Pick<ClusterRun, 'id'>, part?: string) =>
  ['assay', id, ...(part === undefined ? [] : [part])].join('-')

export const companionName = (run: Pick<ClusterRun, 'id'>): string => nameOf(run, 'companion')

/** Where runners find the companion; the secret stands there as a reference. */
export const companionUrl = (run: Pick<ClusterRun, 'id'>): string =>
  `http://${companionName(run)}:${companionPort}/\${${companionSecret}}`

const labelsOf = (run: ClusterRun, component: string) => ({
  'app.kubernetes.io/name': 'assay',
  'app.kubernetes.io/component': component,
  [runLabel]: run.id,
})

const fromSecret = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key: name } } })

const withoutPrivileges = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

const asUser = (id: number) => ({ runAsNonRoot: true, runAsUser: id, seccompProfile: { type: 'RuntimeDefault' } })

const script = 'main.js'
const target = 'target.yaml'

/** What the runners and the companion read: the scripts, each region's plan, and the target. It holds no secret. */
export const filesOf = (
  run: ClusterRun,
  files: { readonly scripts: string; readonly target: string; readonly plans: ReadonlyMap<string, string> },
): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: nameOf(run), labels: labelsOf(run, 'files') },
  data: { ...Object.fromEntries(files.plans), [target]: files.target, [script]: files.scripts },
})

/** The processes of one region, or of all there are. */
export interface RunnerGroup {
  /** As it can stand in names: `europe`. */
  readonly name: string
  readonly plan: LoadPlan
  /** The key of the plan among the files. */
  readonly planFile: string
  readonly processes: number
}

/** k6's own user in its image. */
const engineUser = 12_345

/** What k6-operator makes runners of. */
export function testRunOf(run: ClusterRun, { name, plan, planFile, processes }: RunnerGroup): Manifest {
  const vus = plan.scenarios.reduce((sum, one) => sum + one.vus, 0)
  const { region } = plan.share
  const remote = run.figures.length > 0
  return {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata: { name: nameOf(run, name), labels: labelsOf(run, 'runners') },
    spec: {
      parallelism: processes,
      quiet: 'true',
      script: { configMap: { name: nameOf(run), file: script } },
      // A tag on the command line takes the place of all that scripts set, and the operator sets some there.
      args: [
        '--tag',
        `testid=${run.id}`,
        ...(region === undefined ? [] : ['--tag', `region=${region}`]),
        ...(remote ? ['--out', 'experimental-prometheus-rw'] : []),
      ],
      // It would put the environment, with every secret, into an archive, only to read the scripts once more.
      initializer: { disabled: true },
      runner: {
        image: `grafana/k6:${engineVersion.slice(1)}`,
        automountServiceAccountToken: 'false',
        metadata: { labels: labelsOf(run, 'runner') },
        env: [
          { name: 'ASSAY_PLAN', valueFrom: { configMapKeyRef: { name: nameOf(run), key: planFile } } },
          { name: 'K6_AUTO_EXTENSION_RESOLUTION', value: 'false' },
          { name: 'K6_NO_USAGE_REPORT', value: 'true' },
          ...(remote ? [{ name: 'K6_FEATURES', value: 'native-histograms' }] : []),
          ...[...new Set([...(plan.references ?? []), ...run.figures])].map(fromSecret),
        ],
        resources: {
          requests: { cpu: '500m', memory: `${128 + Math.ceil(vus / processes)}Mi` },
          limits: { memory: `${memoryOf(plan)}Mi` },
        },
        securityContext: asUser(engineUser),
        containerSecurityContext: withoutPrivileges,
      },
    },
  }
}

/** What the companion needs to know. */
export interface CompanionOrder {
  /** How many runners there are, in all regions. */
  readonly processes: number
  /** After so many seconds it ends, whoever is missing. */
  readonly seconds: number
  /** The variables that the target refers to. */
  readonly references: readonly string[]
}

/** The user `node` of our image. */
const nodeUser = 1000

/** A job, not a deployment: it comes to an end, and what it says then is to be read. */
export const companionOf = (
  run: ClusterRun,
  { processes, seconds, references }: CompanionOrder,
): readonly Manifest[] => [
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: companionName(run), labels: labelsOf(run, 'companion') },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: labelsOf(run, 'companion') },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          securityContext: asUser(nodeUser),
          containers: [
            {
              name: 'companion',
              image: run.image,
              workingDir: '/tmp',
              args: [
                'load',
                'companion',
                `/etc/assay/${target}`,
                '--listen',
                `0.0.0.0:${companionPort}`,
                '--processes',
                String(processes),
                '--seconds',
                String(seconds),
              ],
              env: [...new Set([companionSecret, ...references])].map(fromSecret),
              ports: [{ name: 'http', containerPort: companionPort }],
              readinessProbe: { httpGet: { path: '/metrics', port: 'http' } },
              resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '2Gi' } },
              securityContext: withoutPrivileges,
              volumeMounts: [
                { name: 'target', mountPath: '/etc/assay', readOnly: true },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'target', configMap: { name: nameOf(run), items: [{ key: target, path: target }] } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: companionName(run), labels: labelsOf(run, 'companion') },
    spec: {
      selector: labelsOf(run, 'companion'),
      ports: [{ name: 'http', port: companionPort, targetPort: 'http' }],
    },
  },
]
