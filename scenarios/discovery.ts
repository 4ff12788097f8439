import http from 'k6/http'
import { membersReader } from '../core/json-members.ts'
import { secondsOf } from '../core/story.ts'
import { Abandoned, type Answer, bodyOf, tell } from './lib/story.ts'
import { clientCredentialsForm, get, headerOf, memberOf, post } from './lib/oauth.ts'
import { plan, turn } from './lib/plan.ts'

/** One iteration in so many of a virtual user fetches the metadata, and one in so many a token. */
const metadataEvery = 5
const tokenEvery = 2

/** A key that has signed a token. */
interface Signer {
  readonly kid: string
  /** Whether the token says that it is made as RFC 9068 has it, so that its key has to be published. */
  readonly isProfiled: boolean
  /** Until when it lives, but for no longer than the server should remember its key, in milliseconds since the epoch. */
  readonly until: number
}

/** The key of the oldest token of this virtual user that still lives, and that of the latest; both were published. */
let oldest: Signer | undefined
let latest: Signer | undefined

export const discovery = tell('discovery', ({ holds }) => {
  rotateKeysWhenDue(turn())
  if (__ITER % metadataEvery === 0) {
    const issuer = memberOf(get('metadata', plan.endpoints.metadata), 'issuer')
    holds('the metadata name the issuer', issuer === plan.issuer)
  }
  const fresh = __ITER % tokenEvery === 0 ? signerOfNewToken() : undefined
  if (plan.endpoints.jwks === '') return

  // It is fetched behind the token, as by whoever comes back for an unfamiliar kid.
  const kids = kidsIn(get('key set', plan.endpoints.jwks))
  // Whatever signed may be a key without a name.
  const isPublished = ({ kid }: Signer) => kids.includes(kid) || kids.includes(undefined)
  holds('the key set holds keys', kids.length > 0)
  if (fresh?.isProfiled === true) holds('the key of a new access token is published', isPublished(fresh))
  if (fresh !== undefined && isPublished(fresh)) {
    latest = fresh
    if (oldest === undefined || oldest.until < Date.now()) oldest = fresh
  }
  if (plan.openid && oldest !== undefined && oldest.kid !== latest?.kid && oldest.until > Date.now()) {
    holds('a retired key stays published while its tokens live', isPublished(oldest))
  }
})

/** What is owed to a key that signed until lately, in seconds: longer than that nobody looks for it. */
const lately = 300

const unverifiable = /^(?:HS\d+|none)$/i
const profiled = /^(?:application\/)?at\+jwt$/i

const tokenIn = membersReader(['access_token', 'expires_in'])

/** Nothing where no published key could verify the token: it is no JWT, or one by a secret, or names no key. */
function signerOfNewToken(): Signer | undefined {
  const answer = post('token', plan.endpoints.token, clientCredentialsForm)
  const { access_token: token, expires_in: life } = tokenIn(bodyOf(answer))
  if (typeof token !== 'string') throw new Abandoned()
  const { alg, kid, typ } = headerOf(token) ?? {}
  if (typeof alg !== 'string' || typeof kid !== 'string' || unverifiable.test(alg)) return undefined
  // A second less: the clock of the target began to run before the answer was here.
  const seconds = typeof life === 'number' ? Math.min(life, lately) - 1 : 0
  const isProfiled = typeof typ === 'string' && profiled.test(typ)
  return { kid, isProfiled, until: Date.now() + seconds * 1000 }
}

/** The key set that came last, which mostly comes again. */
let known: { readonly body: string; readonly kids: readonly unknown[] } | undefined

/** The name of each key; nothing where it has none. */
function kidsIn(answer: Answer): readonly unknown[] {
  if (answer.status !== 200) return []
  const body = bodyOf(answer)
  if (body !== known?.body) {
    const keys = memberOf(answer, 'keys')
    known = { body, kids: Array.isArray(keys) ? keys.map((key: { readonly kid?: unknown } | null) => key?.kid) : [] }
  }
  return known.kids
}

/** When keys are rotated for the first time, and how often then, in milliseconds: some twenty times in a long run. */
const firstRotation = 300
const rotateEvery = Math.max(3000, Math.max(...plan.scenarios.map(secondsOf)) * 50)

/** When this virtual user does it next: of all those of a run only the one that takes the first turn does. */
let rotatesAt: number | undefined

function rotateKeysWhenDue(number: number): void {
  if (plan.rotateKeys === undefined) return
  const now = Date.now()
  if (number === 0) rotatesAt = now + firstRotation
  if (rotatesAt === undefined || now < rotatesAt) return
  rotatesAt = now + rotateEvery
  // It is none of the scenario's requests.
  const tags = { scenario: 'assay', name: 'key rotation' }
  const { status } = http.post(plan.rotateKeys, '', { redirects: 0, tags })
  if (status < 200 || status > 299) throw new Error(`the keys were not rotated: status ${status}`)
}
