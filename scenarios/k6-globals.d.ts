/** What k6 has at run time and `@types/k6` does not declare. It has no `URL`, `fetch`, `btoa` or `structuredClone`. */
declare const console: Readonly<Record<'log' | 'warn' | 'error', (...values: readonly unknown[]) => void>>
declare function open(path: string): string

/** A key that only `crypto` can look into. */
interface CryptoKey {
  readonly type: 'private' | 'public' | 'secret'
}

declare const crypto: {
  readonly subtle: {
    importKey(
      format: 'jwk',
      key: Readonly<Record<string, string | undefined>>,
      algorithm: { readonly name: 'ECDSA'; readonly namedCurve: 'P-256' },
      extractable: boolean,
      usages: readonly 'sign'[],
    ): Promise<CryptoKey>
    sign(
      algorithm: { readonly name: 'ECDSA'; readonly hash: 'SHA-256' },
      key: CryptoKey,
      data: ArrayBuffer,
    ): Promise<ArrayBuffer>
  }
}
