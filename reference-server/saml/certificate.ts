import { randomBytes, sign } from 'node:crypto'
import { digestFor } from '../jwt.ts'
import type { SigningAlg, SigningKey } from '../keys.ts'
import {
  bitString,
  generalizedTime,
  nothing,
  objectIdentifier,
  positiveInteger,
  sequence,
  set,
  utcTime,
  utf8String,
} from './der.ts'

const day = 24 * 60 * 60 * 1000

/** RFC 5280 §4.1.1.2 by RFC 4055 §5, RFC 5758 §3.2 and RFC 8410 §3. */
const signatureAlgorithms: Readonly<Record<SigningAlg, Buffer>> = {
  RS256: sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing),
  ES256: sequence(objectIdentifier('1.2.840.10045.4.3.2')),
  EdDSA: sequence(objectIdentifier('1.3.101.112')),
}

const commonName = objectIdentifier('2.5.4.3')

/** A self-signed X.509 certificate in DER. Who reads it trusts the key, for whatever reason; nothing else in it counts. */
export function selfSignedCertificate(
  { alg, privateKey, publicKey }: SigningKey,
  name: string,
  now = Date.now(),
): Buffer {
  const who = sequence(set(sequence(commonName, utf8String(name))))
  const algorithm = signatureAlgorithms[alg]
  const contents = sequence(
    positiveInteger(randomBytes(16)),
    algorithm,
    who,
    sequence(time(now - day), time(now + 3650 * day)),
    who,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  return sequence(contents, algorithm, bitString(sign(digestFor(alg), contents, privateKey)))
}

const time = (milliseconds: number) =>
  new Date(milliseconds).getUTCFullYear() < 2050 ? utcTime(milliseconds) : generalizedTime(milliseconds)

const made = new Map<string, string>()

/** The certificate of one of this process's keys, in base64; made once. */
export function certificateOf(key: SigningKey): string {
  const known = made.get(key.kid) ?? selfSignedCertificate(key, 'Assay reference server').toString('base64')
  made.set(key.kid, known)
  return known
}
