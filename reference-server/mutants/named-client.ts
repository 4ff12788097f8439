import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7009 } from '../../core/spec/rfc7009.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/client-authentication.ts'

export const clientThatAsks = mutants(rules.clientThatAsks, {
  'believes the form': {
    fault: 'a filter authenticates the client, and the endpoint behind it reads client_id once more',
    apply: async (client, named, _at, store) => (await store.findClient(named)) ?? client,
  },
  'believes the form where tokens are issued': {
    fault: 'the handlers of the grants were written for public clients, and take client_id from the form',
    breaks: [rfc6749.codeBoundToClient, rfc6749.refreshBoundToClient],
    apply: async (client, named, at, store) => (at === 'token' ? ((await store.findClient(named)) ?? client) : client),
  },
  'believes the form where tokens are revoked': {
    fault: 'revocation asks whether some client has authenticated, and then whose token it is by client_id',
    breaks: [rfc7009.ownTokensOnly],
    apply: async (client, named, at, store) =>
      at === 'revocation' ? ((await store.findClient(named)) ?? client) : client,
  },
})
