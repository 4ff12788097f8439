import { type Check, collectChecks } from '../harness/check.ts'
import * as authorizationCode from './oauth2/authorization-code.ts'
import * as authorizationEndpoint from './oauth2/authorization-endpoint.ts'
import * as bearerToken from './oauth2/bearer-token.ts'
import * as clientAssertion from './oauth2/client-assertion.ts'
import * as clientAuthentication from './oauth2/client-authentication.ts'
import * as clientCredentials from './oauth2/client-credentials.ts'
import * as introspection from './oauth2/introspection.ts'
import * as oauthMetadata from './oauth2/metadata.ts'
import * as pkce from './oauth2/pkce.ts'
import * as refreshToken from './oauth2/refresh-token.ts'
import * as registration from './oauth2/registration.ts'
import * as oauthRelyingParty from './oauth2/relying-party.ts'
import * as revocation from './oauth2/revocation.ts'
import * as tokenEndpoint from './oauth2/token-endpoint.ts'
import * as authenticationRequest from './oidc/authentication-request.ts'
import * as idToken from './oidc/id-token.ts'
import * as oidcMetadata from './oidc/metadata.ts'
import * as oidcRefresh from './oidc/refresh.ts'
import * as oidcRelyingParty from './oidc/relying-party.ts'
import * as userinfo from './oidc/userinfo.ts'
import * as samlAuthnRequest from './saml/authn-request.ts'
import * as samlBinding from './saml/binding.ts'
import * as samlMetadata from './saml/metadata.ts'
import * as samlNameId from './saml/name-id.ts'
import * as samlResponse from './saml/response.ts'
import * as samlSignOn from './saml/sign-on.ts'
import * as samlSignature from './saml/signature.ts'

/** Every check, its id made of its place and its name. */
export const checks: readonly Check[] = collectChecks({
  'oauth2/authorization-code': authorizationCode,
  'oauth2/authorization-endpoint': authorizationEndpoint,
  'oauth2/bearer-token': bearerToken,
  'oauth2/client-assertion': clientAssertion,
  'oauth2/client-authentication': clientAuthentication,
  'oauth2/client-credentials': clientCredentials,
  'oauth2/introspection': introspection,
  'oauth2/metadata': oauthMetadata,
  'oauth2/pkce': pkce,
  'oauth2/refresh-token': refreshToken,
  'oauth2/registration': registration,
  'oauth2/relying-party': oauthRelyingParty,
  'oauth2/revocation': revocation,
  'oauth2/token-endpoint': tokenEndpoint,
  'oidc/authentication-request': authenticationRequest,
  'oidc/id-token': idToken,
  'oidc/metadata': oidcMetadata,
  'oidc/refresh': oidcRefresh,
  'oidc/relying-party': oidcRelyingParty,
  'oidc/userinfo': userinfo,
  'saml/authn-request': samlAuthnRequest,
  'saml/binding': samlBinding,
  'saml/metadata': samlMetadata,
  'saml/name-id': samlNameId,
  'saml/response': samlResponse,
  'saml/sign-on': samlSignOn,
  'saml/signature': samlSignature,
})
