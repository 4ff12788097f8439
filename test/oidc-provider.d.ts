/** As much of oidc-provider as the tests use; the package brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

  export interface PeerClient {
    readonly clientId: string
    readonly clientName?: string
    readonly clientUri?: string
    readonly logoUri?: string
    readonly tosUri?: string
    readonly policyUri?: string
  }

  /** What a person is asked, and for whom. */
  export interface Interaction {
    readonly prompt: {
      readonly name: string
      readonly details: {
        readonly missingOIDCScope?: readonly string[]
        readonly missingOIDCClaims?: readonly string[]
      }
    }
    readonly params: { readonly client_id: string; readonly scope?: string }
    readonly session?: { readonly accountId: string }
    readonly grantId?: string
  }

  export interface Grant {
    addOIDCScope(scope: string): void
    addOIDCClaims(claims: readonly string[]): void
    save(): Promise<string>
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    callback(): RequestListener
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
    readonly Client: { find(clientId: string): Promise<PeerClient | undefined> }
    readonly Grant: {
      new (of: { readonly accountId: string | undefined; readonly clientId: string }): Grant
      find(grantId: string): Promise<Grant | undefined>
    }
  }

  export const errors: {
    readonly CustomOIDCProviderError: new (error: string, description: string) => Error
  }
}
