import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { catalogue } from '../../reference-server/mutants/catalogue.ts'
import { block } from './markdown.ts'

const program = fileURLToPath(new URL('../../cli/assay.js', import.meta.url))

const mutant = 'code-is-single-use/accepts-any-replay'

/** The unit of which the excerpt shows what it noticed. */
const witness = 'oauth2/authorization-code/replayed-code-is-denied'

/** Tests a faulty server by the command itself, and shows what it prints: what is cut is marked, port and time are left out. */
export async function caughtFault(): Promise<string> {
  const printed = await outputOf(['check', '--mutant', mutant])
  return [
    block('text', shortened(printed)),
    '',
    `The server under test is Assay's own, made wrong on purpose: *${catalogue.get(mutant)?.fault}*. \`…\` stands for what is`,
    'cut, and for the port and the time, which are new with every run.',
  ].join('\n')
}

async function outputOf(args: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-docs-'))
  try {
    return await new Promise((resolve, reject) => {
      execFile(process.execPath, [program, ...args], { cwd: folder }, (error, stdout, stderr) => {
        // Findings are what is wanted.
        if (error?.code === 1) resolve(stdout)
        else reject(new Error(`assay ${args.join(' ')} was to find something: ${stderr}`, { cause: error }))
      })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function shortened(printed: string): string {
  const paragraphs = printed
    .replaceAll(/^\d+ of \d+ units.*\n/gm, '')
    .replace(/(http:\/\/127\.0\.0\.1:)\d+/, '$1…')
    .replace(/ in [\d.]+ (?:s|min)\b.*$/m, ' in … s')
    .trim()
    .split(/\n{2,}/)
  const one = (what: RegExp) => {
    const found = paragraphs.find((paragraph) => what.test(paragraph))
    if (found === undefined) throw new Error(`the output has no paragraph with ${what.source}`)
    return found
  }
  return [
    one(/^Assay /),
    one(/^Findings/),
    one(/^1\. /),
    one(new RegExp(witness)),
    '   …',
    one(/^\d+ findings? against/),
  ].join('\n\n')
}
