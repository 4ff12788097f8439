import { createRemoteJWKSet, customFetch, decodeProtectedHeader, errors, jwtVerify, type JWTVerifyOptions } from 'jose'
import type { Sample } from '../../core/story.ts'
import type { TokenKind } from '../../core/told.ts'
import { headerOf, HttpClient } from '../client/http.ts'
import { Redactor } from '../../core/redact.ts'
import type { Target } from '../target/target.ts'
import { type Allowance, allowance, clockTolerance, type Flaw, type Found } from './flaw.ts'
import { responseJudge } from './saml-samples.ts'

/** What became of the samples; the problems, each told once, hold no token. */
export interface SampleVerdict {
  readonly verified: number
  readonly rejected: number
  readonly problems: readonly string[]
  /** The signatures that were looked at, and those that no published key verifies, by the story and kind of token. */
  signatures(story: string, kind: TokenKind): Seen
}

export interface Seen {
  readonly observed: number
  readonly broken: number
}

/** Verifies in full the tokens that the scripts hand over while they run, one after the other. */
export interface SampleVerifier {
  take(story: string, sample: Sample): void
  /** Once all that was taken is verified. */
  judge(): Promise<SampleVerdict>
}

/** No more wait to be verified, some 900 characters each, or 10,000 where they are SAML: what comes then is left out. */
const waitAtMost = 2000

/** Is told of each sample once it is judged. */
export type OnJudged = (kind: TokenKind, isValid: boolean) => void

export function sampleVerifier(target: Target, onJudged: OnJudged = () => {}): SampleVerifier {
  const waiting: (readonly [story: string, sample: Sample])[] = []
  const signatures = new Map<string, Seen>()
  const problems = new Set<string>()
  let [verified, rejected, working] = [0, 0, Promise.resolve()]
  let isWorking = false
  const [foundInToken, foundInResponse] = [tokenJudge(target), responseJudge(target)]

  const judge = async (story: string, sample: Sample) => {
    const flaw = await (sample.kind === 'saml_response' ? foundInResponse : foundInToken)(sample)
    if (typeof flaw === 'string') return void problems.add(flaw)
    const key = `${story} ${sample.kind}`
    const { observed, broken } = signatures.get(key) ?? { observed: 0, broken: 0 }
    signatures.set(key, { observed: observed + 1, broken: broken + (flaw?.ofSignature === true ? 1 : 0) })
    onJudged(sample.kind, flaw === undefined)
    if (flaw === undefined) verified += 1
    else rejected += 1
    if (flaw !== undefined) problems.add(`a sampled ${sample.kind} is not valid: ${flaw.message}`)
  }
  const work = async () => {
    isWorking = true
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await judge(...next)
    isWorking = false
  }
  return {
    take: (story, sample) => {
      if (!isJudgeable(sample) || waiting.length >= waitAtMost) return
      waiting.push([story, sample])
      if (!isWorking) working = work()
    },
    judge: async () => {
      await working
      return {
        verified,
        rejected,
        problems: [...problems],
        signatures: (story, kind) => signatures.get(`${story} ${kind}`) ?? { observed: 0, broken: 0 },
      }
    },
  }
}

/**
 * An ID token is a JWT; an access token may be anything. What is signed with a secret that only the server and somebody
 * else know is not for us to verify.
 */
function isJudgeable({ kind, token }: Sample): boolean {
  if (kind === 'saml_response') return true
  try {
    const { alg } = decodeProtectedHeader(token)
    return token.split('.').length === 3 && !alg?.startsWith('HS')
  } catch {
    return kind === 'id_token'
  }
}

type Keys = ReturnType<typeof createRemoteJWKSet>

/** Judges tokens by the keys of the target, which are fetched for the first of them. */
function tokenJudge(target: Target): (sample: Sample) => Promise<Found> {
  const refetching = allowance()
  let keys: Promise<Keys | string> | undefined
  return async (sample) => {
    const known = await (keys ??= keySet(target))
    if (typeof known === 'string') return `the sampled tokens were not verified: ${known}`
    return await flawWithLatestKeys(sample, target.issuer, known, refetching)
  }
}

/** Looks again with keys that are fetched anew where none fits: the token may be younger than those at hand. */
async function flawWithLatestKeys(
  sample: Sample,
  issuer: string,
  keys: Keys,
  refetching: Allowance,
): Promise<Flaw | undefined> {
  const flaw = await flawOf(sample, issuer, keys)
  if (flaw?.ofSignature !== true) return flaw
  // What fails keeps the keys at hand, which then say once more that none fits.
  await refetching(async () => await keys.reload().catch(() => undefined))
  return await flawOf(sample, issuer, keys)
}

async function flawOf({ token, at }: Sample, issuer: string, keys: Keys): Promise<Flaw | undefined> {
  const options: JWTVerifyOptions = {
    issuer,
    currentDate: new Date(at),
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
