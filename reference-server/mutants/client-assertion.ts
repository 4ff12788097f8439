import { createHmac } from 'node:crypto'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc7523 } from '../../core/spec/rfc7523.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { mutants } from '../mutant.ts'
import { OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/client-authentication.ts'

const { apply: right } = rules.receivedAssertion
const { apply: hasMac } = rules.assertionHasMac

const denied = () => new OAuthError('invalid_client', 'client authentication failed')

export const receivedAssertion = mutants(rules.receivedAssertion, {
  'asks for no type': {
    fault: 'the server takes one type of assertion, so nobody looks which it is said to be',
    breaks: [rfc7523.assertionTypeNamed],
    apply: (_type, value) => right(rules.assertionType, value),
  },
  'lets the type be missing': {
    fault: 'where only one type is known, a client that names none was thought to mean that one',
    breaks: [rfc7523.assertionTypeNamed],
    apply: (type, value) => right(type ?? rules.assertionType, value),
  },
  'takes the name of the grant': {
    fault: 'the grant and the type of assertion end alike, and the end is what is compared',
    breaks: [rfc7523.assertionTypeNamed],
    apply: (type, value) => right(type?.endsWith(':jwt-bearer') ? rules.assertionType : type, value),
  },
  'takes the first of several': {
    fault: 'a value is a list for the framework, and the first of a list is taken',
    breaks: [rfc7523.singleAssertion],
    apply: (type, value) => right(type, value.split(/[\s,]+/)[0] ?? ''),
  },
  'reads as far as a JWT goes': {
    fault: 'the regular expression that finds the three parts has no end',
    breaks: [rfc7523.singleAssertion],
    apply: (type, value) => right(type, /^[\w-]+\.[\w-]+\.[\w-]+/.exec(value)?.[0] ?? value),
  },
})

export const assertionHasMac = mutants(rules.assertionHasMac, {
  'does not look at the MAC': {
    fault: 'the JWT is decoded where it should be verified',
    breaks: [rfc7523.signed, rfc7523.otherwiseValid],
    apply() {},
  },
  'takes alg none': {
    fault: 'the library honours the algorithm that the header names',
    breaks: [rfc7523.signed],
    apply(client, assertion) {
      if (assertion.header['alg'] !== 'none') hasMac(client, assertion)
    },
  },
  'compares as far as the shorter': {
    fault: 'a comparison in constant time stops at the end of the shorter text',
    breaks: [rfc7523.signed],
    apply({ secret = '', ...client }, assertion) {
      const { signature, input, header } = assertion
      const right = rules.macOf(input, secret)
      const isPart = signature.length < right.length && right.startsWith(signature)
      if (!isPart || header['crit'] !== undefined) hasMac({ ...client, secret }, assertion)
    },
  },
  'takes a MAC that has no key': {
    fault: 'the secret is looked up under another name in one place, and of nothing an empty key is made',
    breaks: [rfc7523.signed],
    apply(client, assertion) {
      if (rules.macOf(assertion.input, '') !== assertion.signature) hasMac(client, assertion)
    },
  },
  'takes the name for the secret': {
    fault: 'clients without a secret of their own were given their name for one',
    breaks: [rfc7523.signed],
    apply(client, assertion) {
      if (rules.macOf(assertion.input, client.clientId) !== assertion.signature) hasMac(client, assertion)
    },
  },
  'decodes the secret first': {
    fault: 'secrets are printed in base64, so what they stand for was taken for the key',
    breaks: [oidcCore.assertionMacKey],
    apply({ secret = '' }, { input, signature }) {
      if (rules.macOf(input, Buffer.from(secret, 'base64url')) !== signature) throw denied()
    },
  },
  'reads the secret as latin-1': {
    fault: 'the platform reads text into octets by its old default',
    breaks: [oidcCore.assertionMacKey],
    apply({ secret = '' }, { input, signature }) {
      if (rules.macOf(input, Buffer.from(secret, 'latin1')) !== signature) throw denied()
    },
  },
  'makes MACs by a longer digest': {
    fault: 'the library makes them by SHA-512 unless told otherwise, and its own client was what it was tried with',
    breaks: [rfc8414.signingAlgsSupported],
    apply({ secret = '' }, { header, input, signature }) {
      const right = createHmac('sha512', secret).update(input).digest('base64url')
      if (header['alg'] !== 'HS512' || right !== signature) throw denied()
    },
  },
  'does not know crit': {
    fault: 'header parameters that are not understood are ignored, those that must not be among them',
    breaks: [rfc7523.otherwiseValid],
    apply(client, assertion) {
      const { crit: _, ...header } = assertion.header
      hasMac(client, { ...assertion, header })
    },
  },
  'says the grant is invalid': {
    fault: 'the code for assertions as grants is used for those of clients too',
    breaks: [rfc7523.invalidClient],
    apply(client, assertion) {
      try {
        hasMac(client, assertion)
      } catch (cause) {
        throw new OAuthError('invalid_grant', 'the assertion is wrong', { cause })
      }
    },
  },
})
