import { main } from '../cli/main.ts'
import { setUp } from './parts.ts'

await setUp('start', { environment: process.env, dryRun: false, print: (line) => console.log(line) })
process.exitCode = await main(['start', ...process.argv.slice(2)])
