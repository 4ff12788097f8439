export type HarnessErrorCode =
  | 'TARGET_UNREACHABLE'
  | 'TARGET_FILE_INVALID'
  | 'TARGET_FILE_MISSING'
  | 'ISSUER_MISMATCH'
  | 'METADATA_INVALID'
  | 'HOST_NOT_AUTHORIZED'
  | 'SECRET_MISSING'
  | 'REGISTRATION_FAILED'
  | 'CLIENT_REFUSED'
  | 'LOAD_ENGINE_MISSING'
  | 'LOAD_ENGINE_FAILED'
  | 'BROWSER_MISSING'
  | 'PROGRAM_MISSING'
  | 'FINDING_UNKNOWN'
  | 'USAGE'

/** Something on our side, or between us and the target, keeps a run from going on. `hint` says what to do next. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
  readonly code: HarnessErrorCode
  readonly hint: string

  constructor(code: HarnessErrorCode, message: string, options: { readonly hint: string; readonly cause?: unknown }) {
    super(message, { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/** Thrown where a unit cannot get far enough to judge; the runner turns it into the verdict `untestable`. */
export class Untestable extends Error {
  override readonly name = 'Untestable'
}

/**
 * Thrown where a unit finds on its way that the target does not do, and need not do, what it is about; the runner turns
 * it into the verdict `inapplicable`.
 */
export class Inapplicable extends Error {
  override readonly name = 'Inapplicable'
}
