import fc from 'fast-check'
import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import type { CheckContext } from '../../harness/check.ts'
import { describeSso, type SamlClient } from '../../harness/client/saml-client.ts'
import { isSuccess } from '../../harness/client/saml-response.ts'
import { Untestable } from '../../harness/error.ts'
import { property } from '../../harness/property.ts'
import type { Edit } from '../generators/edit.ts'
import {
  doubledQuery,
  encodedBy,
  forgedQuery,
  type QueryPairs,
  querySpelling,
  reordered,
} from '../generators/saml-query.ts'

/** However a signer encodes the parameters and in whatever order they come, they are taken as they were signed. */
export const signedQueryIsReadAsItWasSigned = property({
  proves: [samlBindings.signedAsEncoded, samlBindings.signedParameterOrder],
  needs: ['saml_idp'],
  arrange: signsRequests,
  inputs: () =>
    fc.record({ spelling: querySpelling, relayState: fc.constantFrom("a token's value", 'é', '+ %/(~)*!') }),

  async holds({ spelling, relayState }, { saml, expect }) {
    const answer = await saml.signOn({
      signed: true,
      relayState,
      encoding: {
        encode: (value) => encodedBy(spelling, value),
        edit: (query) => reordered(spelling, query.split('&')).join('&'),
      },
    })

    expect.sso(answer).toBringAssertion()
  },
})

/**
 * What was changed after it was signed, or signed by somebody else, opens nothing. Of two messages of which one is signed the
 * other one is never answered.
 */
export const forgedQueryIsRefused = property({
  proves: [samlCore.requestSignature],
  needs: ['saml_idp'],
  arrange: signsRequests,
  inputs: (_, { other }) =>
    fc.oneof(
      { weight: 9, arbitrary: fc.record({ forgery: forgedQuery(() => other) }) },
      { weight: 1, arbitrary: fc.record({ doubling: doubledQuery(() => other) }) },
    ),

  async holds({ forgery, doubling }: Forged, { saml, expect }) {
    let isForged = false
    const edit = (query: string) => {
      const pairs = query.split('&')
      const forged = (forgery ?? doubling)?.apply(pairs).join('&') ?? query
      isForged = forgery !== undefined && forged !== query
      return forged
    }
    const answer = await saml.signOn({ signed: true, relayState: 'A token', encoding: { edit } })
    const { response, requestId } = answer
    const isBrought = response !== undefined && response.assertions.length + response.encrypted > 0

    if (isForged) expect.sso(answer).toBringNoAssertion()
    else
      expect.that(!isBrought || response.root.attributes.get('InResponseTo') === requestId, {
        violation: 'accepted',
        expected: 'no assertion, or one for the message that is signed',
        actual: describeSso(answer),
      })
  },
})

interface Forged {
  readonly forgery?: Edit<QueryPairs>
  readonly doubling?: Edit<QueryPairs>
}

/** A parameter SAMLRequest of another message, once a signed one was seen to be met. */
async function signsRequests({ saml }: CheckContext): Promise<{ readonly other: string }> {
  const answer = await saml.signOn({ signed: true })
  if (answer.response === undefined || !isSuccess(answer.response))
    throw new Untestable(`a signed request is not met: ${describeSso(answer)}`)
  return { other: await messageOf(saml) }
}

async function messageOf(saml: SamlClient): Promise<string> {
  let message = ''
  const edit = (query: string) => {
    message = query.split('&')[0] ?? ''
    return query
  }
  await saml.signOn({ encoding: { edit } })
  return message
}
