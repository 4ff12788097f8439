import type { Dialect } from '../dialect.ts'
import { authorizationScope } from '../rules/authorization-request.ts'
import { metadataCapabilities, publishedKeys } from '../rules/metadata.ts'
import { activeAnswer, userinfoClaims } from '../rules/protected-resource.ts'
import { registrationAnswer } from '../rules/registration.ts'
import { entityAttributes } from '../rules/saml-metadata.ts'
import { audiences, conditionTimes, statements, statusCodes } from '../rules/saml-response.ts'
import { signatureElement } from '../rules/saml-signature.ts'
import { postForm } from '../rules/saml-binding.ts'
import { namespaces } from '../saml/names.ts'
import { canonicalXml, element } from '../saml/xml.ts'
import { renamed, spaced } from './xml-spelling.ts'
import { errorBody, tokenResponseBody } from '../rules/token-endpoint.ts'
import { accessTokenClaims, idTokenIsDue, idTokenTimes } from '../rules/tokens.ts'

/** A member that no specification knows. */
const extra = { 'https://as.example/extra': { kept: ['for', 1, null] } }

/** Every lawful deviation, by id. */
export const dialects: readonly Dialect[] = [
  {
    id: 'no-error-description',
    lawful: 'RFC 6749 §5.2: error_description is optional',
    swap: { errorBody: (error) => ({ error: error.code }) },
  },
  {
    id: 'opaque-access-tokens',
    lawful: 'RFC 6749 §1.4: an access token is a string that only the server need understand',
    config: { accessTokenFormat: 'opaque' },
  },
  {
    id: 'redirects-with-302',
    lawful: 'RFC 9700 §4.12 forbids 307 only',
    swap: { redirectStatus: () => 302 },
  },
  {
    id: 'no-rotation',
    lawful: 'RFC 6749 §6: a server may issue a new refresh token, and RFC 9700 §2.2.2 wants it for public clients only',
    config: { rotateRefreshTokens: false },
  },
  {
    id: 'extra-members',
    lawful: 'RFC 6749 §5.1 and OpenID Connect Core §2: clients ignore members that they do not know',
    swap: {
      tokenResponseBody: (response) => ({ ...tokenResponseBody.apply(response), ...extra }),
      errorBody: (error) => ({ ...errorBody.apply(error), error_uri: 'https://as.example/errors', ...extra }),
      userinfoClaims: (user, token) => ({ ...userinfoClaims.apply(user, token), ...extra }),
      activeAnswer: (token, issuer) => ({ ...activeAnswer.apply(token, issuer), ...extra }),
      registrationAnswer: (client, uri) => ({ ...registrationAnswer.apply(client, uri), ...extra }),
      metadataCapabilities: (config) => ({ ...metadataCapabilities.apply(config), ...extra }),
      accessTokenClaims: (token, issuer) => ({ ...accessTokenClaims.apply(token, issuer), ...extra }),
      idTokenTimes: (facts) => ({ ...idTokenTimes.apply(facts), ...extra }),
    },
  },
  {
    id: 'another-case',
    lawful:
      'RFC 6749 §5.1: token_type is case insensitive, and so are media types and directives by RFC 9110 §8.3.1 and RFC 9111 §5.2',
    swap: {
      tokenResponseBody: (response) => ({ ...tokenResponseBody.apply(response), token_type: 'bearer' }),
      tokenResponseHeaders: () => ({
        'content-type': 'Application/JSON;charset=UTF-8',
        'cache-control': 'Private, No-Store',
        pragma: 'No-Cache',
      }),
      metadataHeaders: () => ({ 'content-type': 'Application/JSON; Charset="utf-8"' }),
      userinfoHeaders: () => ({ 'content-type': 'Application/JSON; Charset="utf-8"' }),
      clientChallenge: (error, usedHeader) =>
        error.code === 'invalid_client' && usedHeader ? 'bASIC realm="clients"' : undefined,
      pageHeaders: () => ({ 'content-type': 'Text/HTML; Charset=UTF-8', 'x-frame-options': 'sameorigin' }),
    },
  },
  {
    id: 'audience-as-a-list',
    lawful: 'OpenID Connect Core §2: aud is a list, or a single text in the common case of one audience',
    swap: { idTokenAudience: (facts) => [facts.clientId] },
  },
  {
    id: 'no-access-token-hash',
    lawful: 'OpenID Connect Core §3.1.3.6: at_hash is optional in the code flow',
    swap: { accessTokenHash: () => undefined },
  },
  {
    id: 'no-id-token-by-refresh',
    lawful: 'OpenID Connect Core §12.2: the answer to a refresh need not contain an ID token',
    swap: { idTokenIsDue: (scopes, occasion) => occasion === 'code' && idTokenIsDue.apply(scopes, occasion) },
  },
  {
    id: 'no-registration',
    lawful: 'RFC 8414 §2: registration_endpoint is optional',
    config: { registration: false },
  },
  {
    id: 'no-introspection',
    lawful: 'RFC 8414 §2: introspection_endpoint is optional',
    config: { introspection: false },
  },
  {
    id: 'issuer-with-a-path',
    lawful: 'RFC 8414 §3.1 and OpenID Connect Discovery §4.1: an issuer may have a path',
    config: { issuerPath: '/tenants/one' },
  },
  {
    id: 'plain-pkce',
    lawful: 'RFC 7636 §4.2: clients that cannot do better may use plain, where the server supports it',
    config: { plainPkce: true },
  },
  {
    id: 'shorter-lifetimes',
    lawful: 'RFC 6749 §4.1.2 and §5.1: a code lives ten minutes at most, and a token as long as the server says',
    config: { lifetimes: { code: 20, accessToken: 60, idToken: 60, refreshToken: 3600, session: 600, assertion: 60 } },
  },
  {
    id: 'invalid-client-with-400',
    lawful: 'RFC 6749 §5.2: 401 is owed only where the client used the Authorization header',
    swap: { errorStatus: (error, usedHeader) => (error.code === 'invalid_client' && usedHeader ? 401 : 400) },
  },
  {
    id: 'ignores-unknown-scopes',
    lawful: 'RFC 6749 §3.3: the server may ignore a scope that was asked for, if it names what it granted',
    swap: {
      authorizationScope: (client, scope, prompts, supported) => {
        const known = scope?.split(' ').filter((one) => supported.includes(one)) ?? []
        return authorizationScope.apply(client, known.length > 0 ? known.join(' ') : undefined, prompts, supported)
      },
    },
  },
  {
    id: 'key-for-encryption',
    lawful: 'OpenID Connect Discovery §3: the key set may also hold keys for encryption, if each says its use',
    swap: {
      publishedKeys: (keys) => [
        ...publishedKeys.apply(keys),
        { ...keys.RS256.jwk, kid: 'encryption', use: 'enc', alg: 'RSA-OAEP-256' },
      ],
    },
  },
  {
    id: 'saml-other-prefixes',
    lawful: 'Namespaces in XML 1.0 §3: a prefix is a placeholder for its namespace and means nothing by itself',
    swap: {
      canonicalForm: (root) =>
        canonicalXml(renamed(root, { samlp: 'p', saml: '', md: '', ds: 'sig' }), {
          p: namespaces.samlp,
          '': root.name.startsWith('md:') ? namespaces.md : namespaces.saml,
          sig: namespaces.ds,
        }),
    },
  },
  {
    id: 'saml-white-space',
    lawful: 'XML 1.0 §2.10: white space may set markup apart, and SAML Bindings §3.5.4 lets base64 be wrapped',
    swap: {
      canonicalForm: (root) => canonicalXml(spaced(root)),
      postForm: (...facts) => {
        const form = postForm.apply(...facts)
        const [response, ...others] = form.controls
        if (response === undefined) return form
        const value = response.value.replaceAll(/.{76}/g, '$&\r\n')
        return { ...form, controls: [...others, { type: 'hidden', name: 'extra', value: 'x' }, { ...response, value }] }
      },
    },
  },
  {
    id: 'saml-response-signed-only',
    lawful: 'SAML Core §5.3: an assertion inherits the signature of the response around it',
    swap: { protectedResponse: ({ assertions, around }, sign) => sign(around(assertions)) },
  },
  {
    id: 'saml-no-key-info',
    lawful: 'SAML Core §5.4.5: KeyInfo may be absent',
    swap: {
      signatureElement: (...facts) => {
        const signature = signatureElement.apply(...facts)
        return { ...signature, children: signature.children.slice(0, 2) }
      },
    },
  },
  {
    id: 'saml-more-content',
    lawful: 'SAML Profiles §4.1.4.2: other statements, conditions and audiences may be there as well',
    swap: {
      audiences: (facts) => ['urn:example:federation', ...audiences.apply(facts)],
      statements: (facts) => [
        element(
          'saml:AttributeStatement',
          {},
          ...Object.entries(facts.user.claims).map(([name, value]) =>
            element('saml:Attribute', { Name: name }, element('saml:AttributeValue', {}, String(value))),
          ),
        ),
        ...statements.apply(facts),
      ],
    },
  },
  {
    id: 'saml-longer-validity',
    lawful: 'SAML Core §2.5.1.2: how long an assertion is valid is for its issuer to say',
    config: {
      lifetimes: { code: 60, accessToken: 600, idToken: 600, refreshToken: 3600, session: 3600, assertion: 8 * 3600 },
    },
    swap: {
      conditionTimes: (facts) => ({ ...conditionTimes.apply(facts), NotBefore: facts.time(facts.now - 5 * 60_000) }),
    },
  },
  {
    id: 'saml-first-status-only',
    lawful: 'SAML Core §3.2.2.2: responders may leave out subordinate status codes',
    swap: { statusCodes: (error) => [statusCodes.apply(error)[0]] },
  },
  {
    id: 'saml-valid-until',
    lawful: 'SAML Metadata §2.3.2: the root has validUntil or cacheDuration',
    swap: {
      entityAttributes: (entityId) => ({
        ...entityAttributes.apply(entityId),
        cacheDuration: undefined,
        validUntil: '2099-01-01T00:00:00Z',
      }),
    },
  },
]
