import { parseArgs } from 'node:util'
import { setUp } from './parts.ts'

const { values } = parseArgs({
  options: { for: { type: 'string', default: 'test' }, 'dry-run': { type: 'boolean', default: false } },
})
await setUp(values.for === 'start' ? 'start' : 'test', {
  environment: process.env,
  dryRun: values['dry-run'],
  print: (line) => console.log(line),
})
