import { urlOf } from '../config.ts'
import type { Context } from '../context.ts'
import type { Session, SsoRequest } from '../model.ts'
import { submitPolicy } from '../page-frame.ts'
import type { Answerable, AssertionFacts, StatusCodes } from './facts.ts'
import { statusPrefix } from './names.ts'
import { SamlError } from './saml-error.ts'
import { signElement } from './signature.ts'
import { element, type XmlElement } from './xml.ts'

/** What this server is called as an identity provider: the place of its metadata. */
export const entityIdOf = ({ issuer }: Context) => urlOf(issuer, '/saml/metadata')

/** Answers a service provider with an assertion of who is signed in, or with the reason why there is none. */
export function respondWithAssertion(
  context: Context,
  request: SsoRequest,
  session: Session,
  setCookies: readonly string[] = [],
): Response {
  const { enforce } = context
  const facts = factsOf(context, request, session)
  const assertion = () => assertionOf(context, facts)
  try {
    enforce.principalIsTheSubject(request.subject, (format) =>
      enforce.nameIdValue(format, facts.user, request.provider.entityId),
    )
    return send(context, request, [`${statusPrefix}Success`], [assertion()], setCookies)
  } catch (error) {
    if (!(error instanceof SamlError)) throw error
    return send(context, request, enforce.statusCodes(error), enforce.failureAssertions(assertion), setCookies, error)
  }
}

/** Tells a service provider why its request cannot be met; nobody need be signed in. */
export const respondWithFailure = (context: Context, request: Answerable, error: SamlError): Response =>
  send(context, request, context.enforce.statusCodes(error), context.enforce.failureAssertions(undefined), [], error)

function send(
  context: Context,
  request: Answerable,
  codes: StatusCodes,
  assertions: readonly XmlElement[],
  setCookies: readonly string[],
  failure?: SamlError,
): Response {
  const { enforce } = context
  const signed = enforce.protectedResponse(
    { assertions, around: (inner) => responseAround(context, request, statusOf(codes, failure), inner) },
    (root) => signElement(context, root),
  )
  const { binding, consumer, relayState } = request
  const message = enforce.canonicalForm(signed)
  const response = enforce.responseDelivery({ binding, consumer, message }, () =>
    postResponse(context, consumer, message, relayState),
  )
  for (const line of setCookies) response.headers.append('set-cookie', line)
  return response
}

const postResponse = ({ enforce }: Context, consumer: string, message: string, relayState: string | undefined) =>
  new Response(enforce.postPage(enforce.postForm(consumer, message, relayState)), {
    headers: { ...enforce.pageHeaders(), 'content-security-policy': submitPolicy, ...enforce.postCaching() },
  })

function responseAround(
  context: Context,
  request: Answerable,
  status: XmlElement,
  assertions: readonly XmlElement[],
): XmlElement {
  const { enforce, clock } = context
  const now = clock.now()
  const entityId = entityIdOf(context)
  return element(
    'samlp:Response',
    {
      Destination: enforce.responseDestination(request, entityId),
      ID: enforce.samlId(now),
      InResponseTo: enforce.responseInResponseTo(request),
      IssueInstant: enforce.samlTime(now),
      Version: '2.0',
    },
    element('saml:Issuer', {}, enforce.responseIssuer(entityId, request)),
    status,
    ...assertions,
  )
}

/** Each status code holds the one that says more. */
const statusOf = (codes: StatusCodes, failure: SamlError | undefined): XmlElement =>
  element(
    'samlp:Status',
    {},
    codes.reduceRight<XmlElement | undefined>(
      (inner, code) => element('samlp:StatusCode', { Value: code }, inner),
      undefined,
    ),
    failure === undefined ? undefined : element('samlp:StatusMessage', {}, failure.message),
  )

function factsOf(context: Context, request: SsoRequest, session: Session): AssertionFacts {
  const { config, clock, enforce } = context
  const user = enforce.assertedPerson(session, request, config.users)
  if (user === undefined) throw new TypeError('the person who is signed in is none of the users')
  const now = clock.now()
  return {
    entityId: entityIdOf(context),
    request,
    session,
    user,
    id: enforce.samlId(now),
    now,
    lifetime: config.lifetimes.assertion,
    time: enforce.samlTime,
  }
}

function assertionOf({ enforce }: Context, facts: AssertionFacts): XmlElement {
  const { request, user, id, now, time } = facts
  const { nameIdFormat, provider } = request
  return element(
    'saml:Assertion',
    { ID: id, IssueInstant: time(now), Version: '2.0' },
    element('saml:Issuer', {}, enforce.assertionIssuer(facts)),
    element(
      'saml:Subject',
      {},
      element(
        'saml:NameID',
        { Format: enforce.nameIdLabel(nameIdFormat) },
        enforce.nameIdValue(nameIdFormat, user, provider.entityId),
      ),
      enforce.subjectConfirmation(facts),
    ),
    element('saml:Conditions', enforce.conditionTimes(facts), restrictionTo(enforce.audiences(facts))),
    ...enforce.statements(facts),
  )
}

const restrictionTo = (audiences: readonly string[]) =>
  element('saml:AudienceRestriction', {}, ...audiences.map((audience) => element('saml:Audience', {}, audience)))
