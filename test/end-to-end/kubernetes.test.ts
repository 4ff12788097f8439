import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { findEngine } from '../../harness/load/engine.ts'
import { commandPath } from '../../harness/programs.ts'
import { type Cluster, environmentOf, readCluster, runnerJob } from '../fixtures/kubernetes/operator.ts'
import { closedSchema, testRunSchema } from '../fixtures/kubernetes/test-run-schema.ts'
import { kubectlValidate } from '../../tools/kubectl-validate.ts'
import { operatorSchema } from '../fixtures/kubernetes/validators.ts'
import { targetByReference } from '../fixtures/kubernetes/target-file.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay } from './assay.ts'
import { type RightServer, startRight } from './right-server.ts'

const secrets = {
  ALICE_PASSWORD: 'correct-horse',
  APP_SECRET: 'the secret of the app',
  K6_PROMETHEUS_RW_SERVER_URL: 'http://somebody:with-a-password@prometheus:9090/api/v1/write',
}

let server: RightServer

beforeAll(async () => {
  server = await startRight()
})

afterAll(async () => await server.close())

const target = (...more: readonly string[]) =>
  targetByReference(
    server.issuer,
    'load:',
    '  regions: [{ name: Europe, share: 2 }, { name: Südamerika, share: 1 }, { name: südamerika, share: 1 }]',
    ...more,
  )

const emit = [
  'load',
  'target.yaml',
  '--emit',
  'kubernetes',
  '--out',
  'cluster',
  '--workload',
  'global',
  '--processes',
  '2',
]

async function emitted(...args: readonly string[]): Promise<{ readonly folder: string; readonly cluster: Cluster }> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'target.yaml'), target())
  const { exit, stderr } = await assay([...emit, ...args], { folder, environment: secrets })
  expect(stderr).toBe('warning: the issuer is on loopback, where a pod finds itself\n')
  expect(exit).toBe(0)
  return { folder: join(folder, 'cluster'), cluster: readCluster(join(folder, 'cluster')) }
}

/** What is wrong with each TestRun, by a schema; and with the same TestRun, misspelt. */
function judgedBy(schema: object, { testRuns }: Cluster) {
  const isValid = new Ajv({ strict: false, allErrors: true }).compile(schema)
  const mistakesIn = (value: unknown) => (isValid(value) ? [] : (isValid.errors ?? []).map(({ message }) => message))
  const [run] = testRuns
  if (run === undefined) throw new Error('there is no TestRun')
  const { parallelism, ...rest } = run.spec
  return {
    right: testRuns.flatMap(mistakesIn),
    misspelt: [
      { ...run, spec: { ...rest, paralelism: parallelism } },
      { ...run, spec: { ...run.spec, parallelism: String(parallelism) } },
      { ...run, spec: { ...run.spec, runner: { ...run.spec.runner, resourcess: {} } } },
      { ...run, spec: { ...run.spec, script: { configMap: { nam: 'x' } } } },
    ].map((one) => mistakesIn(one).length > 0),
  }
}

const allCaught = { right: [], misspelt: [true, true, true, true] }

describe('what a cluster is given', () => {
  test('are TestRuns as k6-operator describes them', async () => {
    expect(judgedBy(testRunSchema, (await emitted()).cluster)).toEqual(allCaught)
  })

  test('are TestRuns by the definition that k6-operator publishes', async ({ skip }) => {
    const schema = operatorSchema()
    if ('because' in schema) return skip(schema.because)
    expect(judgedBy(schema.had, (await emitted()).cluster)).toEqual(allCaught)
  })

  test(
    'are objects that Kubernetes knows, the pods of runners included',
    { timeout: 25 * 60_000 },
    async ({ skip }) => {
      if (!existsSync(kubectlValidate)) return skip('`npm run test:manifests` builds what it takes, and runs it')
      const { folder, cluster } = await emitted()
      const valid = (file: string) => spawnSync(kubectlValidate, [join(folder, file)], { encoding: 'utf8' })
      const jobs = cluster.testRuns.map((run) => stringify(runnerJob(run))).join('---\n')
      writeFileSync(join(folder, 'jobs.yaml'), jobs)
      for (const file of ['files.yaml', 'companion.yaml', 'jobs.yaml']) {
        const { status, stdout, stderr } = valid(file)
        expect({ file, status, said: status === 0 ? '' : stdout + stderr }).toEqual({ file, status: 0, said: '' })
      }
      const companion = readFileSync(join(folder, 'companion.yaml'), 'utf8')
      for (const [file, right, wrong] of [
        [companion, 'runAsNonRoot', 'runAsNonRooot'],
        [companion, 'secretKeyRef', 'secretKeyReff'],
        [companion, 'containerPort: 9464', 'containerPort: "9464"'],
        [companion, 'targetPort', 'targetport'],
        [jobs, 'configMapKeyRef', 'configMapRef'],
        [jobs, 'allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: "no"'],
      ] as const) {
        writeFileSync(join(folder, 'misspelt.yaml'), file.replaceAll(right, wrong))
        expect({ wrong, status: valid('misspelt.yaml').status }).toEqual({ wrong, status: 1 })
      }
    },
  )

  test('is one folder for kubectl, and its secret is made of names only', async ({ skip }) => {
    if (commandPath('kubectl', process.env) === undefined) return skip('there is no kubectl on PATH')
    const { folder, cluster } = await emitted()
    const kubectl = (...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync('kubectl', args, {
        encoding: 'utf8',
        env: { ...process.env, ...secrets, ASSAY_COMPANION_SECRET: 'nobody-guesses-this-one' },
      })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      return stdout
    }
    const built = kubectl('kustomize', folder)
    for (const { kind, metadata } of [cluster.files, cluster.companion, ...cluster.testRuns])
      expect(built).toMatch(new RegExp(`kind: ${kind}\\n(?:.*\\n)*?  name: ${metadata.name}\\n`))
    const environment = join(folder, 'secrets.env')
    expect(readFileSync(environment, 'utf8').split('\n').filter(Boolean).toSorted()).toEqual([
      'ALICE_PASSWORD',
      'APP_SECRET',
      'ASSAY_COMPANION_SECRET',
      'K6_PROMETHEUS_RW_SERVER_URL',
    ])
    const made = kubectl(
      'create',
      'secret',
      'generic',
      'assay',
      `--from-env-file=${environment}`,
      '--dry-run=client',
      '-o',
      'yaml',
    )
    const { data } = parse(made) as { readonly data: Readonly<Record<string, string>> }
    const held = Object.fromEntries(
      Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]),
    )
    expect(held).toEqual({ ...secrets, ASSAY_COMPANION_SECRET: 'nobody-guesses-this-one' })
  })

  test('has a region each its runners, by names that can stand in a cluster, and no secret anywhere', async () => {
    const { folder, cluster } = await emitted('--seconds', '30')
    const [container] = cluster.companion.spec.template.spec.containers
    const id = cluster.files.metadata.labels['assay-run'] ?? ''
    expect(cluster.testRuns.map(({ metadata }) => metadata.name)).toEqual([
      `assay-${id}-europe`,
      `assay-${id}-s-damerika`,
      `assay-${id}-part-3`,
    ])
    expect(cluster.testRuns.map(({ spec }) => spec.args)).toEqual(
      ['Europe', 'Südamerika', 'südamerika'].map((region) => [
        '--tag',
        `testid=${id}`,
        '--tag',
        `region=${region}`,
        '--out',
        'experimental-prometheus-rw',
      ]),
    )
    expect(container.args.slice(-4)).toEqual(['--processes', '6', '--seconds', '930'])
    for (const file of ['files.yaml', 'companion.yaml', 'europe.yaml', 'kustomization.yaml', 'secrets.env'])
      expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(
        /correct-horse|the secret of the app|with-a-password/,
      )
  })

  test('is taken by the initializer of the operator too, should somebody turn it on', async () => {
    const engine = await findEngine()
    if (engine.state === 'missing') throw new Error(engine.because)
    const { folder, cluster } = await emitted()
    const [run] = cluster.testRuns
    if (run === undefined) throw new Error('there is no TestRun')
    writeFileSync(join(folder, 'main.js'), cluster.files.data['main.js'] ?? '')
    const environment = environmentOf(run.spec.runner.env, cluster, {
      ...secrets,
      ASSAY_COMPANION_SECRET: 'nobody-guesses-this-one',
    })
    // It leaves out what becomes of the figures.
    const args = run.spec.args.filter((word) => word !== '--out' && word !== 'experimental-prometheus-rw')
    const given = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    const archive = ['archive', join(folder, 'main.js'), ...given, '-O', join(folder, 'x.tar'), ...args]
    const { status, stderr } = spawnSync(engine.path, archive, { encoding: 'utf8', env: {} })
    expect(stderr).not.toMatch(/level=(?:error|warning)/)
    expect(status).toBe(0)
  })
})

describe('what cannot be given to a cluster is told', () => {
  test.each<[string, string, string]>([
    [
      'a secret that stands in the file',
      '    client_secret: the secret of the app',
      'error: the client_secret of app itself stands in the target file, and a cluster would show it\n  write a reference in its place, ${NAME}, and export that variable\n',
    ],
    [
      'a server whose clients are registered for each run',
      'registration: dynamic',
      'error: the target file names no clients\n  put clients into the target file: what is registered for one run is unknown to the runners of a cluster\n',
    ],
  ])('%s', async (_, line, message) => {
    const folder = temporaryFolder()
    const text = line.startsWith('registration')
      ? [`issuer: ${server.issuer}`, line, ''].join('\n')
      : target().replace('    client_secret: ${APP_SECRET}', line)
    writeFileSync(join(folder, 'target.yaml'), text)
    const { exit, stderr } = await assay(emit, { folder, environment: secrets })
    expect(stderr).toBe(`warning: the issuer is on loopback, where a pod finds itself\n${message}`)
    expect(exit).toBe(3)
  })

  test.each([
    [
      ['--scenario', 'client-credentials'],
      'client-credentials cannot be told: it needs a client with a secret for client_credentials; add one under clients',
    ],
    [['--scenario', 'mix'], 'the target file has too little for any of the scenarios'],
  ])('scenarios that nobody can tell: %s', async (args, message) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'target.yaml'), [`issuer: ${server.issuer}`, 'registration: dynamic', ''].join('\n'))
    const { exit, stderr } = await assay([...emit, ...args], { folder, environment: secrets })
    expect(stderr).toContain(`error: ${message}\n  put clients into the target file`)
    expect(exit).toBe(3)
  })

  test('the embedded server', async () => {
    const { exit, stderr } = await assay(['load', '--emit', 'kubernetes'], { folder: temporaryFolder() })
    expect(stderr).toBe('error: a cluster cannot reach the embedded server\n  name a target file\n')
    expect(exit).toBe(3)
  })
})

test('a definition of a custom resource takes no member that it does not name', () => {
  const schema = closedSchema({
    type: 'object',
    properties: {
      port: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      anything: { type: 'object', properties: {}, 'x-kubernetes-preserve-unknown-fields': true },
      list: { type: 'array', items: { type: 'object', properties: { own: { type: 'string', format: 'uuid' } } } },
    },
  })
  const isValid = new Ajv().compile(schema)
  expect(isValid({ port: 'http', labels: { any: 'thing' }, anything: { goes: 1 }, list: [{ own: 'x' }] })).toBe(true)
  expect(
    [{ prt: 1 }, { port: true }, { labels: { any: 1 } }, { list: [{ other: 'x' }] }].map((one) => isValid(one)),
  ).toEqual([false, false, false, false])
})
