import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cacheFolder } from '../harness/load/engine.ts'

const version = 'v0.0.4'

const folder = resolve(cacheFolder(), '..', '..', `kubectl-validate-${version}`)

/** The validator of the Kubernetes project, which brings along what an API server knows of its own objects. */
export const kubectlValidate = join(folder, 'kubectl-validate')

/** It takes some minutes. */
const buildMs = 20 * 60_000

/** Has Go build it into the user's cache where it is not there. Throws where that cannot be. */
export function buildKubectlValidate(): void {
  if (existsSync(kubectlValidate)) return
  const { error, status, stderr } = spawnSync('go', ['install', `sigs.k8s.io/kubectl-validate@${version}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=mod' },
    encoding: 'utf8',
    timeout: buildMs,
  })
  if (status !== 0)
    throw new Error(`go cannot build kubectl-validate: ${(error?.message ?? stderr.trim()).slice(-300)}`)
}
