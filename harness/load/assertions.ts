import { randomUUID } from 'node:crypto'
import { importJWK, type JWK, SignJWT } from 'jose'
import { signingAlgorithmOf } from '../client/assertion.ts'
import type { Secret } from '../target/secret.ts'
import type { ClientAccount, Target } from '../target/target.ts'
import { isFastInEngine, loadClients } from './plan.ts'
import { type Pool, poolOf } from './pool.ts'

/** How long an assertion is good, in seconds: longer than it lies in a pool and with whoever took it. */
const life = 120

/** A pool for each client whose assertions k6 cannot sign fast enough, by the path at which they are asked for. */
export function assertionPools(target: Target): ReadonlyMap<string, Pool> {
  const slow = loadClients(target).services.filter(
    ({ private_key: key }) => key !== undefined && !isFastInEngine(jwkOf(key)),
  )
  return new Map(
    slow.map((account) => [`assertions/${encodeURIComponent(account.client_id)}`, assertionPool(account, target)]),
  )
}

const jwkOf = (key: Secret) => JSON.parse(key.reveal()) as Readonly<Record<string, string>>

/** Client assertions. */
export function assertionPool(account: ClientAccount, target: Target): Pool {
  const jwk = JSON.parse(account.private_key?.reveal() ?? '{}') as JWK
  const alg = signingAlgorithmOf(jwk)
  const key = importJWK(jwk, alg)
  return poolOf(async () => {
    const at = Math.floor(Date.now() / 1000)
    const claims = {
      iss: account.client_id,
      sub: account.client_id,
      aud: account.assertion_audience ?? target.issuer,
      jti: randomUUID(),
      iat: at,
      exp: at + life,
    }
    const header = { alg, ...(jwk.kid !== undefined && { kid: jwk.kid }) }
    return await new SignJWT(claims).setProtectedHeader(header).sign(await key)
  })
}
