import { createHash, randomUUID } from 'node:crypto'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { rfc7519 } from '../../core/spec/rfc7519.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc7662 } from '../../core/spec/rfc7662.ts'
import { mutants } from '../mutant.ts'
import { type Inquiry, tokenIsLookedUp as lookRule } from '../rules/introspection.ts'
import { issuedCredentials as issueRule } from '../rules/registration.ts'
import { newSecret as secretRule } from '../rules/token-endpoint.ts'
import type { Store } from '../store.ts'

/** How long what was found out is taken for true, in milliseconds. */
const keptFor = 2000

/** What was found out, by what the server takes for the name of a token. */
type Cache = Map<string, { readonly found: Inquiry; readonly at: number }>

const caches = new WeakMap<Store, Cache>()

function cacheOf(store: Store): Cache {
  const cache: Cache = caches.get(store) ?? new Map()
  caches.set(store, cache)
  return cache
}

/** What is in the cache, while it is taken for true. */
function recent(cache: Cache, name: string): Inquiry | undefined {
  const entry = cache.get(name)
  return entry !== undefined && Date.now() - entry.at < keptFor ? entry.found : undefined
}

export const tokenIsLookedUp = mutants(lookRule, {
  'remembers for two seconds': {
    fault: 'resource servers ask about a token with every request that brings it, so what is found out is cached',
    breaks: [rfc7662.revokedInactive, rfc7009.revokedAtOnce],
    async apply(value, store, inquire) {
      const cache = cacheOf(store)
      const known = recent(cache, value)
      if (known !== undefined) return known
      const found = await inquire()
      cache.set(value, { found, at: Date.now() })
      return found
    },
  },
  'knows dead tokens by their beginning': {
    fault: 'the key of the cache of dead tokens is as wide as a token was until they became JWTs, which begin alike',
    breaks: [rfc7662.activeMember],
    async apply(value, store, inquire) {
      const cache = cacheOf(store)
      const name = value.slice(0, 32)
      const dead = recent(cache, name)
      if (dead !== undefined) return dead
      const found = await inquire()
      if (found.described === undefined) cache.set(name, { found, at: Date.now() })
      return found
    },
  },
})

/** How many requests in a row come to the same worker, unless said. */
const usuallyInARow = 8

/** Counts as two workers do that know nothing of each other, and take turns. */
function twoWorkers(inARow = usuallyInARow): () => number {
  const counted = [0, 0]
  let asked = 0
  return () => {
    const worker = Math.floor(asked++ / inARow) % counted.length
    return (counted[worker] = (counted[worker] ?? 0) + 1)
  }
}

const numbersOfClients = twoWorkers()

export const issuedCredentials = mutants(issueRule, {
  'calls a client by the second': {
    fault: 'the id is made of the time, for nobody registers two clients in a second by hand',
    breaks: [rfc6749.clientIdUnique, rfc7591.clientIdUnique],
    apply: (sent, method, newSecret) => ({
      ...issueRule.apply(sent, method, newSecret),
      clientId: `client-${Math.floor(Date.now() / 1000)}`,
    }),
  },
  'numbers clients in each worker': {
    fault: 'each worker counts for itself, and there was one worker when this was written',
    breaks: [rfc6749.clientIdUnique, rfc7591.clientIdUnique],
    apply: (sent, method, newSecret) => ({
      ...issueRule.apply(sent, method, newSecret),
      clientId: `client-${numbersOfClients()}`,
    }),
  },
})

const drawn = twoWorkers()
const codesDrawn = twoWorkers(3)
const seed = randomUUID()

export const newSecret = mutants(secretRule, {
  'draws access tokens alike in each worker': {
    fault: 'the workers are forked after their generator was seeded, so that all of them draw the same names',
    breaks: [rfc7519.jtiUnique],
    apply: (of) =>
      of === 'access token'
        ? createHash('sha256').update(`${seed} ${drawn()}`).digest('base64url')
        : secretRule.apply(of),
  },
  'draws codes alike in each worker': {
    fault: 'codes live for a minute, so a generator that is seeded by the time was thought to be enough for them',
    breaks: [rfc6749.tokensUnguessable],
    apply: (of) =>
      of === 'code'
        ? createHash('sha256').update(`code ${seed} ${codesDrawn()}`).digest('base64url')
        : secretRule.apply(of),
  },
})
