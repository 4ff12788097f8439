import { exportJWK, generateKeyPair } from 'jose'
import { oauth21 } from '../../core/spec/oauth21.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { check } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { clientKey } from '../../harness/client/own-keys.ts'
import { registeredAccount } from '../../harness/client/registration.ts'
import { Inapplicable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { registeredInformation } from '../managing.ts'
import { registeredId, registeredWith, registering, webClient } from '../registering.ts'
import { scopesOf } from '../token-text.ts'

const needs = ['registration', 'client_secret_basic'] as const

const plain = webClient('https://rp.example/callback')

const isAscii = (text: string) => [...text].every((character) => character.charCodeAt(0) < 128)

const textsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

/**
 * What a client does not say is what RFC 7591 says for it. A server that registers something else even where it is asked
 * for the default does so on purpose, and says so.
 */
export const omittedMetadataHaveDefaults = check({
  proves: [rfc7591.authMethodDefault, rfc7591.grantTypesDefault, rfc7591.responseTypesDefault],
  needs,

  async run({ client, expect }) {
    const { token_endpoint_auth_method: method, grant_types: grants, response_types: responses, ...rest } = plain
    const defaults = { token_endpoint_auth_method: method, grant_types: grants, response_types: responses }
    await registering(client, plain, async (asked) => {
      await registering(client, rest, (left) => {
        const [explicit, implied] = [registeredInformation(asked), registeredInformation(left)]
        const told = (name: keyof typeof defaults) => {
          const isKept = JSON.stringify(explicit[name] ?? defaults[name]) === JSON.stringify(defaults[name])
          return isKept ? implied[name] : undefined
        }
        const breach = (name: string, owed: string) => ({
          expected: `${name} ${owed}`,
          actual: JSON.stringify(implied[name]),
        })
        const toldMethod = told('token_endpoint_auth_method')
        expect.that(
          toldMethod === undefined || toldMethod === method,
          breach('token_endpoint_auth_method', method),
          rfc7591.authMethodDefault,
        )
        // What refreshes a grant goes with the grant.
        expect.that(
          textsOf(told('grant_types')).every((one) => one === 'authorization_code' || one === 'refresh_token'),
          breach('grant_types', 'authorization_code'),
          rfc7591.grantTypesDefault,
        )
        expect.that(
          textsOf(told('response_types')).every((one) => one === 'code'),
          breach('response_types', 'code'),
          rfc7591.responseTypesDefault,
        )
      })
    })
  },
})

/** Each member has its type in JSON, and nothing else is registered in its place. */
export const wrongTypesAreNotRegistered = check({
  proves: [rfc7591.metadataTypes],
  needs,

  async run({ client, expect }) {
    const wrong = {
      client_name: [7, ['Assay']],
      client_uri: [{}, ['https://rp.example/']],
      scope: [['openid'], 1],
      software_id: [7, true],
      software_version: [1.5, { major: 1 }],
      contacts: ['people@rp.example', [7], [['people@rp.example']]],
      grant_types: ['authorization_code', { 0: 'authorization_code' }],
      redirect_uris: ['https://rp.example/callback', [{ uri: 'https://rp.example/callback' }]],
    }
    for (const [name, values] of Object.entries(wrong)) {
      for (const value of values) {
        await registering(client, { ...plain, [name]: value }, (answer) => {
          const kept = objectOf(answer)?.[name]
          expect.that(answer.status < 500 && (kept === undefined || JSON.stringify(kept) !== JSON.stringify(value)), {
            violation: answer.status < 500 ? 'accepted' : 'crashed',
            expected: `${name} in its own type, or a refusal`,
            actual: `${describeAnswer(answer)} for ${JSON.stringify(value)}`,
          })
        })
      }
    }
  },
})

/** What a server does not understand keeps nobody from being registered. */
export const unknownMetadataAreIgnored = check({
  proves: [rfc7591.unknownMetadataIgnored],
  needs,

  async run({ client, expect }) {
    const unknown = { assay_word: 'x', assay_number: 1, assay_object: { a: [1, null] }, 'assay_word#fr': 'x' }
    await registering(client, plain, (answer) => void registeredInformation(answer))
    for (const [name, value] of Object.entries(unknown)) {
      await registering(client, { ...plain, [name]: value }, (answer) => {
        expect.that(registeredId(answer) !== undefined, {
          violation: 'refused',
          expected: `a registration in spite of ${name}`,
          actual: describeAnswer(answer),
        })
      })
    }
  },
})

const breachOfKeys = (answer: HttpResponse, expected: string) =>
  ({ violation: 'accepted', expected, actual: `${describeAnswer(answer)}, and the jwks returned` }) as const

/** A client has its keys by value or by reference, and not both. */
export const keysStandInOnePlace = check({
  proves: [rfc7591.keysOnce],
  needs,

  async run({ client, expect }) {
    const jwks = { keys: [(await clientKey('ES256')).publicKey] }
    await registering(client, { ...plain, jwks, jwks_uri: 'https://rp.example/jwks' }, (answer) => {
      const information = objectOf(answer) ?? {}
      expect.that(information['jwks'] === undefined || information['jwks_uri'] === undefined, {
        violation: 'accepted',
        expected: 'one of jwks and jwks_uri',
        actual: `${describeAnswer(answer)}, and both`,
      })
    })
  },
})

/** What is no set of keys is not registered as one. */
export const brokenKeysAreNotRegistered = check({
  proves: [rfc7591.jwksIsKeySet],
  needs,

  async run({ client, expect }) {
    const broken = [
      'keys',
      [{ kty: 'RSA' }],
      { keys: 'none' },
      { keys: [1] },
      { keys: [{ e: 'AQAB' }] },
      { keys: [{ kty: 'RSA', e: 'AQAB' }] },
    ]
    for (const jwks of broken) {
      await registering(client, { ...plain, jwks }, (answer) => {
        const kept = JSON.stringify(objectOf(answer)?.['jwks'])
        expect.that(kept !== JSON.stringify(jwks), breachOfKeys(answer, 'a refusal of what is no JWK Set'))
      })
    }
  },
})

/** A key that only its owner may have is not kept where anybody who reads the registration sees it. */
export const privateKeysAreNotRegistered = check({
  proves: [rfc7591.jwksIsPublic],
  needs,

  async run({ client, expect }) {
    // What is sent is given away, so it is no key that anything else is signed with.
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const given = { ...(await exportJWK(privateKey)), kid: 'assay' }
    const secret = { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0', kid: 'assay' }
    for (const key of [given, secret]) {
      await registering(client, { ...plain, jwks: { keys: [key] } }, (answer) => {
        const { jwks } = objectOf(answer) ?? {}
        const keys = typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? textsOf(jwks.keys) : []
        const isPrivate = (one: unknown) => typeof one === 'object' && one !== null && ('d' in one || 'k' in one)
        expect.that(!keys.some(isPrivate), breachOfKeys(answer, 'public keys alone'))
      })
    }
  },
})

/** Grants and response types that contradict one another leave a client that can do nothing, or what nobody meant. */
export const contradictoryTypesAreNotRegistered = check({
  proves: [rfc7591.typesConsistent, rfc7591.invalidClientMetadata],
  needs: [...needs, 'authorization_code'],

  async run({ client, expect }) {
    const contradictions = [
      { grant_types: ['refresh_token'], response_types: ['code'] },
      { grant_types: ['authorization_code'], response_types: [] },
    ]
    for (const types of contradictions) {
      await registering(client, { ...plain, ...types }, (answer) => {
        const { error, grant_types: grants, response_types: responses } = objectOf(answer) ?? {}
        const actual = describeAnswer(answer)
        if (registeredId(answer) === undefined) {
          const known = error === 'invalid_client_metadata'
          expect.that(
            known,
            { violation: 'wrong-error', expected: 'the error invalid_client_metadata', actual },
            rfc7591.invalidClientMetadata,
          )
          return
        }
        if (!Array.isArray(grants) || !Array.isArray(responses)) return
        const usesCode = responses.some((one) => typeof one === 'string' && one.split(' ').includes('code'))
        expect.that(
          grants.includes('authorization_code') === usesCode,
          { violation: 'accepted', expected: 'types that go together', actual: `${actual}, and both as they were` },
          rfc7591.typesConsistent,
        )
      })
    }
  },
})

/** A value that is refused is refused by name: 400, and a JSON object that says what kind of error it is. */
export const invalidMetadataAreReported = check({
  proves: [rfc7591.invalidClientMetadata, rfc7591.errorStatus, rfc7591.errorMember, rfc7591.errorDescriptionAscii],
  needs,

  async run({ client, expect }) {
    const invalid = [
      { token_endpoint_auth_method: 'assay-no-such-method' },
      { grant_types: 'authorization_code' },
      { grant_types: ['assay-no-such-grant'] },
      { response_types: ['assay-no-such-type'] },
    ]
    for (const metadata of invalid) {
      await registering(client, { ...plain, ...metadata }, (answer) => {
        if (answer.status < 300) return
        const { error, error_description: description } = objectOf(answer) ?? {}
        const actual = describeAnswer(answer)
        const owed = (expected: string) => ({ violation: 'malformed', expected, actual }) as const
        expect.response(answer, rfc7591.errorStatus).toHaveStatus(400)
        const named = typeof error === 'string' && /^[\x20-\x7E]+$/.test(error)
        expect.that(named, owed('a JSON object with the member error'), rfc7591.errorMember)
        expect.that(
          !named || error === 'invalid_client_metadata',
          { violation: 'wrong-error', expected: 'the error invalid_client_metadata', actual },
          rfc7591.invalidClientMetadata,
        )
        const ascii = description === undefined || (typeof description === 'string' && isAscii(description))
        expect.that(ascii, owed('an error_description in ASCII'), rfc7591.errorDescriptionAscii)
      })
    }
  },
})

/** Codes go over https, stay on the machine, or reach an application by a scheme of its own. */
export const strayRedirectUrisAreNotRegistered = check({
  proves: [rfc7591.redirectUriKinds],
  needs,

  async run({ client, expect }) {
    const uri = 'http://rp.example/callback'
    await registering(client, webClient(uri), (answer) => {
      expect.that(registeredWith(answer, uri) === undefined, {
        violation: 'accepted',
        expected: `a refusal of ${uri}`,
        actual: describeAnswer(answer),
      })
    })
  },
})

/** A client that registered nowhere to be redirected to redirects nobody. */
export const clientWithoutUrisRedirectsNobody = check({
  proves: [rfc7591.redirectUrisRegistered, oauth21.redirectUrisRegistered],
  needs: [...needs, 'authorization_code'],

  async run({ client, expect }) {
    const { redirect_uris: _left, ...rest } = plain
    const unredirected = [rest, { ...rest, grant_types: ['client_credentials'], response_types: [] }]
    for (const metadata of unredirected) {
      await registering(client, metadata, async (answer) => {
        const id = registeredId(answer)
        if (id === undefined || textsOf(objectOf(answer)?.['redirect_uris']).length > 0) return
        const unregistered = { client_id: id, redirect_uri: 'https://rp.example/callback' }
        expect.arrival(await client.requestAuthorization(unregistered)).toStayAtServer()
      })
    }
  },
})

/** A client is granted no scope besides those that it was registered for. */
export const registeredScopeIsTheLimit = check({
  proves: [rfc7591.scopeLimits],
  needs: [...needs, 'client_credentials'],

  async run({ client, expect }) {
    const known = [...scopesOf(client.account.scope)].filter((one) => one !== 'openid' && one !== 'offline_access')
    const asked = async (scope: string | undefined) => {
      const answer = await client.clientCredentials(scope === undefined ? {} : { scope })
      return answer.status === 200 ? scopesOf(objectOf(answer)?.['scope'] ?? scope) : new Set<string>()
    }
    const grantable: string[] = []
    for (const one of known) if ((await asked(one)).has(one)) grantable.push(one)
    const [own, other] = grantable
    if (own === undefined || other === undefined)
      throw new Inapplicable('the server grants a client fewer than two scopes of its own')
    const metadata = {
      ...plain,
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
      scope: own,
    }
    await registering(client, metadata, async (answer) => {
      const { scope } = registeredInformation(answer)
      if (typeof scope !== 'string' || scopesOf(scope).has(other))
        throw new Inapplicable('the server registers no scope, or more than was asked for, and says so')
      const granted = await client.as(registeredAccount(answer, metadata)).clientCredentials({ scope: other })
      const got = granted.status === 200 ? scopesOf(objectOf(granted)?.['scope'] ?? other) : new Set()
      expect.that(!got.has(other), {
        violation: 'accepted',
        expected: `no more than the scope ${own}`,
        actual: `${describeAnswer(granted)} for ${other}`,
      })
    })
  },
})

/** What is kept in several languages is kept without one as well. */
export const untaggedValueStaysBeside = check({
  proves: [rfc7591.untaggedBeside],
  needs,

  async run({ client, expect }) {
    const metadata = { ...plain, client_uri: 'https://rp.example/' }
    const inOthers = {
      'client_name#fr': 'Essai',
      'client_uri#fr': 'https://rp.example/fr',
      'client_uri#en': 'https://rp.example/en',
    }
    await registering(client, { ...metadata, ...inOthers }, (answer) => {
      const information = registeredInformation(answer)
      const tagged = Object.keys(information).filter((name) => /^client_(?:name|uri)#/.test(name))
      if (tagged.length === 0) throw new Inapplicable('the server keeps nothing in several languages')
      for (const name of tagged.map((one) => one.replace(/#.*/, ''))) {
        expect.that(information[name] !== undefined, {
          violation: 'missing-value',
          expected: `${name} beside ${name}#fr`,
          actual: `${name}#fr alone`,
        })
      }
    })
  },
})
