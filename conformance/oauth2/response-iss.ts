import { rfc9207 } from '../../core/spec/rfc9207.ts'
import type { Requirement } from '../../core/spec/document.ts'
import { check } from '../../harness/check.ts'
import { responseOf } from '../../harness/client/protocol-client.ts'
import type { Expect } from '../../harness/expect.ts'
import { Inapplicable } from '../../harness/error.ts'
import { isLoopback } from '../../harness/target/authorized.ts'
import type { Target } from '../../harness/target/target.ts'
import { arrivalWith, listedModes } from '../response-modes.ts'

/** A client that talks to several servers sees with every code whose it is. */
export const codeNamesItsIssuer = check({
  proves: [rfc9207.issInResponse, rfc9207.issIdentical, rfc9207.issIsPlainUrl],
  needs: ['authorization_code', 'response_iss'],

  async run({ client, expect, target }) {
    for (const mode of [undefined, ...listedModes(target)]) {
      const arrival = await arrivalWith(client, 'code', { response_mode: mode })

      expectIss(expect, target, responseOf(arrival).get('iss'), rfc9207.issInResponse)
    }
  },
})

/** A refusal is as good for a mix-up as a code is, so it names its issuer too. */
export const errorNamesItsIssuer = check({
  proves: [rfc9207.issInError, rfc9207.issIdentical, rfc9207.issIsPlainUrl],
  needs: ['authorization_code', 'response_iss'],

  async run({ client, expect, target }) {
    for (const mode of [undefined, ...listedModes(target)]) {
      const arrival = await arrivalWith(client, 'error', { response_mode: mode })

      expectIss(expect, target, responseOf(arrival).get('iss'), rfc9207.issInError)
    }
  },
})

/** Who sends iss says so in the metadata: clients cannot insist on what they do not know of. */
export const issIsAnnounced = check({
  proves: [rfc9207.supportPublished],
  needs: ['authorization_code'],

  async run({ client, expect, target }) {
    const { response } = await client.authorize()
    // Some other parameter of that name is not what the document speaks of.
    if (response.get('iss') !== target.issuer) throw new Inapplicable('its responses do not name the issuer')

    expect.that(target.capabilities.has('response_iss'), {
      violation: 'missing-value',
      expected: 'authorization_response_iss_parameter_supported true',
      actual: `it is ${describeMember(target)}`,
    })
  },
})

/** Whether iss is sent is said by true or false. */
export const announcementIsABoolean = check({
  proves: [rfc9207.supportIsBoolean],

  async run({ expect, target }) {
    const value = target.metadata['authorization_response_iss_parameter_supported']
    if (value === undefined) throw new Inapplicable('the metadata does not speak of iss in authorization responses')

    expect.that(typeof value === 'boolean', { expected: 'a boolean', actual: describeMember(target) })
  },
})

const describeMember = ({ metadata }: Target) =>
  JSON.stringify(metadata['authorization_response_iss_parameter_supported'])?.slice(0, 80) ?? 'absent'

/** Http is lawful on loopback, where nobody gets a certificate. */
function expectIss(expect: Expect, { issuer }: Target, iss: string | undefined, present: Requirement) {
  const actual = iss === undefined ? 'no iss' : `iss ${iss.slice(0, 200)}`
  expect.that(iss !== undefined, { violation: 'missing-value', expected: `iss ${issuer}`, actual }, present)
  if (iss === undefined) return
  expect.that(iss === issuer, { expected: `iss ${issuer}`, actual }, rfc9207.issIdentical)
  const url = URL.canParse(iss) ? new URL(iss) : undefined
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  expect.that(
    isSecure && !/[?#]/.test(iss),
    { violation: 'malformed', expected: 'an https URL without query and fragment', actual },
    rfc9207.issIsPlainUrl,
  )
}
