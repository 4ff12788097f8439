import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import { check } from '../../harness/check.ts'
import { headersOf, NoAnswer } from '../../harness/client/http.ts'
import { describeSso, type SignOn } from '../../harness/client/saml-client.ts'
import { nameIdPolicy } from '../../harness/client/saml-request.ts'
import { parseXml } from '../../harness/client/xml.ts'
import { carried, responseFormOf } from '../sso.ts'

/** The response lies in a form that a browser posts to the service provider. */
export const formCarriesTheResponse = check({
  proves: [samlBindings.postForm, samlBindings.postControl],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const answer = carried(await saml.signOn())
    const { form, control, action, method } = responseFormOf(answer)
    expect.that(
      form !== undefined && /^post$/i.test(method) && action === saml.provider.acs_url,
      { expected: `a form posted to ${saml.provider.acs_url}`, actual: `a form sent by ${method} to ${action}` },
      samlBindings.postForm,
    )

    expect.that(
      control?.attribs['name'] === 'SAMLResponse' && /^hidden$/i.test(control.attribs['type'] ?? ''),
      {
        expected: 'a hidden control SAMLResponse',
        actual: `a control ${control?.attribs['name']} of type ${control?.attribs['type']}`,
      },
      samlBindings.postControl,
    )
    expect.that(
      answer.response !== undefined,
      { violation: 'malformed', expected: 'a Response in base64', actual: describeSso(answer) },
      samlBindings.postControl,
    )
  },
})

/** Whatever the service provider sent along comes back to it, character by character. */
export const relayStateComesBack = check({
  proves: [samlBindings.relayStateReturned, samlBindings.postRelayState, samlBindings.postValuesEscaped],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const relayState of [
      'a token',
      ' %41+é&amp;=\\ ',
      `"><b id='x'>&lt;</b>`,
      'https://sp.example/?next=%2Fpath%3Fa%3Db',
      'x'.repeat(80),
    ]) {
      expect.sso(carried(await saml.signOn({ relayState }))).toReturnRelayState(relayState)
    }
  },
})

/** The page with the response is XHTML. */
export const formIsXhtml = check({
  proves: [samlBindings.postIsXhtml],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { carrier } = carried(await saml.signOn())
    // The parser here reads no DTD, so that of XHTML goes, and with it the entities that it defines.
    const text = carrier.body
      .replace(/^\s*(?:<\?xml\s[^>]*\?>\s*)?<!DOCTYPE\s[^>[]*>/, '')
      .replaceAll(/&(?!(?:amp|lt|gt|quot|apos);)[a-z][a-z0-9]*;/gi, ' ')
    const root = await parseXml(Buffer.from(text)).catch(() => undefined)

    expect.that(root?.namespace === 'http://www.w3.org/1999/xhtml' && root.name === 'html', {
      violation: 'malformed',
      expected: 'well-formed XML with html of XHTML at its root',
      actual:
        root === undefined ? 'no well-formed XML' : `${root.name} in the namespace ${root.namespace || 'of nobody'}`,
    })
  },
})

/** Nobody on the way keeps a copy of the response. */
export const responseIsNotCached = check({
  proves: [samlBindings.postNotCached],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const { carrier } = carried(await saml.signOn())
    const directives = headersOf(carrier, 'cache-control')
      .join(',')
      .toLowerCase()
      .split(/[\s,]+/)
    const pragma = headersOf(carrier, 'pragma').join(',').toLowerCase()

    expect.that(directives.includes('no-cache') && directives.includes('no-store') && pragma.includes('no-cache'), {
      violation: 'wrong-header',
      expected: 'cache-control: no-cache, no-store and pragma: no-cache',
      actual: `cache-control: ${directives.join(' ')} and pragma: ${pragma || 'absent'}`,
    })
  },
})

/** A message is deflated unless it says otherwise, and need not say that it is. */
export const deflatedRequestIsUnderstood = check({
  proves: [samlBindings.deflateSupported],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const named = encodeURIComponent('urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE')
    for (const encoding of [{}, { edit: (query: string) => `${query}&SAMLEncoding=${named}` }]) {
      expect.sso(await saml.signOn({ encoding })).toBringAssertion()
    }
  },
})

/** What goes wrong between the two providers is no fault of the browser's. */
export const failureIsNoHttpError = check({
  proves: [samlBindings.redirectFailureStatus],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const failing: readonly SignOn[] = [
      { content: nameIdPolicy('urn:assay:unknown') },
      { attributes: { IsPassive: 'true' } },
      { attributes: { Version: '1.1' } },
      { attributes: { Destination: 'https://elsewhere.example/sso' } },
    ]
    for (const overrides of failing) {
      saml.agent.forget()
      const { arrival, pages, carrier } = await saml.signOn(overrides)
      const answers = [
        ...pages,
        ...(carrier === undefined ? [] : [carrier]),
        ...(arrival.kind === 'page' ? [arrival] : []),
      ]
      const error = answers.find(({ status }) => status >= 400)

      expect.that(error === undefined, {
        violation: 'wrong-status',
        expected: 'no HTTP error status',
        actual: `status ${error?.status}`,
      })
    }
  },
})

/** A request whose signature does not verify is as good as none. */
export const wrongSignatureIsRefused = check({
  proves: [samlCore.requestSignature],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    let other = ''
    const keep = (query: string) => {
      other = query
      return query
    }
    await saml.signOn({ encoding: { edit: keep } })
    const [message = ''] = /SAMLRequest=[^&]*/.exec(other) ?? []
    const edits: readonly ((query: string) => string)[] = [
      (query) => query.replace(/Signature=.{8}/, `Signature=${'A'.repeat(8)}`),
      (query) => query.replace(/SAMLRequest=[^&]*/, message),
      (query) => query.replace('RelayState=a', 'RelayState=b'),
      (query) => query.replace(/&Signature=.*$/, '&Signature='),
    ]
    for (const edit of edits) {
      const answer = await saml.signOn({ signed: true, relayState: 'a token', encoding: { edit } })

      expect.sso(answer).toBringNoAssertion()
    }
  },
})

/** The order of the parameters in the URL is not that in which they were signed. */
export const signedParametersComeInAnyOrder = check({
  proves: [samlBindings.signedParameterOrder],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const reversed = (query: string) => query.split('&').toReversed().join('&')
    const answer = await saml.signOn({ signed: true, relayState: 'a token', encoding: { edit: reversed } })

    expect.sso(answer).toBringAssertion()
  },
})

/** There are many ways to percent-encode a value; the one that was used is the one that was signed. */
export const signedParametersAreTakenAsEncoded = check({
  proves: [samlBindings.signedAsEncoded],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    const inLowerCase = (value: string) =>
      encodeURIComponent(value).replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
    const everything = (value: string) =>
      [...Buffer.from(value)].map((octet) => `%${octet.toString(16).padStart(2, '0')}`).join('')
    const withPlus = (value: string) => encodeURIComponent(value).replaceAll('%20', '+')
    for (const encode of [encodeURIComponent, inLowerCase, everything, withPlus]) {
      const answer = await saml.signOn({ signed: true, relayState: "a token's value", encoding: { encode } })

      expect.sso(answer).toBringAssertion()
    }
  },
})

/** Requests made to exhaust or to fool an XML parser end as any other bad request does. */
export const hostileXmlDoesNoHarm = check({
  proves: [samlBindings.redirectFailureStatus],
  needs: ['saml_idp'],

  async run({ saml, expect }) {
    for (const [what, overrides] of Object.entries(hostile)) {
      const arrival = await saml.signOn(overrides).then(
        (answer) => answer.arrival,
        (error: unknown) => {
          if (error instanceof NoAnswer) return undefined
          throw error
        },
      )
      const status = arrival?.kind === 'page' ? arrival.status : 200

      expect.that(arrival !== undefined && status < 500, {
        violation: 'crashed',
        expected: `${what} to be refused`,
        actual: arrival === undefined ? 'no answer' : `status ${status}`,
      })
      expect.sso(await saml.signOn()).toBringAssertion()
    }
  },
})

const letters = [...'abcdefghij']

/** Each entity is ten of the one before: ten thousand million characters in the end. */
const entities = letters
  .map((letter, at) => `<!ENTITY ${letter} "${at === 0 ? '0123456789' : `&${letters[at - 1]};`.repeat(10)}">`)
  .join('')

const withDtd = (subset: string, text: string): SignOn => ({
  content: `<samlp:Extensions><x:x xmlns:x="urn:assay:extension">${text}</x:x></samlp:Extensions>`,
  edit: (xml) => `<!DOCTYPE AuthnRequest [${subset}]>${xml}`,
})

const hostile: Readonly<Record<string, SignOn>> = {
  'an exponential entity': withDtd(entities, '&j;'),
  'an external entity': withDtd('<!ENTITY x SYSTEM "file:///etc/hostname">', '&x;'),
  'a message that inflates without end': { content: ' '.repeat(4 * 1024 * 1024) },
  'elements nested too deeply': {
    content: `<samlp:Extensions>${'<x xmlns="urn:x">'.repeat(20_000)}${'</x>'.repeat(20_000)}</samlp:Extensions>`,
  },
  'a message that is not well-formed': { edit: (xml) => xml.replace('</samlp:AuthnRequest>', '') },
}
