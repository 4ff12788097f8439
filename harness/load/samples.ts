import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose'
import { headerOf, HttpClient } from '../client/http.ts'
import { Redactor } from '../../core/redact.ts'
import type { Target } from '../target/target.ts'

export type SampleKind = 'access_token' | 'id_token'

/** Verifies in full the tokens that the scripts hand over while they run. */
export interface SampleVerifier {
  take(kind: SampleKind, token: string): void
  /** What is wrong with the samples, none of it holding a token. */
  judge(): Promise<{ readonly verified: number; readonly problems: readonly string[] }>
}

/** More are not kept: each is some 900 characters. */
const keepAtMost = 2000

export function sampleVerifier(target: Target): SampleVerifier {
  const samples: { readonly kind: SampleKind; readonly token: string }[] = []
  return {
    take: (kind, token) => {
      if (samples.length < keepAtMost) samples.push({ kind, token })
    },
    judge: async () => {
      const problems: string[] = []
      const jwks = keySet(target)
      const seen = new Set<string>()
      for (const { kind, token } of samples) {
        // An opaque access token has nothing to verify but that it is new.
        if (seen.has(token)) problems.push(`two sampled ${kind}s are the same`)
        seen.add(token)
        if (kind === 'access_token' && token.split('.').length !== 3) continue
        const problem =
          jwks === undefined
            ? 'the metadata has no jwks_uri to verify it with'
            : await verify(token, target.issuer, jwks)
        if (problem !== undefined) problems.push(`a sampled ${kind} is not valid: ${problem}`)
      }
      return { verified: samples.length, problems: [...new Set(problems)] }
    },
  }
}

async function verify(
  token: string,
  issuer: string,
  jwks: ReturnType<typeof createRemoteJWKSet>,
): Promise<string | undefined> {
  try {
    await jwtVerify(token, jwks, {
      issuer,
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
    })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function keySet({ metadata, limits }: Target) {
  const url = metadata['jwks_uri']
  if (typeof url !== 'string') return undefined
  const http = new HttpClient({ timeoutMs: limits.timeout_ms, redactor: new Redactor() })
  return createRemoteJWKSet(new URL(url), {
    [customFetch]: async () => {
      const response = await http.send({ method: 'GET', url })
      return new Response(response.body, {
        status: response.status,
        headers: { 'content-type': headerOf(response, 'content-type') ?? 'application/json' },
      })
    },
  })
}
