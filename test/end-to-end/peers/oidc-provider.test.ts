import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { loadOrder, performLoad, shortLoad } from '../../../cli/load-order.ts'
import { invariantUnits } from '../../../cli/invariants.ts'
import { checks } from '../../../conformance/checks.ts'
import type { Unit } from '../../../core/unit.ts'
import { properties } from '../../../fuzz/properties.ts'
import type { Check } from '../../../harness/check.ts'
import type { Property } from '../../../harness/property.ts'
import type { Emit } from '../../../harness/runner/events.ts'
import type { Outcome } from '../../../harness/runner/events.ts'
import { run } from '../../../harness/runner/run.ts'
import { openTarget } from '../../../harness/target/open.ts'
import type { Target } from '../../../harness/target/target.ts'
import type { TargetSettings } from '../../../harness/target/settings.ts'
import { deployment, withOwnPages } from '../../fixtures/oidc-provider-deployment.ts'
import { type PeerVariation, startPeer } from '../../fixtures/oidc-provider-server.ts'
import { readFindings } from './findings-document.ts'

/** What judges the configuration that everything is run against: checks, inputs and load. */
const whole = 'plain'

/** Everything that judges a server by what it says on the wire. */
const unitsFor = (name: string): readonly (Check | Property)[] => (name === whole ? [...checks, ...properties] : checks)
const units: readonly Unit[] = [...unitsFor(whole), ...invariantUnits]

interface Configuration extends PeerVariation {
  /** Registers the clients at the server instead of naming them in the target file. */
  readonly registration?: NonNullable<TargetSettings['registration']>
}

const api = {
  enabled: true,
  defaultResource: () => 'urn:example:api',
  getResourceServerInfo: () => ({
    scope: 'api:read',
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  }),
}

const configurations: Readonly<Record<string, Configuration>> = {
  plain: {},
  dynamic: { registration: {} },
  post: {
    configuration: {
      enableHttpPostMethods: true,
      cookies: { keys: ['a key of the cookies'], long: { sameSite: 'none' } },
    },
  },
  'no-registration': { features: { registration: { enabled: false }, registrationManagement: { enabled: false } } },
  'no-management': { features: { registrationManagement: { enabled: false } } },
  jwt: { features: { resourceIndicators: api } },
  'no-rotation': { configuration: { rotateRefreshToken: false } },
  'no-pkce': { configuration: { pkce: { required: () => false } } },
  deployed: { ...deployment, pages: withOwnPages },
}

const explained = readFindings('oidc-provider')

describe('what is found is what docs/findings/oidc-provider.md explains, and no more', () => {
  test.each(Object.entries(configurations))('%s', async (name, { registration, ...variation }) => {
    await using peer = await startPeer(variation)
    const { clients: _known, ...settings } = peer.settings
    const { target, close } = await openTarget(
      registration === undefined ? peer.settings : { ...settings, registration },
    )
    const outcomes = [...(await run(unitsFor(name), target, { seed: 1, runs: 50 }, () => {}))]
    if (name === whole) outcomes.push(...(await pressed(target)))

    expect(await close()).toEqual([])
    expect(outcomes).toHaveLength(name === whole ? units.length : unitsFor(name).length)
    expect(outcomes.flatMap(notJudged)).toEqual([])
    expect(found(outcomes)).toEqual(
      explained.findings
        .filter(({ seenWith }) => seenWith(name))
        .map(({ requirement, unit }) => `${requirement} by ${unit}`)
        .toSorted(),
    )
    expect(reasons(outcomes)).toEqual(
      explained.reasons
        .filter(({ seenWith }) => seenWith(name))
        .map(({ because }) => because)
        .toSorted(),
    )
  })
})

describe('the document', () => {
  const requirements = new Map(units.flatMap(({ proves }) => proves).map((row) => [row.id, row]))

  test('explains every requirement of its table, with the section that it rests on', () => {
    const ids = [...new Set(explained.findings.map(({ requirement }) => requirement))].toSorted()

    expect([...explained.explanations.keys()].toSorted()).toEqual(ids)
    for (const id of ids) expect(explained.explanations.get(id)).toContain(`§${requirements.get(id)?.section}`)
  })

  test('is about the version that is installed, and these configurations', () => {
    const { version } = createRequire(import.meta.url)('oidc-provider/package.json') as { readonly version: string }

    expect(explained.text).toContain(`oidc-provider ${version}`)
    expect(Object.keys(configurations)).toEqual(expect.arrayContaining([...explained.configurations]))
    for (const name of Object.keys(configurations)) expect(explained.text).toContain(`- \`${name}\`: `)
  })
})

/** What the invariants come to under a short load. */
async function pressed(target: Target): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const emit: Emit = (event) => void (event.type === 'unit-finished' && outcomes.push(event.outcome))
  const io = { out: process.stdout, error: process.stderr, environment: process.env }
  await performLoad(target, loadOrder(shortLoad, {}), { emit, signal: new AbortController().signal, io })
  return outcomes
}

/** Our own faults, and what the harness could not get far enough to judge. */
const notJudged = ({ unit, verdict }: Outcome): readonly string[] => {
  if (verdict.state === 'broken') return [`${unit.id} is broken: ${verdict.error.message}`]
  return verdict.state === 'untestable' ? [`${unit.id} is untestable: ${verdict.because}`] : []
}

const found = (outcomes: readonly Outcome[]): readonly string[] => [
  ...new Set(
    outcomes
      .flatMap(({ verdict }) => (verdict.state === 'fail' ? verdict.findings : []))
      .map(({ requirement, unit }) => `${requirement} by ${unit}`)
      .toSorted(),
  ),
]

const reasons = (outcomes: readonly Outcome[]): readonly string[] => [
  ...new Set(outcomes.flatMap(({ verdict }) => (verdict.state === 'inapplicable' ? [verdict.because] : [])).toSorted()),
]
