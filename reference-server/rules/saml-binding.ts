import { verify, X509Certificate } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { samlBindings } from '../../core/spec/saml-bindings.ts'
import { samlCore } from '../../core/spec/saml-core.ts'
import { samlProfiles } from '../../core/spec/saml-profiles.ts'
import type { ServiceProvider } from '../model.ts'
import { type PostForm, postFormPage } from '../post-form.ts'
import { rule } from '../rule.ts'
import { algorithms, deflateEncoding } from '../saml/names.ts'
import type { SamlQuery } from '../saml/query.ts'
import { NotAnswerable, SamlError } from '../saml/saml-error.ts'

/** No request is larger, in octets: what inflates to more is not a request but an attack. */
export const messageLimit = 64 * 1024

/** SAML Bindings §3.4.4.1, backwards. */
export const redirectMessage = rule([samlBindings.deflateSupported], (query: SamlQuery): Buffer => {
  const message = query.get('SAMLRequest')?.value
  if (message === undefined || query.has('SAMLResponse')) throw new NotAnswerable('there is no SAMLRequest')
  if ((query.get('SAMLEncoding')?.value ?? deflateEncoding) !== deflateEncoding)
    throw new NotAnswerable('SAMLEncoding is not DEFLATE')
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(message))
    throw new NotAnswerable('SAMLRequest is not in base64')
  try {
    return inflateRawSync(Buffer.from(message, 'base64'), { maxOutputLength: messageLimit })
  } catch {
    throw new NotAnswerable('SAMLRequest is not deflated, or is too large')
  }
})

/** What comes with a request goes back with the response, if it is no longer than 80 octets. */
export const relayState = rule([samlBindings.relayStateReturned], (value: string | undefined): string | undefined => {
  if (value !== undefined && Buffer.byteLength(value) > 80)
    throw new NotAnswerable('RelayState is longer than 80 octets')
  return value
})

/** A signature that nobody can verify is as good as a wrong one. */
export const redirectSignature = rule(
  [samlCore.requestSignature, samlBindings.signedParameterOrder, samlBindings.signedAsEncoded],
  (query: SamlQuery, { certificate }: ServiceProvider) => {
    if (!query.has('Signature')) return
    const signed = ['SAMLRequest', 'RelayState', 'SigAlg']
      .flatMap((name) => query.get(name) ?? [])
      .map(({ name, encoded }) => `${name}=${encoded}`)
      .join('&')
    if (!signatureVerifies(signed, query, certificate))
      throw new SamlError('Requester', 'RequestDenied', 'the signature of the request does not verify')
  },
)

/** The algorithm is that of the key, never one that the message chooses. */
export function signatureVerifies(signed: string, query: SamlQuery, certificate: string | undefined): boolean {
  if (certificate === undefined) return false
  const key = new X509Certificate(certificate).publicKey
  const own = key.asymmetricKeyType === 'ec' ? algorithms.ecdsaSha256 : algorithms.rsaSha256
  if (query.get('SigAlg')?.value !== own) return false
  const signature = Buffer.from(query.get('Signature')?.value ?? '', 'base64')
  // An apostrophe needs no escape in a query, but URL parsers give it one; what came is one of the two.
  return [signed, signed.replaceAll('%27', "'")].some((text) =>
    verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature),
  )
}

/** The status of a page that says why a request is not answered: the browser did nothing wrong. */
export const samlFailureStatus = rule([samlBindings.redirectFailureStatus], (_failure: NotAnswerable): number => 200)

export const postForm = rule(
  [samlBindings.postForm, samlBindings.postControl, samlBindings.postRelayState],
  (consumer: string, message: string, state: string | undefined): PostForm => ({
    action: consumer,
    method: 'post',
    controls: [
      { type: 'hidden', name: 'SAMLResponse', value: Buffer.from(message).toString('base64') },
      ...(state === undefined ? [] : [{ type: 'hidden' as const, name: 'RelayState', value: state }]),
    ],
  }),
)

/** The page sends the form itself where scripts run, and has a button where they do not. */
export const postPage = rule([samlBindings.postIsXhtml, samlBindings.postValuesEscaped], (form: PostForm): string =>
  postFormPage(form),
)

export const postCaching = rule([samlBindings.postNotCached], (): Readonly<Record<string, string>> => ({
  'cache-control': 'no-cache, no-store',
  pragma: 'no-cache',
}))

/** A response on its way out: `page` carries it by HTTP-POST, which is the only way. */
export const responseDelivery = rule(
  [samlProfiles.notByRedirect],
  (
    _response: { readonly binding: string | undefined; readonly consumer: string; readonly message: string },
    page: () => Response,
  ): Response => page(),
)
