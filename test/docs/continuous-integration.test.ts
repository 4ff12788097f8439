import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const textOf = (file: string) => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8')

interface Job {
  readonly strategy: { readonly matrix: { readonly node: readonly string[] } }
  readonly steps: readonly { readonly run?: string }[]
}

const { jobs } = parse(textOf('.github/workflows/ci.yml')) as { readonly jobs: Readonly<Record<string, Job>> }

test('the workflow does what .ci/run does, by running it', () => {
  expect(Object.values(jobs).map(({ steps }) => steps.at(-1)?.run)).toEqual(['.ci/run'])
})

test('.ci/run does what README.md says, and checks what a contributor is asked to', () => {
  const commands = textOf('.ci/run').match(/^npm [a-z ]+/gm)
  expect(commands?.map((command) => command.trim())).toEqual(['npm ci', 'npm run check', 'npm test'])
  expect(textOf('README.md')).toContain('npm ci && npm test')
})

test('the oldest Node that package.json allows is among those that are tried', () => {
  const { engines } = JSON.parse(textOf('package.json')) as { readonly engines: { readonly node: string } }
  const oldest = engines.node.replace('>=', '')
  expect(jobs['run']?.strategy.matrix.node).toContain(`${oldest}.0`)
  expect(textOf('README.md')).toContain(`Node ${oldest} or later`)
})
