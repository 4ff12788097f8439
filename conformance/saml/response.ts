import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import { check } from '../../harness/check.ts'
import { audiencesOf, authnStatementsOf, bearerDataOf, instant } from '../../harness/client/saml-assertion.ts'
import { nameIdPolicy, saml as samlNamespace } from '../../harness/client/saml-request.ts'
import { isSuccess, statusPrefix } from '../../harness/client/saml-response.ts'
import { childOf, elementsOf } from '../../harness/client/xml.ts'
import { Untestable } from '../../harness/error.ts'

/** Clocks differ, in milliseconds. */
const skew = 5 * 60_000

/** A response names the request that it answers, whether it grants or refuses. */
export const responseNamesItsRequest = check({
  proves: [samlCore.inResponseTo],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const granted = await saml.signOn()
    const refused = await saml.signOn({ content: nameIdPolicy('urn:assay:unknown') })
    expect.sso(granted).toBringAssertion()

    for (const { response, requestId } of [granted, refused]) {
      const answered = response?.root.attributes.get('InResponseTo')
      expect.that(response === undefined || answered === requestId, {
        violation: answered === undefined ? 'missing-value' : 'wrong-value',
        expected: `InResponseTo ${requestId}`,
        actual: `InResponseTo ${answered ?? 'absent'}`,
      })
    }
  },
})

/** A response that says where it goes says where it really goes; one that is signed says so. */
export const responseNamesItsDestination = check({
  proves: [samlCore.responseDestination, samlBindings.signedDestination],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { response } = expect.sso(await saml.signOn(), samlCore.responseDestination).toBringAssertion()
    const destination = response.root.attributes.get('Destination')
    const facts = {
      expected: `Destination ${saml.provider.acs_url}`,
      actual: `Destination ${destination ?? 'absent'}`,
    }

    expect.that(destination === undefined || destination === saml.provider.acs_url, facts, samlCore.responseDestination)
    expect.that(
      response.signature === undefined || destination === saml.provider.acs_url,
      facts,
      samlBindings.signedDestination,
    )
  },
})

/** Response and assertion come from the identity provider that the metadata describes. */
export const issuerIsTheIdentityProvider = check({
  proves: [samlProfiles.responseIssuer, samlProfiles.assertionIssuer],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { entityId } = await saml.metadata()
    const { response, assertions } = expect.sso(await saml.signOn(), samlProfiles.assertionIssuer).toBringAssertion()
    const own = childOf(response.root, samlNamespace, 'Issuer')

    expect.that(
      own === undefined || own.text === entityId,
      { expected: `the issuer ${entityId}, if any`, actual: `the issuer ${own?.text}` },
      samlProfiles.responseIssuer,
    )
    for (const assertion of assertions) {
      const issuer = childOf(assertion, samlNamespace, 'Issuer')?.text
      expect.that(
        issuer === entityId,
        { expected: `the issuer ${entityId}`, actual: `the issuer ${issuer ?? 'absent'}` },
        samlProfiles.assertionIssuer,
      )
    }
  },
})

/** The assertion is for the service provider that asked. */
export const audienceIsTheServiceProvider = check({
  proves: [samlProfiles.audience],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const provider of [saml, ...saml.others]) {
      const { assertion } = expect.sso(await provider.signOn()).toBringAssertion()
      const audiences = audiencesOf(assertion)
      const { entity_id: own } = provider.provider

      expect.that(audiences.length > 0 && audiences.every((each) => each.includes(own)), {
        violation: audiences.length > 0 ? 'wrong-value' : 'missing-value',
        expected: `an audience with ${own}`,
        actual: audiences.length > 0 ? `the audience ${audiences.flat().join(', ')}` : 'no AudienceRestriction',
      })
    }
  },
})

/** Whoever bears the assertion is its subject: at this place, for this request, and not for long. */
export const bearerIsConfirmed = check({
  proves: [
    samlProfiles.bearer,
    samlProfiles.recipient,
    samlProfiles.deliveryWindow,
    samlProfiles.noNotBefore,
    samlProfiles.confirmationInResponseTo,
  ],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const answer = await saml.signOn()
    const { assertions } = expect.sso(answer, samlProfiles.bearer).toBringAssertion()
    const confirmations = assertions.flatMap(bearerDataOf)
    expect.that(
      confirmations.length > 0,
      { violation: 'missing-value', expected: 'a bearer confirmation', actual: 'none' },
      samlProfiles.bearer,
    )
    for (const data of confirmations) {
      const attribute = (name: string) => data?.attributes.get(name) ?? 'absent'
      const ends = instant(data, 'NotOnOrAfter')

      expect.that(
        attribute('Recipient') === saml.provider.acs_url,
        { expected: `Recipient ${saml.provider.acs_url}`, actual: `Recipient ${attribute('Recipient')}` },
        samlProfiles.recipient,
      )
      expect.that(
        ends > saml.now() - skew,
        { expected: 'NotOnOrAfter in the future', actual: `NotOnOrAfter ${attribute('NotOnOrAfter')}` },
        samlProfiles.deliveryWindow,
      )
      expect.that(
        attribute('NotBefore') === 'absent',
        { expected: 'no NotBefore', actual: `NotBefore ${attribute('NotBefore')}` },
        samlProfiles.noNotBefore,
      )
      expect.that(
        attribute('InResponseTo') === answer.requestId,
        { expected: `InResponseTo ${answer.requestId}`, actual: `InResponseTo ${attribute('InResponseTo')}` },
        samlProfiles.confirmationInResponseTo,
      )
    }
  },
})

/** What an old session brings is as fresh as what a new one does; when the person signed in stays what it was. */
export const assertionOfAnOldSessionIsFresh = check({
  proves: [samlProfiles.deliveryWindow, samlCore.authnInstant],
  needs: ['saml_idp', 'clock'],

  async run({ saml, expect, wait }) {
    const signedIn = saml.now()
    expect.sso(await saml.signOn(), samlProfiles.deliveryWindow).toBringAssertion()
    await wait(30 * 60_000)
    const answer = await saml.signOn()
    const { assertions } = expect.sso(answer, samlProfiles.deliveryWindow).toBringAssertion()

    for (const data of assertions.flatMap(bearerDataOf)) {
      expect.that(
        instant(data, 'NotOnOrAfter') > saml.now() - skew,
        { expected: 'NotOnOrAfter in the future', actual: `NotOnOrAfter ${data?.attributes.get('NotOnOrAfter')}` },
        samlProfiles.deliveryWindow,
      )
    }
    // Where the session had ended the person signed in anew.
    if (answer.pages.length > 0) return
    for (const statement of authnStatementsOf(assertions)) {
      expect.that(
        Math.abs(instant(statement, 'AuthnInstant') - signedIn) < skew,
        {
          expected: `AuthnInstant ${new Date(signedIn).toISOString()}, half an hour ago`,
          actual: `AuthnInstant ${statement.attributes.get('AuthnInstant')}`,
        },
        samlCore.authnInstant,
      )
    }
  },
})

/** The assertion says that and when the person was authenticated. */
export const authenticationIsStated = check({
  proves: [samlProfiles.authnStatement, samlCore.authnInstant],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { assertions } = expect.sso(await saml.signOn(), samlProfiles.authnStatement).toBringAssertion()
    const statements = authnStatementsOf(assertions)

    expect.that(
      statements.length > 0,
      { violation: 'missing-value', expected: 'an AuthnStatement', actual: 'none' },
      samlProfiles.authnStatement,
    )
    for (const statement of statements) {
      expect.that(
        Math.abs(instant(statement, 'AuthnInstant') - saml.now()) < skew,
        {
          expected: 'AuthnInstant about now',
          actual: `AuthnInstant ${statement.attributes.get('AuthnInstant') ?? 'absent'}`,
        },
        samlCore.authnInstant,
      )
    }
  },
})

/** The validity of an assertion begins before it ends. */
export const validityBeginsBeforeItEnds = check({
  proves: [samlCore.notBeforeIsEarlier],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { assertions } = expect.sso(await saml.signOn()).toBringAssertion()

    for (const assertion of assertions) {
      const conditions = childOf(assertion, samlNamespace, 'Conditions')
      const [begins, ends] = ['NotBefore', 'NotOnOrAfter'].map((name) => instant(conditions, name))
      expect.that(!(Number(begins) >= Number(ends)), {
        expected: 'NotBefore before NotOnOrAfter',
        actual: `${conditions?.attributes.get('NotBefore')} and ${conditions?.attributes.get('NotOnOrAfter')}`,
      })
    }
  },
})

const timeAttributes = ['IssueInstant', 'AuthnInstant', 'NotBefore', 'NotOnOrAfter', 'SessionNotOnOrAfter']

/** Every time in a response is in UTC. */
export const timesAreInUtc = check({
  proves: [samlCore.timesInUtc],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { response, assertions } = expect.sso(await saml.signOn()).toBringAssertion()
    const elements = [response.root, ...assertions].flatMap((root) => [...elementsOf(root)])
    const times = elements.flatMap(({ attributes }) => timeAttributes.flatMap((name) => attributes.get(name) ?? []))

    for (const time of new Set(times)) {
      expect.that(/^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?$/.test(time), {
        violation: 'malformed',
        expected: 'times in UTC, without an offset',
        actual: time,
      })
    }
  },
})

/** Messages and assertions have names that nothing else has, and that nobody comes upon by chance. */
export const identifiersAreUnique = check({
  proves: [samlCore.idsUnique, samlCore.idsRandom, samlCore.idSyntax],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const ids: string[] = []
    for (let turn = 0; turn < 6; turn++) {
      // Whether or not signatures hold: they may not, where two things have the same ID.
      const { response } = await saml.signOn()
      if (response === undefined || !isSuccess(response)) throw new Untestable('no assertion could be had')
      const named = [response.root, ...response.assertions.map(({ element }) => element)]
      ids.push(...named.map(({ attributes }) => attributes.get('ID') ?? ''))
    }
    const malformed = ids.find((id) => !/^[\p{L}_][\p{L}\p{M}\p{N}._·-]*$/u.test(id))

    expect.that(
      new Set(ids).size === ids.length,
      { expected: `${ids.length} different IDs`, actual: `${new Set(ids).size} different ones` },
      samlCore.idsUnique,
    )
    expect.that(
      malformed === undefined,
      { violation: 'malformed', expected: 'an xs:ID, which begins with a letter or _', actual: `ID ${malformed}` },
      samlCore.idSyntax,
    )
    const bits = Math.min(...ids.map((id) => capacityOf(id, ids)))
    expect.that(
      isCounted(ids) || bits >= 128,
      { expected: 'IDs with room for 128 random bits', actual: `room for ${bits} bits` },
      samlCore.idsRandom,
    )
  },
})

/** How many bits an identifier can hold beyond what all of them begin with: hexadecimal digits hold 4, others 6. */
function capacityOf(id: string, all: readonly string[]): number {
  let common = 0
  while (common < id.length && all.every((other) => other[common] === id[common])) common++
  const varying = id.slice(common).replaceAll('-', '')
  return varying.length * (all.every((one) => /^[\da-f-]*$/i.test(one.slice(common))) ? 4 : 6)
}

/** Identifiers that only ever rise are counted or timed, not random: they may be short. */
const isCounted = (ids: readonly string[]) => ids.every((id, at) => at === 0 || (ids[at - 1] ?? '') < id)

/** Two service providers that compare what they got learn nothing of whether it was the same person. */
export const sessionIndexTellsNothing = check({
  proves: [samlCore.sessionIndexTellsNothing],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const indexes: string[] = []
    for (const provider of [saml, saml.other]) {
      const { assertions } = expect.sso(await provider.signOn()).toBringAssertion()
      indexes.push(authnStatementsOf(assertions)[0]?.attributes.get('SessionIndex') ?? '')
    }
    const [first = '', second = ''] = indexes

    // Small numbers and constants, which the specification recommends, are shared by many.
    expect.that(first !== second || first.length < 8, {
      expected: 'session indexes of two service providers that differ',
      actual: 'the same one for both',
    })
  },
})

/** What stands on top of a status is one of the four codes that are meant to. */
export const statusBeginsWithATopLevelCode = check({
  proves: [samlCore.topLevelStatus],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const known = ['Success', 'Requester', 'Responder', 'VersionMismatch'].map((code) => statusPrefix + code)
    const refused = await saml.signOn({ content: nameIdPolicy('urn:assay:unknown') })
    saml.agent.forget()
    const passive = await saml.signOn({ attributes: { IsPassive: 'true' } })

    for (const { response } of [refused, passive]) {
      if (response === undefined || isSuccess(response)) continue
      const [top = 'none'] = response.status
      expect.that(known.includes(top), {
        expected: 'Success, Requester, Responder or VersionMismatch on top',
        actual: `the status ${top}`,
      })
    }
  },
})
