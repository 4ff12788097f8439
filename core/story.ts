import type { Requirement } from './spec/document.ts'
import type { Capability } from './unit.ts'
import type { NonEmpty } from './verdict.ts'

/** Something that must hold in every iteration of a load test, however hard the target is pressed. */
export interface Invariant {
  readonly proves: NonEmpty<Requirement>
  /** Why a lawful target may never give an occasion to look at it. */
  readonly unseenWhere?: string
  /** Judged on the sampled tokens of this kind once the load is over: k6 has nothing to verify a signature with. */
  readonly bySample?: 'id_token'
}

/** What a load scenario is, for those who do not run it: its script only k6 can read. */
export interface Story {
  readonly title: string
  readonly needs: readonly Capability[]
  /** The latency that the scenario promises for all its requests together, in milliseconds. */
  readonly promise: Readonly<Record<'p95' | 'p99', number>>
  readonly invariants: Readonly<Record<string, Invariant>>
}

/** One scenario as it is to be run. */
export interface ScenarioPlan {
  readonly story: string
  /** Iterations begun per second, whether or not earlier ones have ended (open model). */
  readonly rate: number
  readonly seconds: number
  readonly vus: number
}

/** A client that makes load. */
export interface LoadClient {
  readonly client_id: string
  readonly client_secret: string
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'none'
  readonly redirect_uri: string
}

/** Everything that the scripts know of a target. It reaches k6 through its environment and is never written down. */
export interface LoadPlan {
  readonly issuer: string
  readonly endpoints: Readonly<Record<'authorization' | 'token' | 'introspection' | 'revocation' | 'userinfo', string>>
  /** It has a secret. */
  readonly client: LoadClient
  /** An app without a secret, where the target file has one. */
  readonly publicClient?: LoadClient
  readonly users: readonly { readonly username: string; readonly password: string; readonly sub?: string }[]
  readonly openid: boolean
  readonly scenarios: readonly ScenarioPlan[]
  /** Of so many tokens one is handed over to be verified in full. */
  readonly sampleEvery: number
}
