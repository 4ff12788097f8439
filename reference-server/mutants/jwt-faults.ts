import { type Claims, encodedPart, type JoseHeader, signJwt } from '../jwt.ts'
import { generateKey, type SigningAlg, type SigningKey } from '../keys.ts'

/** Faults of whoever signs JWTs, ID tokens and access tokens alike. */
export const signsBeforeItIsDone = {
  fault: 'a claim is added after the signature was made',
  apply(header: JoseHeader, claims: Claims, key: SigningKey): string {
    const [head = '', , signature = ''] = signJwt(header, claims, key).split('.')
    return `${head}.${encodedPart({ ...claims, ver: '1.0' })}.${signature}`
  },
}

/** The key is made when it is first needed: most runs never do, and one of RSA takes long. */
export function signsWithAnotherKey(alg: SigningAlg) {
  let unpublished: SigningKey | undefined
  return {
    fault: 'the key was rotated, and the key set is a file',
    apply: (header: JoseHeader, claims: Claims): string => signJwt(header, claims, (unpublished ??= generateKey(alg))),
  }
}
