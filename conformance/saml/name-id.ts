import { createHash } from 'node:crypto'
import { samlCore } from '../../core/spec/saml-core.ts'
import { check } from '../../harness/check.ts'
import { nameIdOf } from '../../harness/client/saml-assertion.ts'
import type { SamlClient } from '../../harness/client/saml-client.ts'
import { nameIdFormats, nameIdPolicy } from '../../harness/client/saml-request.ts'
import { isSuccess } from '../../harness/client/saml-response.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import type { Expect } from '../../harness/expect.ts'

/** Nobody who knows the person finds anything of them in a persistent identifier. */
export const persistentIdentifierIsOpaque = check({
  proves: [samlCore.persistentOpaque, samlCore.persistentLength],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const value = await nameIdIn(saml, expect, 'persistent')
    const email = await nameIdIn(saml, expect, 'emailAddress').catch((error: unknown) => {
      if (error instanceof Inapplicable) return ''
      throw error
    })
    const { username, sub = '' } = saml.person
    const known = [username, sub, email].filter((one) => one !== '')
    // A short name may stand in a random text by chance.
    const shows = (one: string) => (one.length < 5 ? value === one : value.includes(one))

    expect.that(
      !known.some((one) => shows(one) || isDigestOf(one, value)),
      {
        violation: 'leaked',
        expected: 'a pseudonym',
        actual: 'one made of the name, the number or the mail address of the person',
      },
      samlCore.persistentOpaque,
    )
    expect.that(
      value.length <= 256,
      { expected: '256 characters at most', actual: `${value.length} characters` },
      samlCore.persistentLength,
    )
  },
})

function isDigestOf(text: string, value: string): boolean {
  return ['md5', 'sha1', 'sha256', 'sha512'].some((algorithm) =>
    [text, text.toLowerCase()].some((one) => {
      const digest = createHash(algorithm).update(one).digest()
      return [digest.toString('hex'), digest.toString('base64'), digest.toString('base64url')].some((form) =>
        value.toLowerCase().includes(form.toLowerCase()),
      )
    }),
  )
}

/** Two service providers know one person by two names. */
export const persistentIdentifierIsPairwise = check({
  proves: [samlCore.persistentPairwise],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const values = [await nameIdIn(saml, expect, 'persistent'), await nameIdIn(saml.other, expect, 'persistent')]

    expect.that(values[0] !== values[1], {
      expected: 'an identifier for each service provider',
      actual: 'one for both',
    })
  },
})

/** A persistent identifier outlives the session. */
export const persistentIdentifierStays = check({
  proves: [samlCore.persistentStays],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const before = await nameIdIn(saml, expect, 'persistent')
    saml.agent.forget()

    expect.that((await nameIdIn(saml, expect, 'persistent')) === before, {
      expected: 'the same identifier in another session',
      actual: 'another one',
    })
  },
})

/** A transient identifier does not. */
export const transientIdentifierGoesWithTheSession = check({
  proves: [samlCore.transientFresh],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const before = await nameIdIn(saml, expect, 'transient')
    saml.agent.forget()

    expect.that((await nameIdIn(saml, expect, 'transient')) !== before, {
      expected: 'another identifier in another session',
      actual: 'the same one',
    })
  },
})

/** An email address is what stands between the angle brackets of a letter's header, and nothing more. */
export const emailAddressIsBare = check({
  proves: [samlCore.emailAddress],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const value = await nameIdIn(saml, expect, 'emailAddress')

    expect.that(/^(?:"(?:[^"\\]|\\.)+"|[^\s"<>()@:;,[\]]+)@[^\s<>()@]+$/.test(value), {
      violation: 'malformed',
      expected: 'local-part@domain',
      actual: 'something else',
    })
  },
})

/** The name identifier of a format; where the identity provider has none of that kind there is nothing to judge. */
async function nameIdIn(saml: SamlClient, expect: Expect, format: keyof typeof nameIdFormats): Promise<string> {
  const answer = await saml.signOn({ content: nameIdPolicy(nameIdFormats[format]) })
  if (answer.response !== undefined && !isSuccess(answer.response))
    throw new Inapplicable(`the identity provider issues no name identifiers of the format ${nameIdFormats[format]}`)
  const nameId = nameIdOf(expect.sso(answer).toBringAssertion().assertion)
  if (nameId?.attributes.get('Format') !== nameIdFormats[format])
    throw new Untestable(`the name identifier is not of the format ${nameIdFormats[format]}`)
  return nameId.text
}
