/** The status codes that may stand on top (SAML Core §3.2.2.2), but for Success. */
export type FailureStatus = 'Requester' | 'Responder' | 'VersionMismatch'

/** The second-level status codes that this server sends (SAML Core §3.2.2.2). */
export type SecondStatus =
  | 'InvalidNameIDPolicy'
  | 'NoAuthnContext'
  | 'NoPassive'
  | 'RequestDenied'
  | 'RequestVersionTooHigh'
  | 'UnknownPrincipal'
  | 'UnsupportedBinding'

/** What a service provider is answered whose request cannot be met: its status codes, and a message for its operator. */
export class SamlError extends Error {
  override readonly name = 'SamlError'
  readonly status: FailureStatus
  readonly second: SecondStatus | undefined

  constructor(status: FailureStatus, second: SecondStatus | undefined, message: string) {
    super(message)
    this.status = status
    this.second = second
  }
}

/** The message cannot be answered: nobody knows where an answer belongs, or it must be discarded. The person sees a page. */
export class NotAnswerable extends Error {
  override readonly name = 'NotAnswerable'
}
