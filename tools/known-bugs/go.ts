import { join } from 'node:path'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { buildServer, type GoProgram } from './go-build.ts'
import { startDex, startFosite, startHydra } from './go-servers.ts'
import type { Deployment, KnownBug } from './known-bug.ts'

const fosite = deployment(startFosite, (version) => ({ module: 'github.com/ory/fosite', version, fixture: 'fosite' }))

const hydra = deployment(startHydra, (version) => ({
  module: 'github.com/ory/hydra',
  version,
  main: 'github.com/ory/hydra',
  ...hydraBuilds.get(version),
}))

const dex = deployment(startDex, (version) => ({
  module: 'github.com/dexidp/dex',
  version,
  fixture: 'dex',
  ...dexBuilds.get(version),
}))

/** How each of its versions has to be built: its API is a module of its own, which it takes from the folder beside it. */
const dexBuilds: ReadonlyMap<string, Partial<GoProgram>> = new Map([
  ['v0.0.0-20220607113954-3836196af2e7', { tags: ['logrus'] }],
  ['v0.0.0-20240807174518-43956db7fd75', { further: ['require github.com/dexidp/dex/api/v2 v2.2.0'] }],
])

/** How each of its versions has to be built. */
const hydraBuilds: ReadonlyMap<string, Partial<GoProgram>> = new Map([
  [
    'v1.3.2',
    {
      further: [
        'replace git.apache.org/thrift.git => github.com/apache/thrift v0.0.0-20180902110319-2566ecd5d999',
        'replace github.com/golang/lint => github.com/golang/lint v0.0.0-20190227174305-8f45f776aaf1',
      ],
    },
  ],
  [
    'v1.11.10',
    {
      // Its store in memory is one of SQLite's.
      tags: ['sqlite'],
      inC: true,
      further: [
        'replace github.com/bradleyjkemp/cupaloy/v2 => github.com/aeneasr/cupaloy/v2 v2.6.1-0.20210924214125-3dfdd01210a3',
        'replace github.com/dgrijalva/jwt-go => github.com/golang-jwt/jwt/v4 v4.0.0',
        'replace github.com/gobuffalo/packr => github.com/gobuffalo/packr v1.30.1',
        'replace github.com/gogo/protobuf => github.com/gogo/protobuf v1.3.2',
        'replace github.com/luna-duclos/instrumentedsql => github.com/ory/instrumentedsql v1.2.0',
        'replace github.com/luna-duclos/instrumentedsql/opentracing => github.com/ory/instrumentedsql/opentracing v0.0.0-20210903114257-c8963b546c5c',
        'replace github.com/mattn/go-sqlite3 => github.com/mattn/go-sqlite3 v1.14.9',
        'replace github.com/oleiade/reflections => github.com/oleiade/reflections v1.0.1',
      ],
    },
  ],
])

/** Go modules. */
export const goBugs: readonly KnownBug[] = [
  fosite({
    id: 'CVE-2020-15222',
    package: 'github.com/ory/fosite',
    wrong: 'v0.30.6',
    right: 'v0.31.0',
    bug: 'takes the jti of a client assertion again and again',
    shows: [oidcCore.assertionSingleUse],
    only: ['oauth2/client-assertion', 'fuzz/client-assertion'],
  }),
  fosite({
    id: 'CVE-2020-15234',
    package: 'github.com/ory/fosite',
    wrong: 'v0.34.0',
    right: 'v0.34.1',
    bug: 'compares redirection URIs without regard to case',
    shows: [rfc9700.exactRedirectUri, rfc6749.redirectUriCompared],
    // Other differences between two URIs are the business of other units.
    only: ['oauth2/redirect-uri'],
  }),
  hydra({
    id: 'CVE-2020-5300',
    package: 'github.com/ory/hydra',
    wrong: 'v1.3.2',
    // The first right one, v1.4.0, is no longer to be had everywhere.
    right: 'v1.11.10',
    bug: 'takes the jti of a client assertion again and again',
    shows: [oidcCore.assertionSingleUse],
    only: ['oauth2/client-assertion', 'fuzz/client-assertion'],
  }),
  dex({
    id: 'CVE-2022-39222',
    package: 'github.com/dexidp/dex',
    // Its releases are no Go versions, so these are commits: one before v2.32.0, and that of v2.41.1.
    wrong: 'v0.0.0-20220607113954-3836196af2e7',
    right: 'v0.0.0-20240807174518-43956db7fd75',
    bug: 'lets whoever knows the number of a request approve it once somebody has signed in',
    shows: [rfc6749.consentExplicit],
    only: ['oauth2/sign-in-binding'],
  }),
]

type Facts = Omit<KnownBug, 'registry' | 'prepare' | 'start'>

function deployment(
  start: (server: string) => Promise<Deployment>,
  programOf: (version: string) => GoProgram,
): (facts: Facts) => KnownBug {
  return (facts) => {
    const folderOf = (version: string, cache: string) =>
      join(cache, 'go', `${facts.package.replace(/^.*\//, '')}@${version}`)
    return {
      ...facts,
      registry: 'go',
      prepare: async (version, cache) => await buildServer(programOf(version), folderOf(version, cache)),
      start: async (version, cache) => await start(join(folderOf(version, cache), 'server')),
    }
  }
}
