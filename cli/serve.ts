import { HarnessError } from '../harness/error.ts'
import { isLoopback } from '../harness/target/authorized.ts'
import { listen, type Listening } from '../reference-server/listen.ts'
import { type Accounts, servedAccounts } from './accounts.ts'
import { command, flag, type Io, text, textOr, wholeOr } from './command.ts'
import { variationOf } from './embedded.ts'
import { exitCode } from './exit-codes.ts'
import { pageFor } from './page.ts'
import { variationOptions } from './subject.ts'
import { version } from './version.ts'

export const serve = command({
  name: 'serve',
  summary: 'run the reference server, right or wrong, until it is interrupted',
  description:
    'It is a server for tests: it keeps everything in memory. On loopback its clock can be moved, its keys can be rotated and its people have known passwords; elsewhere nothing of that, and no mutant is served there.',
  options: {
    host: textOr('--host <address>', 'listen on this address', '127.0.0.1'),
    port: wholeOr('--port <number>', 'listen on this port; 0 takes a free one', { atLeast: 0, atMost: 65_535 }, 9000),
    issuer: text('--issuer <url>', 'be reached under this URL, without a path'),
    mutant: { ...variationOptions.mutant, describe: 'serve this fault; `assay mutants --list` names them' },
    dialect: {
      ...variationOptions.dialect,
      describe: 'serve this lawful deviation; `assay mutants --dialects` names them',
    },
    json: flag('--json', 'print where it listens as one line of JSON'),
  },
  examples: [
    { command: 'assay serve', does: 'serves a right server on http://127.0.0.1:9000' },
    {
      command: 'assay serve --port 0 --mutant redirect-uri-matches/compares-a-prefix',
      does: 'serves one that is wrong in one way, on a free port',
    },
  ],
  async run({ options, io }) {
    const { host, issuer, mutant, dialect, json } = options
    const local = isLoopback(host)
    if (!local && mutant !== undefined) {
      throw new HarnessError('USAGE', `a mutant is not served on ${host}`, {
        hint: 'a server that is wrong on purpose listens on loopback only: leave --host out',
      })
    }
    const variation = variationOf({ mutant, dialect })
    const accounts = servedAccounts(io.environment, local, variation.config)
    const listening = await orExplain(
      options.port,
      async () =>
        await listen({
          host,
          port: options.port,
          config: { ...variation.config, ...accounts.config },
          isControllable: local,
          metrics: true,
          ...(variation.swap !== undefined && { swap: variation.swap }),
          ...(variation.transport !== undefined && { transport: variation.transport }),
          ...(variation.store !== undefined && { store: variation.store }),
          ...(issuer !== undefined && { origin: originOf(issuer) }),
        }),
    )
    // Whoever reads that it listens may end it at once.
    const interrupted = untilInterrupted()
    const named = { ...(mutant !== undefined && { mutant }), ...(dialect !== undefined && { dialect }) }
    if (json) io.out.write(`${JSON.stringify({ issuer: listening.issuer, port: listening.port, ...named })}\n`)
    else greet(io, listening, accounts.told, named, local)
    await interrupted
    await listening.close()
    return exitCode.nothingFound
  },
})

function greet(
  io: Io,
  { issuer, port }: Listening,
  told: Accounts['told'],
  named: Readonly<Record<string, string>>,
  local: boolean,
) {
  const page = pageFor(io)
  page.text(`Assay ${version}: the reference server, for tests only`)
  for (const [what, said] of [['issuer', issuer], ...Object.entries(named), ...told] as const)
    page.field(what, said, { indent: 0, gutter: 9 })
  if (!local) page.text(`It is not on loopback: whoever reaches port ${port} can use it.`, 0, 'yellow')
  page.text('Ctrl-C stops it.')
  io.out.write(page.toString())
}

/** The origin that the server is reached under. Throws where the text is more or less than one. */
function originOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol) && `${parsed.origin}/` === parsed.href)
    return parsed.origin
  throw new HarnessError('USAGE', '--issuer is no http or https URL without a path', {
    hint: 'write scheme, host and port: http://127.0.0.1:9000',
  })
}

async function orExplain(port: number, start: () => Promise<Listening>): Promise<Listening> {
  try {
    return await start()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EADDRINUSE')
      throw new HarnessError('USAGE', `port ${port} is taken`, {
        hint: 'name another with --port, or 0 for a free one',
        cause,
      })
    if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND')
      throw new HarnessError('USAGE', `it cannot listen there (${code})`, {
        hint: 'name another --host or --port',
        cause,
      })
    throw cause
  }
}

const untilInterrupted = async () =>
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
