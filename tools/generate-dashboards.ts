import { writeFileSync } from 'node:fs'
import { generatedFiles } from '../dashboards/generated.ts'

for (const [path, text] of generatedFiles()) writeFileSync(new URL(`../dashboards/${path}`, import.meta.url), text)
