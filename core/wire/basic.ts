import { encodeComponent } from './form.ts'

/**
 * The value of an `Authorization` header that authenticates a client (RFC 6749 §2.3.1): both parts are form-encoded first,
 * so what is base64-encoded is ASCII. `base64` comes from the runtime: Node and k6 have no encoder in common.
 */
export const basicCredentials = (clientId: string, clientSecret: string, base64: (ascii: string) => string): string =>
  `Basic ${base64(`${encodeComponent(clientId)}:${encodeComponent(clientSecret)}`)}`
