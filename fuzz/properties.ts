import { collectProperties, type Property } from '../harness/property.ts'
import * as accessToken from './properties/access-token.ts'
import * as anotherClient from './properties/another-client.ts'
import * as authorizationCode from './properties/authorization-code.ts'
import * as authorizationRequest from './properties/authorization-request.ts'
import * as clientAssertion from './properties/client-assertion.ts'
import * as clientAuthentication from './properties/client-authentication.ts'
import * as clientCredentials from './properties/client-credentials.ts'
import * as cost from './properties/cost.ts'
import * as forms from './properties/forms.ts'
import * as grantLifecycle from './properties/grant-lifecycle.ts'
import * as headers from './properties/headers.ts'
import * as introspection from './properties/introspection.ts'
import * as jwtAccessToken from './properties/jwt-access-token.ts'
import * as lateToken from './properties/late-token.ts'
import * as pkce from './properties/pkce.ts'
import * as races from './properties/races.ts'
import * as redirectSurfaces from './properties/redirect-surfaces.ts'
import * as redirectUri from './properties/redirect-uri.ts'
import * as refreshToken from './properties/refresh-token.ts'
import * as registeredPattern from './properties/registered-pattern.ts'
import * as registration from './properties/registration.ts'
import * as samlQuery from './properties/saml-query.ts'
import * as samlRequest from './properties/saml-request.ts'
import * as signInSteps from './properties/sign-in-steps.ts'

/** Every property, its id made of its place and its name. */
export const properties: readonly Property[] = collectProperties({
  'fuzz/access-token': accessToken,
  'fuzz/another-client': anotherClient,
  'fuzz/authorization-code': authorizationCode,
  'fuzz/authorization-request': authorizationRequest,
  'fuzz/client-assertion': clientAssertion,
  'fuzz/client-authentication': clientAuthentication,
  'fuzz/client-credentials': clientCredentials,
  'fuzz/cost': cost,
  'fuzz/forms': forms,
  'fuzz/grant-lifecycle': grantLifecycle,
  'fuzz/headers': headers,
  'fuzz/introspection': introspection,
  'fuzz/jwt-access-token': jwtAccessToken,
  'fuzz/late-token': lateToken,
  'fuzz/pkce': pkce,
  'fuzz/races': races,
  'fuzz/redirect-surfaces': redirectSurfaces,
  'fuzz/redirect-uri': redirectUri,
  'fuzz/refresh-token': refreshToken,
  'fuzz/registered-pattern': registeredPattern,
  'fuzz/registration': registration,
  'fuzz/saml-query': samlQuery,
  'fuzz/saml-request': samlRequest,
  'fuzz/sign-in-steps': signInSteps,
})
