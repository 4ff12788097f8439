import type { Histogram } from './histogram.ts'
import type { MacAlg } from './mac-alg.ts'
import type { Requirement } from './spec/document.ts'
import type { Told, TokenKind } from './told.ts'
import type { Capability } from './unit.ts'
import type { NonEmpty } from './verdict.ts'

/** Something that must hold in every iteration of a load test, however hard the target is pressed. */
export interface Invariant {
  readonly proves: NonEmpty<Requirement>
  /** Why a lawful target may never give an occasion to look at it. */
  readonly unseenWhere?: string
  /** Judged by the companion of a run, from what all virtual users tell it: see {@link Judgement}. */
  readonly by?: Judgement
}

/**
 * What no script can judge: whether a value was seen elsewhere, in any process; whether a published key verifies a sampled
 * token; and what the claims of each token say, which k6 takes too long to read.
 */
export type Judgement =
  | { readonly unique: UniqueKind }
  | { readonly sampled: TokenKind }
  | { readonly claim: ClaimTold; readonly of: TokenKind }

/**
 * What says in a token for whom it is, and in a SAML response also whether and where it was asked for
 * (`AssertionConsumerServiceURL`), what it was sent with and who it is about.
 */
export type ClaimTold =
  | 'client_id'
  | 'aud'
  | 'nonce'
  | 'AssertionConsumerServiceURL'
  | 'RelayState'
  | 'InResponseTo'
  | 'Audience'
  | 'NameID'

/** Values that must never come twice. */
export type UniqueKind = 'code' | 'jti' | 'client_id' | 'assertion_id' | 'name_id' | 'sub'

/** What a load scenario is, for those who do not run it: its script only k6 can read. */
export interface Story {
  readonly title: string
  readonly needs: readonly Capability[]
  /** The latency that the scenario promises for all its requests together, in milliseconds. */
  readonly promise: Readonly<Record<'p95' | 'p99', number>>
  readonly invariants: Readonly<Record<string, Invariant>>
}

/** A time of a scenario, at whose end iterations begin at this rate; in no time at all the rate jumps. */
export interface Stage {
  /** Iterations begun per second, whether or not earlier ones have ended (open model). */
  readonly rate: number
  readonly seconds: number
}

/** One scenario as it is to be run. */
export interface ScenarioPlan {
  /** What k6 and the figures call it: the name of its story, unless a run has several of one story. */
  readonly name: string
  readonly story: string
  /** From a rate of 0 on. */
  readonly stages: readonly Stage[]
  /** Virtual users: no more iterations than these are on their way at once. */
  readonly vus: number
  /** Seconds from the start of the run until it begins; 0 unless said. */
  readonly after?: number
  /** How long an iteration may go on when the scenario is over, in seconds; 10 unless said. */
  readonly grace?: number
}

export const secondsOf = ({ stages, after = 0 }: Pick<ScenarioPlan, 'stages' | 'after'>): number =>
  stages.reduce((sum, { seconds }) => sum + seconds, after)

/** How many iterations are planned: rates glide from one stage to the next. */
export function iterationsOf({ stages }: Pick<ScenarioPlan, 'stages'>): number {
  let [sum, before] = [0, 0]
  for (const { rate, seconds } of stages) {
    sum += ((before + rate) / 2) * seconds
    before = rate
  }
  return sum
}

/** A scenario at one rate from its beginning to its end. */
export const steady = (story: string, rate: number, seconds: number, vus: number): ScenarioPlan => ({
  name: story,
  story,
  stages: [
    { rate, seconds: 0 },
    { rate, seconds },
  ],
  vus,
})

/** A client that makes load. */
export interface LoadClient {
  readonly client_id: string
  readonly client_secret: string
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'client_secret_jwt' | 'private_key_jwt' | 'none'
  /** The private key of `private_key_jwt` as a JWK, where k6 can sign with it: an EC key on P-256. Others sign elsewhere. */
  readonly private_key?: Readonly<Record<string, string>>
  /** What it makes the MACs of `client_secret_jwt` by; HS256 unless said. */
  readonly mac_alg?: MacAlg
  /** The `aud` of what it signs. */
  readonly audience: string
  readonly redirect_uri: string
  /** What it may ask for, separated by spaces, where that is known. */
  readonly scope?: string
  readonly grant_types: readonly string[]
}

export interface LoadUser {
  readonly username: string
  readonly password: string
  readonly sub?: string
}

/** Where in a run a process stands. */
export interface Share {
  /** The name of the run, where its processes know of each other by a companion far away only. */
  readonly run?: string
  /** The region whose people it plays, where there are several. */
  readonly region?: string
  /** So that no two processes play the same person at once, and each iteration of a run has a number of its own. */
  readonly index: number
  readonly of: number
  /** The part of the iterations that it does, as k6 writes it: `1/3:2/3`; all of them unless said. Only the process itself knows. */
  readonly segment?: string
}

/** Everything that the scripts know of a target. It reaches k6 through its environment and is never written down. */
export interface LoadPlan {
  readonly issuer: string
  readonly endpoints: Readonly<
    Record<
      'authorization' | 'token' | 'introspection' | 'revocation' | 'userinfo' | 'jwks' | 'registration' | 'metadata',
      string
    >
  >
  /** It has a secret. Where the target has none like that its name is empty, and no story is planned that a client tells. */
  readonly client: LoadClient
  /** One for each method by which a client with the client credentials grant can authenticate; `client` among them. */
  readonly services: readonly LoadClient[]
  /** An app without a secret, where the target file has one. */
  readonly publicClient?: LoadClient
  /** What a client is registered with, and what lets it register, where the target file says that clients may be. */
  readonly registration?: {
    readonly metadata: Readonly<Record<string, unknown>>
    readonly initial_access_token?: string
  }
  readonly users: readonly LoadUser[]
  /**
   * How unevenly people and clients come, as the exponent of Zipf's law: 0 where each comes as often as any other, around 1 as
   * people really do.
   */
  readonly skew: number
  readonly openid: boolean
  /** Where a POST without a body makes the target sign with new keys. */
  readonly rotateKeys?: string
  readonly scenarios: readonly ScenarioPlan[]
  /** Of so many tokens one is handed over to be verified in full. */
  readonly sampleEvery: number
  /** The URL of the companion: what the virtual users have seen is told there, and what they cannot sign is had there. */
  readonly companion: string
  readonly share: Share
  /**
   * The names of the environment variables that stand in the plan as `${NAME}`, for the process that reads it to put their
   * values there; where there is no such list, nothing stands for something else.
   */
  readonly references?: readonly string[]
  /** Where k6 connects to instead of a `host:port`: the near end of a long way there. */
  readonly hosts?: Readonly<Record<string, string>>
}

/** What ended in one second. */
export type SecondSeen = readonly [
  /** The second, since the epoch. */
  at: number,
  iterations: number,
  failures: number,
  /** Of requests, in milliseconds: pairs of a histogram's bucket and a count. */
  latencies: Histogram['buckets'],
]

/** What a virtual user tells the companion of a run, every few seconds. */
export interface Tidings {
  readonly scenario: string
  readonly story: string
  readonly region?: string
  readonly seconds: readonly SecondSeen[]
  readonly unique: readonly (readonly [kind: UniqueKind, value: string, owner: string])[]
  readonly samples: readonly Sample[]
  /** Of those stories whose tokens are all read. */
  readonly toRead?: readonly Told[]
}

export interface Sample {
  readonly kind: TokenKind
  readonly token: string
  /** When it came, in milliseconds since the epoch: by the time that it is judged it may have expired. */
  readonly at: number
  /** For whom it must be, where the script knows. */
  readonly client?: string
  /** Where a SAML response was to be sent. */
  readonly consumer?: string
}

/** What a process of k6 says at its end. */
export interface EngineSummary {
  /** Which process says it; of several that were merged there is none. */
  readonly share?: Share
  readonly scenarios: readonly EngineScenario[]
  /** Iterations that threw. */
  readonly exceptions: number
  /** Tidings that the companion did not take. */
  readonly undelivered: number
}

export interface EngineScenario {
  readonly name: string
  readonly story: string
  readonly seconds: number
  readonly requests: number
  readonly iterations: number
  /** Iterations that did not come to their end, though the target had not asked for patience. */
  readonly failed: number
  readonly droppedIterations: number
  /** Iterations that the target answered with 429 or 503 and Retry-After. */
  readonly throttled: number
  /** Iterations that were left out because the target had asked for patience. */
  readonly heldBack: number
  readonly latency: Histogram
  readonly invariants: readonly { readonly name: string; readonly observed: number; readonly broken: number }[]
}
