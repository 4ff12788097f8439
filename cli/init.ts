import { writeFile } from 'node:fs/promises'
import { Redactor } from '../core/redact.ts'
import { HttpClient } from '../harness/client/http.ts'
import { HarnessError } from '../harness/error.ts'
import { draftFor, environmentNeeded, schemaReference } from '../harness/target/init.ts'
import { command, flag, text, textOr } from './command.ts'
import { exitCode } from './exit-codes.ts'

/** Discovery takes a few requests; none of them should take longer. */
const timeoutMs = 10_000

export const init = command({
  name: 'init',
  summary: 'write the target file of a server from what it publishes',
  description:
    'Clients are registered for each run where the server allows it; it is asked by registering one and removing it again. Secrets are never written: the file refers to environment variables.',
  argument: { name: 'issuer', describe: 'the issuer identifier, as the server publishes it', required: true },
  options: {
    file: textOr('--file <path>', 'write this file', 'target.yaml'),
    metadataUrl: text('--metadata-url <url>', 'fetch the metadata from here, not from its well-known places'),
    force: flag('--force', 'replace the file if it is there'),
    json: flag('--json', 'print what was written as JSON'),
  },
  examples: [{ command: 'assay init https://issuer.example', does: 'writes target.yaml' }],
  async run({ argument: issuer = '', options: { file, metadataUrl, force, json }, io }) {
    const draft = await draftFor(issuer, new HttpClient({ timeoutMs, redactor: new Redactor() }), {
      schema: schemaReference(file),
      ...(metadataUrl !== undefined && { metadataUrl }),
    })
    await write(file, draft, force)
    const environment = environmentNeeded(draft).filter((name) => (io.environment[name] ?? '') === '')
    if (json) io.out.write(`${JSON.stringify({ file, environment }, null, 2)}\n`)
    else {
      io.out.write(`${file} is written.\n`)
      if (environment.length > 0) io.out.write(`Set what it refers to: ${environment.join(', ')}\n`)
      io.out.write(`Then run: assay run ${file}\n`)
    }
    return exitCode.nothingFound
  },
})

async function write(file: string, content: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, content, { flag: force ? 'w' : 'wx' })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    const taken = code === 'EEXIST'
    throw new HarnessError(
      'USAGE',
      taken ? `${file} is there already` : `${file} cannot be written (${String(code)})`,
      {
        hint: taken
          ? 'name another file with --file, or replace it with --force'
          : 'name a file that you may write with --file',
        cause,
      },
    )
  }
}
