import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { objectOf } from '../../harness/client/http.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { property } from '../../harness/property.ts'
import { stringsMember } from '../../harness/target/metadata.ts'
import { applied } from '../generators/edit.ts'
import { covetedScopes, scopeEdits } from '../generators/scope.ts'
import { expectScopeWithin } from '../oracles/scopes.ts'

/** However a scope is spelt, a client gets nothing that no client may have. */
export const inventedScopeIsNotGranted = property({
  proves: [rfc6749.invalidScope],
  needs: ['client_credentials'],

  async arrange({ client, target }) {
    const { scope } = client.tokensOf(await client.clientCredentials())
    const known = [
      scope?.split(' '),
      // Where the target file does not say what the client may ask for, anything that makes sense may be its due.
      client.account.scope?.split(' ') ?? covetedScopes,
      stringsMember(target.metadata, 'scopes_supported'),
    ]
    return { scope: scope ?? client.account.scope ?? 'openid', known: new Set(known.flatMap((some) => some ?? [])) }
  },
  inputs: () => scopeEdits,

  async holds(edits, { client, expect }, { scope, known }) {
    const asked = applied(edits, scope)
    const answer = await client.clientCredentials({ scope: asked })

    expectScopeWithin(expect, answer, known, rfc6749.invalidScope)
    // What is no scope at all by the grammar may also be called a malformed request.
    const isScope = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/.test(asked)
    const { error } = objectOf(answer) ?? {}
    expect.that(
      !isScope || error !== 'invalid_request',
      { violation: 'wrong-error', expected: 'the error invalid_scope', actual: describeAnswer(answer) },
      rfc6749.invalidScope,
    )
  },
})
