import { optionsOf } from './options.ts'
import { setUp } from './parts.ts'

const values = optionsOf({
  for: { type: 'string', default: 'test' },
  'dry-run': { type: 'boolean', default: false },
})
await setUp(values.for === 'start' ? 'start' : 'test', {
  environment: process.env,
  dryRun: values['dry-run'],
  print: (line) => console.log(line),
})
