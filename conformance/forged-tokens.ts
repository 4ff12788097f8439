import { createPublicKey } from 'node:crypto'
import { CompactSign, importJWK } from 'jose'
import { nobodysKey, privateJwk } from '../harness/client/own-keys.ts'
import type { ProtocolClient } from '../harness/client/protocol-client.ts'
import { stringMember } from '../harness/target/metadata.ts'
import type { JwtAccessToken } from './access-tokens.ts'
import { type PublishedKey, publishedKeys } from './published.ts'

export const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The token without a signature, whatever it says of its algorithm; a token that has none is no forgery of itself. */
export const unsignedForms = ({ token, header, claims }: JwtAccessToken): readonly string[] =>
  ['none', 'None', 'NONE', header.alg]
    .map((alg) => `${encoded({ ...header, alg })}.${encoded(claims)}.`)
    .filter((form) => form !== token)

/** The token signed by a key that is nobody's: the key comes along, or the header names the one that it had. */
export async function signedByNobody(token: JwtAccessToken): Promise<readonly string[]> {
  const forged: string[] = []
  for (const alg of ['ES256', 'RS256']) {
    const key = await nobodysKey(alg)
    const signer = await importJWK(privateJwk(key), alg)
    for (const more of [{ jwk: key.publicKey }, {}])
      forged.push(await signedOver(token, { ...token.header, ...more, alg }, signer))
  }
  return forged
}

/** The token with a MAC whose secret is a published key: what everybody may read. */
export const macsByPublishedKeys = async (
  token: JwtAccessToken,
  keys: readonly PublishedKey[],
): Promise<readonly string[]> =>
  await Promise.all(
    keys
      .flatMap(pemOf)
      .map(
        async (secret) => await signedOver(token, { ...token.header, alg: 'HS256' }, new TextEncoder().encode(secret)),
      ),
  )

/** All of these, by the keys that the server publishes, if any. */
export async function forgeriesOf(client: ProtocolClient, token: JwtAccessToken): Promise<readonly string[]> {
  const keys = stringMember(client.target.metadata, 'jwks_uri') === undefined ? [] : await publishedKeys(client)
  return [...unsignedForms(token), ...(await signedByNobody(token)), ...(await macsByPublishedKeys(token, keys))]
}

async function signedOver(
  { claims }: JwtAccessToken,
  { typ, ...header }: JwtAccessToken['header'] & { readonly alg: string },
  by: Parameters<CompactSign['sign']>[0],
): Promise<string> {
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ ...header, ...(typeof typ === 'string' && { typ }) })
    .sign(by)
}

/** The texts that a public key is known by to those who read key files; none for a kind of key that has none here. */
function pemOf(jwk: PublishedKey): readonly string[] {
  try {
    const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' })
      .export({ type: 'spki', format: 'pem' })
      .toString()
    return [pem, pem.trimEnd()]
  } catch {
    return []
  }
}
