import type { Claim } from '../../core/spec/claims.ts'
import type { Secret } from './secret.ts'
import type { ClientAccount, LoginHints, ServiceProvider, UserAccount } from './target.ts'

/** What a target file says, its references resolved and its secrets wrapped. Members are named as in the file. */
export interface TargetSettings {
  readonly issuer: string
  readonly metadata_url?: string
  readonly claims?: readonly Claim[]
  readonly clients?: readonly ClientAccount[]
  /** Registers clients for each run and removes them afterwards. */
  readonly registration?: { readonly initial_access_token?: Secret }
  readonly users?: readonly UserAccount[]
  readonly login?: Partial<LoginHints>
  readonly authorized_hosts?: readonly string[]
  readonly clock_url?: string
  readonly saml?: { readonly metadata_url: string; readonly service_providers: readonly ServiceProvider[] }
  readonly limits?: { readonly concurrency?: number; readonly max_rps?: number; readonly timeout_ms?: number }
  readonly load?: { readonly rate?: number; readonly seconds?: number; readonly scenarios?: readonly string[] }
}
