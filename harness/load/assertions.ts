import { importJWK, type JWK, SignJWT } from 'jose'
import { assertionClaims, signingAlgorithmOf } from '../client/assertion.ts'
import type { ClientAccount, Target } from '../target/target.ts'
import { isFastInEngine, loadClients, signingKeyOf } from './plan.ts'
import { type Pool, poolOf } from './pool.ts'

/** How long an assertion is good, in seconds: longer than it lies in a pool and with whoever took it. */
const life = 120

/** A pool for each client whose assertions k6 cannot sign fast enough, by the path at which they are asked for. */
export function assertionPools(target: Target): ReadonlyMap<string, Pool> {
  const slow = loadClients(target).services.flatMap((account) => {
    const key = signingKeyOf(account)
    return key === undefined || isFastInEngine(key) ? [] : [{ account, key }]
  })
  return new Map(
    slow.map(({ account, key }) => [
      `assertions/${encodeURIComponent(account.client_id)}`,
      assertionPool(account, key, target),
    ]),
  )
}

/** Client assertions. */
export function assertionPool(account: ClientAccount, jwk: JWK, target: Target): Pool {
  const alg = signingAlgorithmOf(jwk)
  const key = importJWK(jwk, alg)
  const header = { alg, ...(jwk.kid !== undefined && { kid: jwk.kid }) }
  return poolOf(async () => {
    const claims = assertionClaims(account, target, { now: Date.now(), life })
    return await new SignJWT(claims).setProtectedHeader(header).sign(await key)
  })
}
