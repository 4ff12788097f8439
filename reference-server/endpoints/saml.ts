import { urlOf } from '../config.ts'
import type { Context, Endpoint } from '../context.ts'
import { readCookie } from '../http.ts'
import type { SsoRequest } from '../model.ts'
import { errorPage } from '../pages.ts'
import { readDemands, readEnvelope } from '../saml/authn-request.ts'
import { certificateOf } from '../saml/certificate.ts'
import type { Answerable } from '../saml/facts.ts'
import { nameIdFormats } from '../saml/names.ts'
import { readQuery } from '../saml/query.ts'
import { readXml } from '../saml/read-xml.ts'
import { entityIdOf, respondWithFailure } from '../saml/respond.ts'
import { NotAnswerable, SamlError } from '../saml/saml-error.ts'
import { element } from '../saml/xml.ts'
import { beginInteraction, continueInteraction, sessionOf } from '../sign-in.ts'

const signOnPlace = ({ issuer }: Context) => urlOf(issuer, '/saml/sso')

/** SAML Metadata §2.3.2 and §2.4.3. */
export const samlMetadataEndpoint =
  (context: Context): Endpoint =>
  async () => {
    const { enforce, samlKey } = context
    const role = element(
      'md:IDPSSODescriptor',
      enforce.roleAttributes(),
      ...enforce.keyDescriptors(certificateOf(samlKey)),
      ...Object.values(nameIdFormats).map((format) => element('md:NameIDFormat', {}, format)),
      ...enforce.signOnServices(signOnPlace(context)),
    )
    const root = enforce.metadataRoot(enforce.entityAttributes(entityIdOf(context)), role)
    return new Response(enforce.canonicalForm(root), { headers: enforce.samlMetadataHeaders() })
  }

/** SAML Profiles §4.1.3.3 to §4.1.3.5: an AuthnRequest by HTTP-Redirect. */
export const singleSignOnEndpoint =
  (context: Context): Endpoint =>
  async (request) => {
    try {
      return await signOn(context, request)
    } catch (error) {
      if (error instanceof NotAnswerable)
        return errorPage(context, error.message, request, context.enforce.samlFailureStatus(error))
      throw error
    }
  }

async function signOn(context: Context, request: Request): Promise<Response> {
  const { enforce, config } = context
  const query = readQuery(request.url)
  const message = enforce.redirectMessage(query)
  enforce.inputIsLookedThrough([['SAML message', message.toString()]])
  const root = readXml(message)
  const envelope = readEnvelope(root)
  const provider = enforce.serviceProviderIsKnown(envelope, config.serviceProviders)
  enforce.requestArrivedWhereItWasSent(envelope.destination, signOnPlace(context))
  const from: Answerable = {
    id: envelope.id,
    consumer: enforce.consumerService(envelope, provider, config.serviceProviders),
    relayState: enforce.relayState(query.get('RelayState')?.value),
    binding: root.attributes.get('ProtocolBinding'),
  }

  // From here on the service provider learns of errors by a response.
  try {
    enforce.requestVersion(envelope.version)
    enforce.redirectSignature(query, provider)
    const { nameIdPolicy, context: wanted, ...demands } = readDemands(root, enforce.samlBoolean)
    enforce.responseBinding(from.binding)
    return await answerOrAsk(context, request, {
      kind: 'sso',
      ...from,
      ...demands,
      provider,
      nameIdFormat: enforce.nameIdFormat(nameIdPolicy, demands.subject, provider),
      authnContext: enforce.authnContext(wanted),
    })
  } catch (error) {
    if (error instanceof SamlError) return respondWithFailure(context, from, error)
    throw error
  }
}

async function answerOrAsk(context: Context, request: Request, pending: SsoRequest): Promise<Response> {
  const { enforce } = context
  const session = await sessionOf(context, request)
  const browser = readCookie(request, 'assay_browser')
  if (enforce.ssoMustAuthenticate(pending, session)) {
    enforce.ssoNobodyIsAsked(pending)
    return await beginInteraction(context, pending, 'login', browser)
  }
  return await continueInteraction(context, pending, session, browser)
}
