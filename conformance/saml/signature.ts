import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import { xmlSignature } from '../../core/spec/xml-signature.ts'
import { check } from '../../harness/check.ts'
import type { SignatureForm } from '../../harness/client/xml-signature.ts'
import type { SsoAnswer } from '../../harness/client/saml-client.ts'
import { Untestable } from '../../harness/error.ts'

const exclusive = ['http://www.w3.org/2001/10/xml-exc-c14n#', 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments']
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

/** Every assertion that comes by way of a browser is signed. */
export const assertionIsSigned = check({
  proves: [samlProfiles.assertionsSigned],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    expect.sso(await saml.signOn()).toBringAssertion()
  },
})

/** Digests and signatures are right, over what they say that they are over. */
export const signatureVerifies = check({
  proves: [xmlSignature.coreGeneration, samlCore.singleReference, samlCore.signatureEnveloped],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    expect.sso(await saml.signOn({ relayState: 'a token' }), xmlSignature.coreGeneration).toBringAssertion()
  },
})

/** The response passes through the hands of a browser, so it is signed as well. */
export const responseIsSigned = check({
  proves: [samlCore.messagesSigned],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { response } = await saml.signOn()
    if (response === undefined) throw new Untestable('no response could be had')

    expect.that(response.signature !== undefined, {
      violation: 'missing-value',
      expected: 'a signature of the response',
      actual: 'none',
    })
  },
})

/** What is signed is canonicalized exclusively, so that it can be taken out of one message and put into another. */
export const canonicalizationIsExclusive = check({
  proves: [samlCore.exclusiveC14n],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const { canonicalization, transforms } of formsOf(await saml.signOn())) {
      const used = [canonicalization, transforms.find((one) => one !== enveloped) ?? 'none']

      expect.that(
        used.every((one) => exclusive.includes(one)),
        {
          expected: 'exclusive canonicalization of SignedInfo and of what is signed',
          actual: used.join(' and '),
        },
      )
    }
  },
})

/** Nothing is left out of what is signed but the signature itself. */
export const noOtherTransformIsUsed = check({
  proves: [samlCore.fewTransforms],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const { transforms } of formsOf(await saml.signOn())) {
      const other = transforms.find((one) => one !== enveloped && !exclusive.includes(one))

      expect.that(other === undefined, {
        expected: 'enveloped signature and exclusive canonicalization',
        actual: `the transform ${other}`,
      })
    }
  },
})

/** The signatures of a message as they describe themselves, whether they hold or not. */
function formsOf({ response }: SsoAnswer): readonly SignatureForm[] {
  const signatures = [response, ...(response?.assertions ?? [])].flatMap((one) => one?.signature ?? [])
  const forms = signatures.flatMap(({ form }) => form ?? [])
  if (forms.length === 0) throw new Untestable('no signature could be had')
  return forms
}
