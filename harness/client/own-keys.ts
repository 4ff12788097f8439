import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { Secret } from '../target/secret.ts'

/** A key pair of ours; the private half is a JWK in JSON that neither prints nor serialises. */
export interface OwnKey {
  readonly publicKey: JWK
  readonly privateKey: Secret
}

/** The key of every client that we register: both halves say what it is called, for which algorithm, and what for. */
export async function clientKey(alg: string): Promise<OwnKey> {
  const pair = await pairOf('a client', alg)
  const naming = { alg, use: 'sig', kid: 'assay' }
  return {
    publicKey: { ...pair.publicKey, ...naming },
    privateKey: new Secret(JSON.stringify({ ...privateJwk(pair), ...naming })),
  }
}

/** A key that is nobody's: no server was told to trust it, so what it signs is a forgery. It has no name. */
export const nobodysKey = async (alg: string): Promise<OwnKey> => await pairOf('nobody', alg)

/** The private half in clear, to sign with. */
export const privateJwk = ({ privateKey }: OwnKey): JWK => JSON.parse(privateKey.reveal()) as JWK

const made = new Map<string, Promise<OwnKey>>()

/** Made once for the process: an RSA key takes longer than most units do. All algorithms that sign by RSA share one. */
async function pairOf(holder: 'a client' | 'nobody', alg: string): Promise<OwnKey> {
  const slot = `${/^[RP]S/.test(alg) ? 'RSA' : alg} of ${holder}`
  const pair = made.get(slot) ?? newPair(alg)
  made.set(slot, pair)
  return await pair
}

async function newPair(alg: string): Promise<OwnKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return {
    publicKey: await exportJWK(publicKey),
    privateKey: new Secret(JSON.stringify(await exportJWK(privateKey))),
  }
}
