import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buildKubectlValidate } from './kubectl-validate.ts'

/**
 * Holds the files for a cluster to what Kubernetes knows of its own objects. Its validator takes minutes to build, so it
 * has a script of its own; where it was built once, `npm test` uses it too.
 */
buildKubectlValidate()
const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', 'tools/test.ts', '--project', 'end-to-end', 'test/end-to-end/kubernetes.test.ts'],
  { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'inherit' },
)
process.exitCode = status ?? 1
