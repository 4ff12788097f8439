import type { Claim } from '../../core/spec/claims.ts'
import type { WorkloadName } from '../load/workloads.ts'
import type { ClientAccount, Control, LoginHints, RegistrationAccess, ServiceProvider, UserAccount } from './target.ts'

export interface RegistrationSettings extends RegistrationAccess {
  /** False where no clients are registered for a run, for those of the file are enough; it registers some unless said. */
  readonly clients?: boolean
}

/** How the server is to be pressed, as far as the file says. */
export interface LoadSettings {
  readonly rate?: number
  readonly seconds?: number
  readonly scenarios?: readonly string[]
  readonly workload?: WorkloadName
  /** The weight of each scenario of the mix. */
  readonly mix?: Readonly<Record<string, number>>
  readonly skew?: number
  readonly regions?: readonly {
    readonly name: string
    readonly share: number
    readonly distance_ms: number
    readonly peak_hour: number
  }[]
  readonly metrics_url?: string
}

/** What a target file says, its references resolved and its secrets wrapped. Members are named as in the file. */
export interface TargetSettings {
  readonly issuer: string
  /** Where it is a SAML identity provider alone. */
  readonly oauth?: false
  readonly metadata_url?: string
  readonly claims?: readonly Claim[]
  readonly clients?: readonly ClientAccount[]
  readonly registration?: RegistrationSettings
  readonly users?: readonly UserAccount[]
  readonly login?: Partial<LoginHints>
  readonly authorized_hosts?: readonly string[]
  readonly clock_url?: string
  readonly control?: Control
  readonly saml?: { readonly metadata_url: string; readonly service_providers: readonly ServiceProvider[] }
  readonly limits?: { readonly concurrency?: number; readonly max_rps?: number; readonly timeout_ms?: number }
  readonly load?: LoadSettings
}
