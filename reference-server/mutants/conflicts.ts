import { cwe } from '../../core/spec/cwe.ts'
import { mutants } from '../mutant.ts'
import { codeIsSingleUse as codeRule } from '../rules/authorization-code.ts'
import { assertionIsFresh as assertionRule } from '../rules/client-authentication.ts'
import { refreshTokenIsSingleUse as refreshRule } from '../rules/refresh-token.ts'
import type { Store } from '../store.ts'

/** How long a transaction takes, in milliseconds: whoever changes what it changes meanwhile conflicts with it. */
const transaction = 20

/** When each row was first written. */
const firstWrites = new WeakMap<Store, Map<string, number>>()

/** Begins to write a row, or throws what a database does where another transaction is at it. */
function write(row: string, store: Store, conflict: string): void {
  const writes = firstWrites.get(store) ?? new Map<string, number>()
  firstWrites.set(store, writes)
  const first = writes.get(row)
  if (first !== undefined && Date.now() - first < transaction) throw new Error(conflict)
  writes.set(row, first ?? Date.now())
}

export const codeIsSingleUse = mutants(codeRule, {
  'fails where two lock one row': {
    fault: 'the row of the code is locked without waiting, and that a lock can be refused is not thought of',
    breaks: [cwe.failuresHandled],
    async apply(code, store) {
      write(code.value, store, 'could not obtain lock on row')
      await codeRule.apply(code, store)
    },
  },
})

export const refreshTokenIsSingleUse = mutants(refreshRule, {
  'fails where two transactions meet': {
    fault: 'of two transactions that spend a token at once the database breaks one off, and nobody catches that',
    breaks: [cwe.failuresHandled],
    async apply(token, rotates, store) {
      write(token.value, store, 'could not serialize access due to concurrent update')
      await refreshRule.apply(token, rotates, store)
    },
  },
})

export const assertionIsFresh = mutants(assertionRule, {
  'fails where two insert one jti': {
    fault: 'the jti is looked for and then inserted, and that a constraint can fail in between is caught nowhere',
    breaks: [cwe.failuresHandled],
    async apply(client, assertion, store) {
      write(JSON.stringify([client.clientId, assertion.claims['jti']]), store, 'duplicate key violates constraint')
      await assertionRule.apply(client, assertion, store)
    },
  },
})
