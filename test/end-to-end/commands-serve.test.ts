import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, normalised, reportIn, startAssay } from './assay.ts'

const environment = { ALICE_PASSWORD: 'correct horse of alice', BOB_PASSWORD: 'battery staple of bob' }

test('a server is served, described, tested with everything, and ends where it is told to', async () => {
  const folder = temporaryFolder()
  const serving = startAssay(['serve', '--port', '0', '--json'], { folder, environment })
  const { issuer } = JSON.parse(await serving.firstLine) as { readonly issuer: string }

  const described = await assay(['init', issuer], { folder })
  expect(normalised(described.stdout, folder)).toBe(
    'target.yaml is written.\nSet what it refers to: ALICE_PASSWORD, BOB_PASSWORD\nThen run: assay run target.yaml\n',
  )
  await expect(normalised(targetIn(folder), folder)).toMatchFileSnapshot('golden/target.yaml')
  const again = await assay(['init', issuer], { folder })
  expect(again.stderr).toBe(
    'error: target.yaml is there already\n  name another file with --file, or replace it with --force\n',
  )

  const tested = await assay(['run', 'target.yaml', '--runs', '5'], { folder, environment })
  expect(tested.stderr).toBe('')
  expect(tested.exit).toBe(0)
  const { outcomes, load } = reportIn(folder)
  expect([...new Set(outcomes.map(({ unit }) => unit.kind))].toSorted()).toEqual(['check', 'invariant', 'property'])
  expect(load?.state).toBe('measured')

  serving.interrupt('SIGTERM')
  const { exit, stderr } = await serving.ended
  expect([exit, stderr, again.exit]).toEqual([0, '', 3])
})

/** The address of the schema lies beside the code. */
const targetIn = (folder: string) =>
  readFileSync(join(folder, 'target.yaml'), 'utf8').replace(/(\$schema=)\S+/, '$1SCHEMA')

test('a server says where it listens, whom it knows and what is wrong with it', async () => {
  const folder = temporaryFolder()
  const args = ['serve', '--port', '0', '--mutant', 'code-is-single-use/accepts-any-replay']
  const serving = startAssay(args, { folder })
  await serving.firstLine
  serving.interrupt()
  const { exit, stdout } = await serving.ended

  expect(exit).toBe(0)
  await expect(normalised(stdout, folder)).toMatchFileSnapshot('golden/serve.txt')
})

test('a port that is taken is named', async () => {
  const folder = temporaryFolder()
  const serving = startAssay(['serve', '--port', '0', '--json'], { folder })
  const { port } = JSON.parse(await serving.firstLine) as { readonly port: number }
  const { exit, stderr } = await assay(['serve', '--port', String(port)], { folder })

  expect(stderr).toBe(`error: port ${port} is taken\n  name another with --port, or 0 for a free one\n`)
  expect(exit).toBe(3)
})
