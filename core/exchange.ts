declare const redacted: unique symbol

/** Text that went through `redact`: the only text that evidence, logs and reports may hold. */
export type Redacted = string & { readonly [redacted]: true }

/** One request and its answer as they went over the wire, with every secret replaced by its name. */
export interface Exchange {
  readonly request: {
    readonly method: string
    readonly url: Redacted
    readonly headers: readonly (readonly [name: string, value: Redacted])[]
    readonly body?: Redacted
    readonly leftOut?: number
  }
  /** Absent where no answer came; `failure` then says why. */
  readonly response?: {
    readonly status: number
    readonly headers: readonly (readonly [name: string, value: Redacted])[]
    readonly body: Redacted
    /** True where the body was longer than the harness reads. */
    readonly truncated: boolean
    /** How many characters came that are not shown here: evidence keeps as much as anybody reads. */
    readonly leftOut?: number
  }
  readonly failure?: Redacted
  /** From the first octet sent to the last octet read. */
  readonly milliseconds: number
}
