import { deflateRawSync, inflateSync } from 'node:zlib'
import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/saml-binding.ts'
import { bindings } from '../saml/names.ts'
import { NotAnswerable, SamlError } from '../saml/saml-error.ts'

const { apply: rightMessage } = rules.redirectMessage
const { apply: rightRelayState } = rules.relayState
const { apply: rightSignature } = rules.redirectSignature
const { apply: rightForm } = rules.postForm
const { apply: rightPage } = rules.postPage

export const redirectMessage = mutants(rules.redirectMessage, {
  'expects a zlib header': {
    fault: 'deflate is taken for what HTTP calls deflate',
    apply: (query) => {
      try {
        return inflateSync(Buffer.from(query.get('SAMLRequest')?.value ?? '', 'base64'))
      } catch {
        throw new NotAnswerable('SAMLRequest is not deflated')
      }
    },
  },
  'wants to be told the encoding': {
    fault: 'without SAMLEncoding the message is taken for one that is not compressed',
    apply: (query) => {
      if (!query.has('SAMLEncoding')) throw new NotAnswerable('SAMLRequest is no XML')
      return rightMessage(query)
    },
  },
})

export const relayState = mutants(rules.relayState, {
  'forgets it': { fault: 'the sign-in page does not carry it on', apply: () => undefined },
  'trims it': { fault: 'a form library trims every value', apply: (value) => rightRelayState(value?.trim()) },
  'decodes it once more': {
    fault: 'the framework has decoded it already',
    apply: (value) => {
      try {
        return rightRelayState(value === undefined ? undefined : decodeURIComponent(value))
      } catch {
        return value
      }
    },
  },
  'cuts it off': { fault: 'the column is 64 characters wide', apply: (value) => rightRelayState(value?.slice(0, 64)) },
})

const refused = () => new SamlError('Requester', 'RequestDenied', 'the signature of the request does not verify')

export const redirectSignature = mutants(rules.redirectSignature, {
  'does not look': {
    fault: 'requests need not be signed, so nobody looks whether they are',
    breaks: [samlCore.requestSignature],
    apply() {},
  },
  'takes an empty signature for none': {
    fault: 'an empty text is as false as one that is missing',
    breaks: [samlCore.requestSignature],
    apply(query, provider) {
      if (query.get('Signature')?.value) rightSignature(query, provider)
    },
  },
  'keeps the order of the URL': {
    fault: 'everything before the signature is what was signed',
    breaks: [samlBindings.signedParameterOrder],
    apply(query, { certificate }) {
      const signed = [...query.values()]
        .filter(({ name }) => name !== 'Signature')
        .map(({ name, encoded }) => `${name}=${encoded}`)
        .join('&')
      if (query.has('Signature') && !rules.signatureVerifies(signed, query, certificate)) throw refused()
    },
  },
  'encodes it anew': {
    fault: 'the framework gives away values, not what they were read from',
    breaks: [samlBindings.signedAsEncoded],
    apply(query, { certificate }) {
      const signed = ['SAMLRequest', 'RelayState', 'SigAlg']
        .flatMap((name) => query.get(name) ?? [])
        .map(({ name, value }) => `${name}=${encodeURIComponent(value)}`)
        .join('&')
      if (query.has('Signature') && !rules.signatureVerifies(signed, query, certificate)) throw refused()
    },
  },
})

export const samlFailureStatus = mutants(rules.samlFailureStatus, {
  'calls it a bad request': { fault: 'every error page of the server has this status', apply: () => 400 },
  'calls malformed XML its own fault': {
    fault: 'what the parser throws is caught by nobody but the framework',
    apply: ({ message }) => (message.startsWith('the message') ? 500 : 200),
  },
})

export const postForm = mutants(rules.postForm, {
  'sends it by GET': {
    fault: 'nobody wrote a method, and GET is what forms do without',
    breaks: [samlBindings.postForm],
    apply: (...form) => ({ ...rightForm(...form), method: 'get' }),
  },
  'posts to where RelayState points': {
    fault: 'RelayState is taken for the address that the person wanted to reach',
    breaks: [samlBindings.postForm],
    apply: (consumer, message, state) => ({
      ...rightForm(consumer, message, state),
      action: state !== undefined && /^https?:\/\//.test(state) ? state : consumer,
    }),
  },
  'writes base64 for URLs': {
    fault: 'the encoder is that of the JWTs',
    breaks: [samlBindings.postControl],
    apply: (consumer, message, state) => {
      const form = rightForm(consumer, message, state)
      return {
        ...form,
        controls: form.controls.map((control) =>
          control.name === 'SAMLResponse' ? { ...control, value: Buffer.from(message).toString('base64url') } : control,
        ),
      }
    },
  },
  'shows its controls': {
    fault: 'the page was easier to debug with the values in sight',
    breaks: [samlBindings.postControl, samlBindings.postRelayState],
    apply: (...form) => {
      const { controls, ...rest } = rightForm(...form)
      return { ...rest, controls: controls.map((control) => ({ ...control, type: 'text' })) }
    },
  },
  'calls RelayState by another name': {
    fault: 'the name is that of the column',
    breaks: [samlBindings.postRelayState],
    apply: (...form) => {
      const { controls, ...rest } = rightForm(...form)
      return {
        ...rest,
        controls: controls.map((control) =>
          control.name === 'RelayState' ? { ...control, name: 'relay_state' } : control,
        ),
      }
    },
  },
})

export const postPage = mutants(rules.postPage, {
  'writes HTML': {
    fault: 'the template is that of all other pages',
    breaks: [samlBindings.postIsXhtml],
    apply: (form) => rightPage(form).replaceAll('/>', '>'),
  },
  'is XHTML without saying so': {
    fault: 'HTML knows no namespaces, so nobody wrote one',
    breaks: [samlBindings.postIsXhtml],
    apply: (form) => rightPage(form).replace(' xmlns="http://www.w3.org/1999/xhtml"', ''),
  },
  'does not escape values': {
    fault: 'base64 needs no escaping, and RelayState was added later',
    breaks: [samlBindings.postValuesEscaped],
    apply: (form) =>
      form.controls.reduce(
        (page, { name, value }) =>
          page.replace(new RegExp(`(name="${name}" value=)"[^"]*"`), (_, start: string) => `${start}"${value}"`),
        rightPage(form),
      ),
  },
})

export const postCaching = mutants(rules.postCaching, {
  'leaves it to the page': { fault: 'pages are not stored anyway', apply: () => ({}) },
  'knows no HTTP 1.0': {
    fault: 'pragma was struck out of all answers as outdated',
    apply: () => ({ 'cache-control': 'no-cache, no-store' }),
  },
})

export const responseDelivery = mutants(rules.responseDelivery, {
  'redirects where it is asked to': {
    fault: 'the binding of the request is that of the response, and both bindings are there',
    apply: ({ binding, consumer, message }, page) => {
      if (binding !== bindings.redirect) return page()
      const value = encodeURIComponent(deflateRawSync(Buffer.from(message)).toString('base64'))
      return new Response(null, { status: 303, headers: { location: `${consumer}?SAMLResponse=${value}` } })
    },
  },
})
