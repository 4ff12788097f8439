import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import { check } from '../../harness/check.ts'
import { describeSso } from '../../harness/client/saml-client.ts'
import { authnStatementsOf, nameIdOf } from '../../harness/client/saml-assertion.ts'
import { nameIdFormats, nameIdPolicy, saml as samlNamespace } from '../../harness/client/saml-request.ts'
import { isSuccess } from '../../harness/client/saml-response.ts'
import { childOf } from '../../harness/client/xml.ts'
import { Untestable } from '../../harness/error.ts'
import { asksForPassword } from '../pages.ts'

/** Who is signed in is asked for the password again where the request says so, in either way of saying it. */
export const forcedRequestAsksAgain = check({
  proves: [samlCore.forceAuthn],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    if (!(await saml.signOn()).pages.some(asksForPassword))
      throw new Untestable('nobody could be signed in by a password')

    for (const value of ['true', '1']) {
      const answer = await saml.signOn({ attributes: { ForceAuthn: value } })
      const isAsked = answer.pages.some(asksForPassword) || answer.response === undefined || !isSuccess(answer.response)

      expect.that(isAsked, {
        violation: 'accepted',
        expected: `the password to be asked for again with ForceAuthn="${value}"`,
        actual: `${describeSso(answer)}, without asking`,
      })
    }
  },
})

/** A format of name identifiers that nobody knows cannot be had. */
export const unknownNameIdFormatFails = check({
  proves: [samlCore.nameIdPolicy],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const answer = await saml.signOn({ content: nameIdPolicy('urn:assay:nameid-format:unknown') })

    expect.sso(answer).toBringFailure()
  },
})

/** Who asks for an encrypted name identifier gets one, or none. */
export const nameIdIsNotShownWhereEncryptionIsAskedFor = check({
  proves: [samlCore.encryptedNameId],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const answer = await saml.signOn({ content: nameIdPolicy(nameIdFormats.encrypted) })
    const isShown = answer.response?.assertions.some(({ element }) => nameIdOf(element) !== undefined) ?? false

    expect.that(!isShown, { violation: 'leaked', expected: 'no NameID in clear', actual: describeSso(answer) })
  },
})

/** The name identifier is of the format that was asked for, or there is none. */
export const nameIdHasTheFormatAskedFor = check({
  proves: [samlCore.meetsTheRequest],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const format of [nameIdFormats.persistent, nameIdFormats.transient, nameIdFormats.emailAddress]) {
      const answer = await saml.signOn({ content: nameIdPolicy(format) })
      if (answer.response !== undefined && !isSuccess(answer.response)) continue
      const { assertion } = expect.sso(answer).toBringAssertion()
      const given = nameIdOf(assertion)?.attributes.get('Format') ?? 'absent'

      expect.that(
        given === format ||
          childOf(childOf(assertion, samlNamespace, 'Subject'), samlNamespace, 'EncryptedID') !== undefined,
        {
          expected: `a NameID of the format ${format}`,
          actual: `the format ${given}`,
        },
      )
    }
  },
})

const x509 = 'urn:oasis:names:tc:SAML:2.0:ac:classes:X509'

const contexts = (...classes: readonly string[]) =>
  `<samlp:RequestedAuthnContext Comparison="exact">${classes.map((one) => `<saml:AuthnContextClassRef>${one}</saml:AuthnContextClassRef>`).join('')}</samlp:RequestedAuthnContext>`

/** Where a way of signing in is asked for exactly, that is the way, or nobody is signed in. */
export const exactContextIsMet = check({
  proves: [samlCore.contextMatches],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const usual = contextOf(expect.sso(await saml.signOn()).toBringAssertion().assertions) ?? x509
    for (const classes of [['urn:assay:ac:classes:unknown'], [x509], ['urn:assay:ac:classes:unknown', usual]]) {
      const answer = await saml.signOn({ content: contexts(...classes) })
      if (answer.response !== undefined && !isSuccess(answer.response)) continue
      const given = contextOf(expect.sso(answer).toBringAssertion().assertions) ?? 'none'

      expect.that(classes.includes(given), {
        violation: 'accepted',
        expected: `one of the contexts ${classes.join(' ')}, or an error status`,
        actual: `the context ${given}`,
      })
    }
  },
})

const contextOf = (assertions: Parameters<typeof authnStatementsOf>[0]) =>
  authnStatementsOf(assertions)
    .map((statement) =>
      childOf(childOf(statement, samlNamespace, 'AuthnContext'), samlNamespace, 'AuthnContextClassRef'),
    )
    .find((reference) => reference !== undefined)?.text

/** A request for somebody else is not answered with whoever is there. */
export const requestedSubjectIsNotReplaced = check({
  proves: [samlProfiles.subjectIsPrincipal, samlProfiles.noAssertionInError],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const format of [nameIdFormats.emailAddress, nameIdFormats.persistent]) {
      const answer = await saml.signOn({
        content: `<saml:Subject><saml:NameID Format="${format}">nobody@elsewhere.example</saml:NameID></saml:Subject>`,
      })

      expect.sso(answer, samlProfiles.subjectIsPrincipal).toBringFailure()
    }
  },
})
