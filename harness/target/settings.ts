import type { Claim } from '../../core/spec/claims.ts'
import type { ClientAccount, LoginHints, RegistrationAccess, ServiceProvider, UserAccount } from './target.ts'

export interface RegistrationSettings extends RegistrationAccess {
  /** False where no clients are registered for a run, for those of the file are enough; it registers some unless said. */
  readonly clients?: boolean
}

/** What a target file says, its references resolved and its secrets wrapped. Members are named as in the file. */
export interface TargetSettings {
  readonly issuer: string
  readonly metadata_url?: string
  readonly claims?: readonly Claim[]
  readonly clients?: readonly ClientAccount[]
  readonly registration?: RegistrationSettings
  readonly users?: readonly UserAccount[]
  readonly login?: Partial<LoginHints>
  readonly authorized_hosts?: readonly string[]
  readonly clock_url?: string
  readonly saml?: { readonly metadata_url: string; readonly service_providers: readonly ServiceProvider[] }
  readonly limits?: { readonly concurrency?: number; readonly max_rps?: number; readonly timeout_ms?: number }
  readonly load?: { readonly rate?: number; readonly seconds?: number; readonly scenarios?: readonly string[] }
}
