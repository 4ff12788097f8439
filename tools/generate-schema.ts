import { writeFileSync } from 'node:fs'
import { measurementJsonSchemas } from '../harness/load/measurement-schema.ts'
import { reportJsonSchema } from '../harness/reports/report-schema.ts'
import { targetFileJsonSchema } from '../harness/target/schema.ts'

const schemas = {
  'target/target.schema.json': targetFileJsonSchema(),
  'reports/report.schema.json': reportJsonSchema(),
  ...Object.fromEntries(
    Object.entries(measurementJsonSchemas()).map(([name, schema]) => [`load/${name}.schema.json`, schema]),
  ),
}

for (const [path, schema] of Object.entries(schemas)) {
  writeFileSync(new URL(`../harness/${path}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`)
}
