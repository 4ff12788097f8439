import { createRemoteJWKSet, customFetch, decodeProtectedHeader, errors, jwtVerify, type JWTVerifyOptions } from 'jose'
import { headerOf, HttpClient } from '../client/http.ts'
import { Redactor } from '../../core/redact.ts'
import type { Target } from '../target/target.ts'

export type SampleKind = 'access_token' | 'id_token'

/** What became of the samples; the problems, each told once, hold no token. */
export interface SampleVerdict {
  readonly verified: number
  readonly rejected: number
  readonly problems: readonly string[]
  /** The signatures of ID tokens that were looked at, and those that no published key verifies. */
  readonly signatures: { readonly observed: number; readonly broken: number }
}

/** Verifies in full the tokens that the scripts hand over while they run. */
export interface SampleVerifier {
  take(kind: SampleKind, token: string, takenAt?: Date): void
  judge(): Promise<SampleVerdict>
}

interface Sample {
  readonly kind: SampleKind
  readonly token: string
  /** Tokens are short-lived: by the time that they are judged some have lawfully expired. */
  readonly takenAt: Date
}

/** More are not kept: each is some 900 characters. */
const keepAtMost = 2000

/** How far the clocks of the target and of the harness may be apart. */
const clockTolerance = '5s'

export function sampleVerifier(target: Target): SampleVerifier {
  const samples: Sample[] = []
  return {
    take: (kind, token, takenAt = new Date()) => {
      if (samples.length < keepAtMost) samples.push({ kind, token, takenAt })
    },
    judge: async () => {
      const seen = new Set<string>()
      const repeated = samples.filter(({ token }) => seen.has(token) || !seen.add(token))
      const judgeable = samples.filter(isJudgeable)
      const keys = judgeable.length === 0 ? undefined : await keySet(target)
      const flaws = typeof keys === 'function' ? await flawsOf(judgeable, target.issuer, keys) : []
      const problems = [
        ...(typeof keys === 'string' ? [`the sampled tokens were not verified: ${keys}`] : []),
        ...repeated.map(({ kind }) => `two sampled ${kind}s are the same`),
        ...flaws.map(([{ kind }, { message }]) => `a sampled ${kind} is not valid: ${message}`),
      ]
      const rejected = new Set([...repeated, ...flaws.map(([sample]) => sample)])
      return {
        verified: typeof keys === 'function' ? judgeable.filter((sample) => !rejected.has(sample)).length : 0,
        rejected: rejected.size,
        problems: [...new Set(problems)],
        signatures: {
          observed: typeof keys === 'function' ? judgeable.filter(isIdToken).length : 0,
          broken: flaws.filter(([sample, { ofSignature }]) => ofSignature && isIdToken(sample)).length,
        },
      }
    },
  }
}

const isIdToken = ({ kind }: Sample) => kind === 'id_token'

/** What is wrong with a token, and whether it is that its signature is nobody's. */
interface Flaw {
  readonly message: string
  readonly ofSignature: boolean
}

type Keys = ReturnType<typeof createRemoteJWKSet>

/**
 * An ID token is a JWT; an access token may be anything. What is signed with a secret that only the server and somebody
 * else know is not for us to verify.
 */
function isJudgeable({ kind, token }: Sample): boolean {
  try {
    const { alg } = decodeProtectedHeader(token)
    return token.split('.').length === 3 && !alg?.startsWith('HS')
  } catch {
    return kind === 'id_token'
  }
}

async function flawsOf(samples: readonly Sample[], issuer: string, keys: Keys) {
  const flaws: (readonly [Sample, Flaw])[] = []
  for (const sample of samples) {
    const flaw = await flawOf(sample, issuer, keys)
    if (flaw !== undefined) flaws.push([sample, flaw])
  }
  return flaws
}

async function flawOf({ token, takenAt }: Sample, issuer: string, keys: Keys): Promise<Flaw | undefined> {
  const options: JWTVerifyOptions = {
    issuer,
    currentDate: takenAt,
    clockTolerance,
    algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  }
  try {
    await jwtVerify(token, keys, options)
    return undefined
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return flawIn(error, token)
    // Without a kid any of the keys of its type may be the right one; what that one then finds wrong is wrong.
    for await (const key of error) {
      const found = await jwtVerify(token, key, options).then(
        () => undefined,
        (inner: unknown) => flawIn(inner, token),
      )
      if (found === undefined || !found.ofSignature) return found
    }
    return { message: 'none of the keys verifies its signature', ofSignature: true }
  }
}

const flawIn = (error: unknown, token: string): Flaw => ({
  message: error instanceof Error ? error.message : String(error),
  ofSignature:
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    (error instanceof errors.JOSEAlgNotAllowed && decodeProtectedHeader(token).alg === 'none'),
})

/** The keys of the target, fetched; or why they cannot be had. */
async function keySet({ metadata, limits }: Target): Promise<Keys | string> {
  const url = metadata['jwks_uri']
  if (typeof url !== 'string' || !URL.canParse(url)) return 'the metadata has no jwks_uri to verify them with'
  const http = new HttpClient({ timeoutMs: limits.timeout_ms, redactor: new Redactor() })
  const keys = createRemoteJWKSet(new URL(url), {
    [customFetch]: async () => {
      const response = await http.send({ method: 'GET', url })
      return new Response(response.body, {
        status: response.status,
        headers: { 'content-type': headerOf(response, 'content-type') ?? 'application/json' },
      })
    },
  })
  try {
    await keys.reload()
    return keys
  } catch (error) {
    return `the keys at jwks_uri cannot be had: ${error instanceof Error ? error.message : String(error)}`
  }
}
