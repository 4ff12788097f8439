import { type Check, collectChecks } from '../harness/check.ts'
import * as authorizationCode from './oauth2/authorization-code.ts'
import * as authorizationEndpoint from './oauth2/authorization-endpoint.ts'
import * as authorizationPages from './oauth2/authorization-pages.ts'
import * as authorizationDecision from './oauth2/authorization-decision.ts'
import * as authorizationResponse from './oauth2/authorization-response.ts'
import * as endpointUris from './oauth2/endpoint-uris.ts'
import * as redirectUri from './oauth2/redirect-uri.ts'
import * as scope from './oauth2/scope.ts'
import * as signInBinding from './oauth2/sign-in-binding.ts'
import * as signInSteps from './oauth2/sign-in-steps.ts'
import * as tokenRequest from './oauth2/token-request.ts'
import * as tokenResponse from './oauth2/token-response.ts'
import * as bearerChallenge from './oauth2/bearer-challenge.ts'
import * as bearerMethods from './oauth2/bearer-methods.ts'
import * as bearerToken from './oauth2/bearer-token.ts'
import * as clientAssertion from './oauth2/client-assertion.ts'
import * as clientAuthentication from './oauth2/client-authentication.ts'
import * as clientCredentials from './oauth2/client-credentials.ts'
import * as clientMetadata from './oauth2/client-metadata.ts'
import * as crossOrigin from './oauth2/cross-origin.ts'
import * as formPost from './oauth2/form-post.ts'
import * as initialAccessToken from './oauth2/initial-access-token.ts'
import * as implicitGrant from './oauth2/implicit-grant.ts'
import * as introspectionAnswer from './oauth2/introspection-answer.ts'
import * as introspectionCaller from './oauth2/introspection-caller.ts'
import * as introspection from './oauth2/introspection.ts'
import * as issuedCredentials from './oauth2/issued-credentials.ts'
import * as jwtAccessTokenUse from './oauth2/jwt-access-token-use.ts'
import * as jwtAccessToken from './oauth2/jwt-access-token.ts'
import * as jsonText from './oauth2/json-text.ts'
import * as metadataMembers from './oauth2/metadata-members.ts'
import * as oauthMetadata from './oauth2/metadata.ts'
import * as oauth21 from './oauth2/oauth21.ts'
import * as nativeApps from './oauth2/native-apps.ts'
import * as nativeRegistration from './oauth2/native-registration.ts'
import * as namedClient from './oauth2/named-client.ts'
import * as passwordGrant from './oauth2/password-grant.ts'
import * as pkce from './oauth2/pkce.ts'
import * as pkceBinding from './oauth2/pkce-binding.ts'
import * as promisedAuthentication from './oauth2/promised-authentication.ts'
import * as promises from './oauth2/promises.ts'
import * as refreshToken from './oauth2/refresh-token.ts'
import * as registeredPages from './oauth2/registered-pages.ts'
import * as registeredScheme from './oauth2/registered-scheme.ts'
import * as registration from './oauth2/registration.ts'
import * as registrationDeletion from './oauth2/registration-deletion.ts'
import * as registrationManagement from './oauth2/registration-management.ts'
import * as registrationUpdate from './oauth2/registration-update.ts'
import * as oauthRelyingParty from './oauth2/relying-party.ts'
import * as responseIss from './oauth2/response-iss.ts'
import * as responseMode from './oauth2/response-mode.ts'
import * as revocation from './oauth2/revocation.ts'
import * as secretAssertion from './oauth2/secret-assertion.ts'
import * as signedMetadata from './oauth2/signed-metadata.ts'
import * as softwareStatement from './oauth2/software-statement.ts'
import * as tokenEndpoint from './oauth2/token-endpoint.ts'
import * as authenticationRequest from './oidc/authentication-request.ts'
import * as idToken from './oidc/id-token.ts'
import * as oidcCrossOrigin from './oidc/cross-origin.ts'
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
  'oauth2/authorization-pages': authorizationPages,
  'oauth2/authorization-decision': authorizationDecision,
  'oauth2/authorization-response': authorizationResponse,
  'oauth2/endpoint-uris': endpointUris,
  'oauth2/redirect-uri': redirectUri,
  'oauth2/scope': scope,
  'oauth2/sign-in-binding': signInBinding,
  'oauth2/sign-in-steps': signInSteps,
  'oauth2/token-request': tokenRequest,
  'oauth2/token-response': tokenResponse,
  'oauth2/bearer-challenge': bearerChallenge,
  'oauth2/bearer-methods': bearerMethods,
  'oauth2/bearer-token': bearerToken,
  'oauth2/client-assertion': clientAssertion,
  'oauth2/client-authentication': clientAuthentication,
  'oauth2/client-credentials': clientCredentials,
  'oauth2/client-metadata': clientMetadata,
  'oauth2/form-post': formPost,
  'oauth2/implicit-grant': implicitGrant,
  'oauth2/initial-access-token': initialAccessToken,
  'oauth2/introspection': introspection,
  'oauth2/issued-credentials': issuedCredentials,
  'oauth2/introspection-answer': introspectionAnswer,
  'oauth2/introspection-caller': introspectionCaller,
  'oauth2/jwt-access-token': jwtAccessToken,
  'oauth2/jwt-access-token-use': jwtAccessTokenUse,
  'oauth2/cross-origin': crossOrigin,
  'oauth2/json-text': jsonText,
  'oauth2/metadata': oauthMetadata,
  'oauth2/oauth21': oauth21,
  'oauth2/metadata-members': metadataMembers,
  'oauth2/native-apps': nativeApps,
  'oauth2/native-registration': nativeRegistration,
  'oauth2/named-client': namedClient,
  'oauth2/password-grant': passwordGrant,
  'oauth2/pkce': pkce,
  'oauth2/pkce-binding': pkceBinding,
  'oauth2/promised-authentication': promisedAuthentication,
  'oauth2/promises': promises,
  'oauth2/refresh-token': refreshToken,
  'oauth2/registered-pages': registeredPages,
  'oauth2/registered-scheme': registeredScheme,
  'oauth2/registration': registration,
  'oauth2/registration-deletion': registrationDeletion,
  'oauth2/registration-management': registrationManagement,
  'oauth2/registration-update': registrationUpdate,
  'oauth2/relying-party': oauthRelyingParty,
  'oauth2/response-iss': responseIss,
  'oauth2/response-mode': responseMode,
  'oauth2/revocation': revocation,
  'oauth2/secret-assertion': secretAssertion,
  'oauth2/signed-metadata': signedMetadata,
  'oauth2/software-statement': softwareStatement,
  'oauth2/token-endpoint': tokenEndpoint,
  'oidc/authentication-request': authenticationRequest,
  'oidc/id-token': idToken,
  'oidc/cross-origin': oidcCrossOrigin,
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
