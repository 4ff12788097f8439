import { HarnessError } from '../harness/error.ts'
import { companionSecret } from '../harness/load/cluster/manifests.ts'
import { documentMark } from '../harness/load/companion-document.ts'
import { type CompanionService, serveRunners } from '../harness/load/companion-service.ts'
import { isLoopback } from '../harness/target/authorized.ts'
import { readTargetFile } from '../harness/target/load.ts'
import { openTarget, withoutRegistration } from '../harness/target/open.ts'
import { stories } from '../scenarios/stories.ts'
import { command, type Io, type Option, whole, wholeOr } from './command.ts'
import { exitCode } from './exit-codes.ts'

interface Address {
  readonly host: string
  readonly port: number
}

const address = (flags: string, describe: string, initially: string): Option<Address> => ({
  flags,
  describe,
  initially,
  initial: addressIn(initially) ?? { host: '', port: 0 },
  read: (value) => {
    const read = addressIn(value)
    if (read !== undefined) return read
    throw new HarnessError('USAGE', `${flags} is no address and port`, { hint: `write both: ${initially}` })
  },
})

function addressIn(text: string): Address | undefined {
  const [, host = '', port = ''] = /^(?:\[(?=.*\]))?([\w.:-]+?)\]?:(\d{1,5})$/.exec(text) ?? []
  return host !== '' && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined
}

export const loadCompanion = command({
  name: 'companion',
  summary: 'serve runners of k6 that are elsewhere, until all of them have ended',
  description: `It lets them begin together, hears what they see, verifies the tokens that they sample, and signs what k6 cannot. At /metrics it tells Prometheus how it goes. At its end it prints what \`assay load merge\` needs, on one line. Runners find it by ${companionSecret}, which they know from their environment as it does.`,
  argument: { name: 'target', describe: 'the target file', required: true },
  options: {
    listen: address('--listen <address>', 'listen on this address and port', '127.0.0.1:9464'),
    processes: wholeOr('--processes <number>', 'wait for so many runners', { atLeast: 1, atMost: 10_000 }, 1),
    seconds: whole('--seconds <number>', 'end after so many seconds, whoever is missing', {
      atLeast: 1,
      atMost: 1_000_000,
    }),
  },
  examples: [
    {
      command: 'assay load companion target.yaml --listen 0.0.0.0:9464 --processes 3',
      does: 'serves three runners, as the pod of a cluster does',
    },
  ],
  async run({ argument: file = '', options: { listen, processes, seconds }, io }) {
    const secret = secretIn(io)
    const { settings, warnings } = await readTargetFile(file, io.environment)
    for (const warning of warnings) io.error.write(`warning: ${warning}\n`)
    const { target } = await openTarget(withoutRegistration(settings))
    const service = await orExplain(
      listen,
      async () => await serveRunners(target, { stories, processes, secret, ...listen }),
    )
    greet(io, listen.host, new URL(service.url).port, processes)
    const hasEnded = await endOf(service, seconds)
    io.out.write(`${documentMark}${JSON.stringify(await service.document())}\n`)
    await service.close()
    return hasEnded ? exitCode.nothingFound : exitCode.couldNotJudge
  },
})

/** What cannot be guessed, and can stand in a URL. */
function secretIn({ environment }: Pick<Io, 'environment'>): string {
  const secret = environment[companionSecret] ?? ''
  if (/^[\w.~-]{16,}$/.test(secret)) return secret
  throw new HarnessError(
    secret === '' ? 'SECRET_MISSING' : 'USAGE',
    secret === ''
      ? `${companionSecret} is not set or empty`
      : `${companionSecret} has less than 16 characters, or others than letters, digits and ._~-`,
    { hint: 'export one that nobody can guess: `openssl rand -hex 18` makes it' },
  )
}

function greet({ error }: Io, host: string, port: string, processes: number) {
  error.write(`waiting for ${processes === 1 ? 'a runner' : `${processes} runners`} on ${host}:${port}\n`)
  if (!isLoopback(host)) error.write(`it is not on loopback: tokens come to port ${port} in the clear\n`)
}

async function orExplain(listen: Address, start: () => Promise<CompanionService>): Promise<CompanionService> {
  try {
    return await start()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (!/^E[A-Z]+$/.test(code)) throw cause
    throw new HarnessError('USAGE', `it cannot listen on ${listen.host}:${listen.port} (${code})`, {
      hint: 'name another address with --listen',
      cause,
    })
  }
}

/** Waits until all runners have ended, which is told, or somebody or the time ends it. */
async function endOf({ ended }: CompanionService, seconds: number | undefined): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const otherwise = new Promise<boolean>((resolve) => {
    const stop = () => resolve(false)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
    if (seconds !== undefined) timer = setTimeout(stop, seconds * 1000)
  })
  try {
    return await Promise.race([ended.then(() => true), otherwise])
  } finally {
    clearTimeout(timer)
  }
}
