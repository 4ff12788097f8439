import k6crypto from 'k6/crypto'
import encoding from 'k6/encoding'
import type { LoadClient } from '../../core/story.ts'
import { drawn } from './companion.ts'

/** Of what MACs are made by, as k6 calls it. */
const hashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const

/** How long an assertion is good, in seconds. */
const life = 60

/** Of clients that sign with ES256, which k6 does only while something waits for it: what they have signed for this iteration. */
const signed = new Map<string, string>()

/** A client assertion (RFC 7523 §3): signed here where k6 is fast at it, else by the companion, some at a time. */
export function assertionOf(client: LoadClient): string {
  if (client.method === 'client_secret_jwt') {
    const { mac_alg: alg = 'HS256' } = client
    const input = `${encoded({ alg })}.${claimsOf(client)}`
    return `${input}.${k6crypto.hmac(hashes[alg], client.client_secret, input, 'base64rawurl')}`
  }
  if (client.private_key === undefined) return drawn(`assertions/${encodeURIComponent(client.client_id)}`)
  const assertion = signed.get(client.client_id)
  if (assertion === undefined) throw new Error(`nothing was signed for ${client.client_id}`)
  signed.delete(client.client_id)
  return assertion
}

/** Signs the one assertion that an iteration of this client needs; nothing where k6 need not wait for that. */
export function signAhead(client: LoadClient): Promise<void> | undefined {
  const { client_id: id, private_key: key, method } = client
  if (method !== 'private_key_jwt' || key === undefined || signed.has(id)) return undefined
  return signES256(id, key, client).then((assertion) => void signed.set(id, assertion))
}

const keys = new Map<string, Promise<CryptoKey>>()

async function signES256(id: string, key: Readonly<Record<string, string>>, client: LoadClient): Promise<string> {
  const { kty, crv, x, y, d, kid } = key
  const imported =
    keys.get(id) ??
    crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  keys.set(id, imported)
  const input = `${encoded({ alg: 'ES256', ...(kid !== undefined && { kid }) })}.${claimsOf(client)}`
  // The quickest way from text to octets that each release of k6 has.
  const octets = encoding.b64decode(encoding.b64encode(input))
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, await imported, octets)
  return `${input}.${encoding.b64encode(signature, 'rawurl')}`
}

function claimsOf({ client_id: id, audience }: LoadClient): string {
  const now = Math.floor(Date.now() / 1000)
  const jti = encoding.b64encode(k6crypto.randomBytes(16), 'rawurl')
  return encoded({ iss: id, sub: id, aud: audience, jti, iat: now, exp: now + life })
}

const encoded = (value: unknown) => encoding.b64encode(JSON.stringify(value), 'rawurl')
