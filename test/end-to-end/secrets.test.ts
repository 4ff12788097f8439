import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { servedAccounts } from '../../cli/accounts.ts'
import { variationOf } from '../../cli/embedded.ts'
import { basicCredentials } from '../../core/wire/basic.ts'
import { base64 } from '../../harness/client/protocol-client.ts'
import { findingsOf } from '../../harness/reports/standing.ts'
import { listen } from '../../reference-server/listen.ts'
import type { Swap } from '../../reference-server/rulebook.ts'
import { startListeningProxy } from '../fixtures/listening-proxy.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assay, reportIn, startAssay } from './assay.ts'
import { issuedIn, leaksIn, suspectsIn } from './wire-secrets.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'of-this-test', alg: 'ES256' }

/** Full of characters that forms, headers, JSON and HTML write in other ways. */
const environment = {
  ALICE_PASSWORD: 'correct "horse" & <battery> 100%/staple+of alice',
  BOB_PASSWORD: 'geheim-für-böb-und-niemand=sonst',
  ASSAY_BASIC_SECRET: 'basic secret: +%&=äöü "quoted" \\',
  ASSAY_POST_SECRET: "post's secret; <with> everything & more",
  ASSAY_MAC_SECRET: 'a secret for MACs, <of> more than 32 "öctets" & signs',
  ASSAY_JWT_KEY: JSON.stringify(jwk),
}

test('no secret of a run reaches its reports, its output or a command line', async () => {
  await using proxy = await startListeningProxy()
  const folder = temporaryFolder()
  const serve = ['serve', '--port', '0', '--issuer', proxy.origin, '--json']
  const portOf = async (serving: ReturnType<typeof startAssay>) =>
    (JSON.parse(await serving.firstLine) as { readonly port: number }).port

  // Registration is off, so that the target file names clients whose secrets are in the environment.
  const plain = startAssay([...serve, '--dialect', 'no-registration'], { folder, environment })
  proxy.leadTo(await portOf(plain))
  const described = await assay(['init', proxy.origin], { folder, environment })
  expect(described.exit).toBe(0)
  plain.interrupt()
  const wrong = await startWrong(proxy.origin)
  proxy.leadTo(wrong.port)

  const running = startAssay(['run', 'target.yaml', '--runs', '10'], { folder, environment })
  const commandLine = await engineCommandLine(running.pid)
  const { exit, stdout, stderr } = await running.ended

  expect(exit).toBe(1)
  const { outcomes, load } = reportIn(folder)
  expect(outcomes.flatMap(findingsOf).flatMap(({ evidence }) => evidence).length).toBeGreaterThan(100)
  expect(load?.state).toBe('measured')
  const issued = issuedIn(proxy.overheard)
  expect(issued.size).toBeGreaterThan(200)
  const reports = readdirSync(join(folder, '.assay')).toSorted()
  expect(reports).toEqual(['junit.xml', 'report.html', 'report.json', 'report.sarif'])
  const texts = Object.fromEntries(reports.map((name) => [name, readFileSync(join(folder, '.assay', name), 'utf8')]))
  const configured = [
    ...Object.values(environment),
    String(jwk.d),
    basicCredentials('assay-basic', environment.ASSAY_BASIC_SECRET, base64).replace('Basic ', ''),
  ]
  for (const [name, text] of Object.entries({ ...texts, stdout, stderr, commandLine, ...targetIn(folder) })) {
    expect(leaksIn(text, [...configured, ...issued]).map((leak) => `${name}: ${leak}`)).toEqual([])
    expect(suspectsIn(text).map((suspect) => `${name}: ${suspect}`)).toEqual([])
  }
})

/** Wrong in ways that leave every kind of message behind for evidence. */
const faults = [
  'assertion-is-signed/does-not-look-at-the-signature',
  'bearer-denial/sends-no-challenge',
  'code-belongs-to-client/redeems-for-anyone',
  'code-is-single-use/accepts-any-replay',
  'introspection-caller/asks-nobody-who-they-are',
  'page-headers/lets-anybody-frame-it',
  'redirect-uri-matches/takes-any-redirect-uri',
  'refresh-token-belongs-to-client/refreshes-for-anyone',
  'refresh-token-is-single-use/takes-a-token-again-and-again',
  'revocation-ends-grant/leaves-refresh-tokens-alone',
  'secret-matches/takes-any-secret',
  'token-response-headers/says-nothing-of-caches',
  'userinfo-claims/tells-everything',
  'verifier-matches-challenge/takes-any-verifier',
]

/** A server that knows the same people and clients, reached by another address. */
async function startWrong(origin: string) {
  const swap = Object.assign({}, ...faults.map((mutant) => variationOf({ mutant }).swap)) as Swap
  const listening = await listen({ origin, swap, config: servedAccounts(environment, true).config })
  onTestFinished(listening.close)
  return listening
}

const targetIn = (folder: string) => ({ 'target.yaml': readFileSync(join(folder, 'target.yaml'), 'utf8') })

/** The command line of k6, which anybody on a machine may read, where the system shows it. */
async function engineCommandLine(parent: number): Promise<string> {
  if (process.platform !== 'linux') return ''
  return await vi.waitFor(() => engineOf(parent), { timeout: 120_000, interval: 50 })
}

function engineOf(parent: number): string {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [status, line] = ['status', 'cmdline'].map((file) => contentOf(join('/proc', pid, file)))
    // Until it has become k6, a child has the command line of its parent.
    const isEngine = line?.includes('\0run\0--quiet\0') === true
    if (isEngine && new RegExp(`^PPid:\t${parent}$`, 'm').test(status ?? '')) return line
  }
  throw new Error('k6 does not run yet')
}

/** What a process says of itself; nothing where it has ended. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
