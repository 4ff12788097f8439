import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import { check } from '../../harness/check.ts'
import { redirectBinding } from '../../harness/client/saml-request.ts'
import { statusPrefix } from '../../harness/client/saml-response.ts'
import { describeSso, sentTo } from '../../harness/client/saml-client.ts'

const foreign = 'https://attacker.example/saml/acs'

/** Who is unknown gets no response, neither at a place of its own nor at that of somebody else. */
export const unknownProviderIsRefused = check({
  proves: [samlProfiles.locationEstablished],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const consumer of [foreign, saml.provider.acs_url, undefined]) {
      const answer = await saml.signOn({
        issuer: 'https://attacker.example/saml',
        attributes: { AssertionConsumerServiceURL: consumer },
      })

      expect.sso(answer).toBringNoAssertion()
      expect.that(answer.response === undefined, {
        violation: 'redirected',
        expected: 'no response',
        actual: describeSso(answer),
      })
    }
  },
})

/** A name that resembles that of a service provider is another name. */
export const similarProviderIsRefused = check({
  proves: [samlCore.exactComparison],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { entity_id: id } = saml.provider
    for (const issuer of [id.toUpperCase(), ` ${id}`, `${id}\n`, `${id}/`]) {
      expect.sso(await saml.signOn({ issuer })).toBringNoAssertion()
    }
  },
})

/** A response never goes where the request says if that is not the service provider's own. */
export const foreignConsumerGetsNothing = check({
  proves: [samlCore.consumerChecked, samlProfiles.consumerVerified],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { acs_url: own, other_acs_urls: others = [] } = saml.provider
    const { origin, pathname } = new URL(own)
    const places = [
      foreign,
      `${origin}.attacker.example${pathname}`,
      `${origin}@attacker.example${pathname}`,
      `${foreign}?${own}`,
      ...saml.others.map(({ provider }) => provider.acs_url),
    ]
    for (const place of places) {
      if (place === own || others.includes(place)) continue
      const answer = await saml.signOn({ attributes: { AssertionConsumerServiceURL: place } })

      expect.sso(answer).toGoNowhereElse()
    }
  },
})

/** The response goes to that of the service provider's own places that the request names. */
export const requestedConsumerGetsTheResponse = check({
  proves: [samlCore.consumerHonoured],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { acs_url: own, other_acs_urls: others = [] } = saml.provider
    for (const place of [own, ...others]) {
      const answer = await saml.signOn({ attributes: { AssertionConsumerServiceURL: place } })

      expect.sso(answer).toBringAssertion(place)
    }
  },
})

/** A request that names no place gets its response at the default one. */
export const requestWithoutConsumerUsesTheDefault = check({
  proves: [samlCore.consumerDefault],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const answer = await saml.signOn({
      attributes: { AssertionConsumerServiceURL: undefined, ProtocolBinding: undefined },
    })

    expect.sso(answer).toBringAssertion()
  },
})

/** An index stands for a place of the service provider that asks, never for that of another. */
export const indexLeadsToNobodyElse = check({
  proves: [samlCore.consumerIndex],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const strangers = [saml.other, ...saml.others.slice(1)].map(({ provider }) => provider.acs_url)
    for (const index of ['0', '1', '2', '3', '65535']) {
      const answer = await saml.signOn({
        attributes: {
          AssertionConsumerServiceURL: undefined,
          ProtocolBinding: undefined,
          AssertionConsumerServiceIndex: index,
        },
      })

      expect.that(!strangers.includes(sentTo(answer) ?? ''), {
        violation: 'redirected',
        expected: `a place of ${saml.provider.entity_id} for the index ${index}`,
        actual: describeSso(answer),
      })
    }
  },
})

/** A request that was meant for another identity provider is not for this one to answer. */
export const misdirectedRequestIsDiscarded = check({
  proves: [samlCore.requestDestination],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const here = new URL(await saml.signOnLocation())
    const places = [
      'https://idp.example/saml/sso',
      `https://attacker.example${here.pathname}`,
      `${here.origin}/elsewhere`,
      `${here.href}/elsewhere`,
    ]
    for (const place of places) {
      expect.sso(await saml.signOn({ attributes: { Destination: place } })).toBringNoAssertion()
    }
  },
})

/** What is not of version 2 is not taken for it. */
export const otherMajorVersionIsRejected = check({
  proves: [samlCore.majorVersion, samlCore.versionMismatch],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const version of ['1.1', '3.0', '20.0']) {
      const answer = await saml.signOn({ attributes: { Version: version } })

      expect.sso(answer, samlCore.majorVersion).toBringNoAssertion()
      const top = answer.response?.status[0]
      const isRefused = top !== undefined && top !== `${statusPrefix}Success`
      expect.that(
        !isRefused || top === `${statusPrefix}VersionMismatch`,
        { violation: 'wrong-error', expected: 'VersionMismatch', actual: describeSso(answer) },
        samlCore.versionMismatch,
      )
    }
  },
})

/** Where nobody is signed in and nobody may be asked, the service provider is told so, and the person sees nothing. */
export const passiveRequestWithoutSessionFails = check({
  proves: [samlCore.isPassive, samlProfiles.failureIsAnswered, samlCore.noPassiveStatus],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const value of ['true', '1']) {
      const answer = await saml.signOn({ attributes: { IsPassive: value } })
      expect.that(
        answer.pages.length === 0,
        { violation: 'accepted', expected: 'no page', actual: `${answer.pages.length} pages` },
        samlCore.isPassive,
      )
      if (answer.pages.length > 0 && answer.response !== undefined) return

      const { status } = expect.sso(answer, samlProfiles.failureIsAnswered).toBringFailure()
      // AuthnFailed is true as well; a code of the provider's own may say anything.
      const [, second = ''] = status.map((code) => code.replace(statusPrefix, ''))
      expect.that(
        ['', 'NoPassive', 'AuthnFailed'].includes(second) || second.includes(':'),
        { violation: 'wrong-error', expected: 'NoPassive', actual: second },
        samlCore.noPassiveStatus,
      )
    }
  },
})

/** Who may not be asked is not asked, even if a new sign-in is wanted. */
export const passiveGoesBeforeForced = check({
  proves: [samlCore.passiveGoesFirst],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    expect.sso(await saml.signOn()).toBringAssertion()
    const { pages } = await saml.signOn({ attributes: { IsPassive: 'true', ForceAuthn: 'true' } })

    expect.that(pages.length === 0, {
      violation: 'accepted',
      expected: 'no page',
      actual: `${pages.length} pages`,
    })
  },
})

/** HTTP-Redirect is no way for a response, whatever the request asks for. */
export const responseNeverComesByRedirect = check({
  proves: [samlProfiles.notByRedirect],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const answer = await saml.signOn({ attributes: { ProtocolBinding: redirectBinding } })

    expect.that(!(answer.arrival.kind === 'redirect' && answer.arrival.location.includes('SAMLResponse=')), {
      violation: 'redirected',
      expected: 'no response by HTTP-Redirect',
      actual: describeSso(answer),
    })
  },
})

/** A request for a binding that the identity provider does not know comes back with an answer all the same. */
export const unknownBindingIsAnswered = check({
  proves: [samlProfiles.failureIsAnswered],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const answer = await saml.signOn({ attributes: { ProtocolBinding: 'urn:assay:binding:unknown' } })

    expect.that(answer.response !== undefined, {
      violation: 'refused',
      expected: 'a response, most likely with an error status',
      actual: describeSso(answer),
    })
  },
})

/** A request that the schema does not allow is the requester's fault, if anybody's. */
export const invalidRequestIsTheRequestersFault = check({
  proves: [samlCore.invalidRequestStatus],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    await saml.signOn()
    for (const attributes of [
      { IsPassive: 'perhaps' },
      { ForceAuthn: 'yes' },
      { IssueInstant: 'now' },
      { AssertionConsumerServiceIndex: '0' },
    ]) {
      const answer = await saml.signOn({ attributes })
      const top = answer.response?.status[0] ?? `${statusPrefix}Success`

      expect.that([`${statusPrefix}Success`, `${statusPrefix}Requester`].includes(top), {
        violation: 'wrong-error',
        expected: 'the status Requester, if any',
        actual: describeSso(answer),
      })
    }
  },
})
