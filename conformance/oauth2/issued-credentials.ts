import { createHash } from 'node:crypto'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import { registeredAccount } from '../../harness/client/registration.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { type Information, registeredInformation } from '../managing.ts'
import { nativeApp, registering, webClient } from '../registering.ts'
import { expectUnguessable } from '../token-text.ts'

const needs = ['registration', 'client_secret_basic'] as const

const plain = webClient('https://rp.example/callback')

/** Clients that have nothing in common have neither a name nor a secret in common. */
export const clientsAreToldApart = check({
  proves: [rfc6749.clientIdUnique, rfc7591.clientIdUnique, rfc7591.secretUnique],
  needs,

  async run({ client, expect }) {
    const unlike = { ...webClient('https://rp.example/elsewhere'), client_name: 'Another', software_version: '2' }
    await registering(client, plain, async (one) => {
      await registering(client, unlike, (other) => {
        const [first, second] = [registeredInformation(one), registeredInformation(other)]
        const same = (name: string) => first[name] !== undefined && first[name] === second[name]
        for (const about of [rfc6749.clientIdUnique, rfc7591.clientIdUnique]) {
          expect.that(
            !same('client_id'),
            { expected: 'two clients with a client_id each', actual: 'one client_id for both' },
            about,
          )
        }
        expect.that(
          !same('client_secret'),
          { expected: 'a client_secret of its own for each client', actual: 'one secret for both' },
          rfc7591.secretUnique,
        )
      })
    })
  },
})

/** Nobody who knows the name of a client, and the secrets of others, comes any nearer to its own. */
export const secretsAreUnguessable = check({
  proves: [rfc6749.tokensUnguessable, rfc6749.tokensHardToGuess],
  needs,

  async run({ client, expect }) {
    const secrets: string[] = []
    for (let count = 0; count < 8; count++) {
      await registering(client, plain, (answer) => {
        const { client_id: id, client_secret: secret } = registeredInformation(answer)
        if (typeof id !== 'string' || typeof secret !== 'string')
          throw new Inapplicable('the server gives no secret to clients that register themselves')
        secrets.push(unknownOf(secret, id))
      })
    }

    expectUnguessable(expect, 'client secrets', secrets)
  },
})

/** What is left to guess of a secret for whoever knows the client_id, which everybody may. */
function unknownOf(secret: string, id: string): string {
  const hashes = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'].map((name) => createHash(name).update(id).digest())
  const derived = [...hashes, Buffer.from(id)].flatMap((octets) =>
    (['hex', 'base64', 'base64url'] as const).map((encoding) => octets.toString(encoding)),
  )
  if (derived.some((one) => one.toLowerCase() === secret.toLowerCase())) return ''
  // A shorter name may stand in a secret by chance.
  return id.length < 8 ? secret : secret.replaceAll(id, '')
}

/** Who a client is and what it proves that by are the server's to say. */
export const chosenCredentialsAreNotTaken = check({
  proves: [rfc7591.clientIdIssued, rfc7591.secretUnique],
  needs,

  async run({ client, expect }) {
    const chosen = {
      client_id: 'assay-chose-this-client-id',
      client_secret: 'assay-chose-this-very-long-client-secret',
    }
    await registering(client, { ...plain, ...chosen }, async (answer) => {
      const { client_id: id, client_secret: secret } = objectOf(answer) ?? {}
      const taken = { violation: 'accepted', actual: 'the one that the client had chosen' } as const
      expect.that(
        id !== chosen.client_id,
        { ...taken, expected: 'a client_id that the server made' },
        rfc7591.clientIdIssued,
      )
      // Where two clients can choose the same, their secrets are not their own.
      expect.that(
        secret !== chosen.client_secret,
        { ...taken, expected: 'a client_secret that the server made' },
        rfc7591.secretUnique,
      )
    })
  },
})

/** Instances of one software may share their name, and share no secret even then. */
export const instancesShareNoSecret = check({
  proves: [rfc7591.secretPerInstance],
  needs,

  async run({ client, expect }) {
    const software = { ...plain, software_id: '4NRB1-0XZABZI9E6-5SM3R', software_version: '1' }
    await registering(client, software, async (one) => {
      await registering(client, software, (other) => {
        const [first, second] = [registeredInformation(one), registeredInformation(other)]
        if (first['client_id'] !== second['client_id'])
          throw new Inapplicable('the server gives every instance a client_id of its own')
        expect.that(first['client_secret'] === undefined || first['client_secret'] !== second['client_secret'], {
          expected: 'a client_secret of its own for each instance',
          actual: 'one secret for both',
        })
      })
    })
  },
})

/** A client that authenticates by a secret is given one. */
export const confidentialClientGetsASecret = check({
  proves: [rfc7591.secretForConfidential],
  needs: ['registration'],

  async run({ client, expect, target }) {
    const methods = (['client_secret_basic', 'client_secret_post', 'client_secret_jwt'] as const).filter((method) =>
      target.capabilities.has(method),
    )
    if (methods.length === 0) throw new Inapplicable('the metadata lists no method by which a secret is used')
    for (const method of methods) {
      await registering(client, { ...plain, token_endpoint_auth_method: method }, (answer) => {
        const information = registeredInformation(answer)
        if (!isOfMethod(information, method)) return
        expect.that(typeof information['client_secret'] === 'string', {
          violation: 'missing-value',
          expected: `a client_secret for ${method}`,
          actual: 'none',
        })
      })
    }
  },
})

/** A secret that is the key of a MAC is no shorter than what comes out of it: 32 octets of SHA-256. */
export const secretIsLongEnoughForAMac = check({
  proves: [oidcCore.secretFitsMac],
  needs: ['registration', 'client_secret_jwt', 'openid'],

  async run({ client, expect }) {
    const metadata = { ...plain, token_endpoint_auth_method: 'client_secret_jwt' }
    await registering(client, metadata, (answer) => {
      const information = registeredInformation(answer)
      const secret = information['client_secret']
      if (!isOfMethod(information, 'client_secret_jwt') || typeof secret !== 'string')
        throw new Inapplicable('the server registers no client that makes MACs')
      const octets = Buffer.byteLength(secret)
      expect.that(octets >= 32, {
        violation: 'malformed',
        expected: 'a client_secret of 32 octets or more',
        actual: `one of ${octets}`,
      })
    })
  },
})

/** A client that cannot keep a secret is given none, whatever it runs on. */
export const publicClientGetsNoSecret = check({
  proves: [rfc7591.publicClientHasNoSecret],
  needs: ['registration', 'public_client'],

  async run({ client, expect }) {
    const clients = [nativeApp('http://127.0.0.1/callback'), { ...plain, token_endpoint_auth_method: 'none' }]
    for (const metadata of clients) {
      await registering(client, metadata, (answer) => {
        const information = objectOf(answer) ?? {}
        expect.that(!isOfMethod(information, 'none') || information['client_secret'] === undefined, {
          violation: 'leaked',
          expected: 'no client_secret',
          actual: 'one',
        })
      })
    }
  },
})

/** What is registered is in force at once: the client authenticates with what it was given. */
export const newClientIsKnown = check({
  proves: [rfc7591.metadataAssociated],
  needs: [...needs, 'authorization_code'],

  async run({ client, expect }) {
    await registering(client, plain, async (answer) => {
      registeredInformation(answer)
      const registered = client.as(registeredAccount(answer, plain))
      if (registered.account.client_secret === undefined) throw new Untestable('the client was given no secret')
      const unheardOf = { value: 'no-such-code', redirectUri: registered.redirectUri, verifier: 'v'.repeat(43) }

      const denied = await registered.redeem({ ...unheardOf, response: new Map() })
      expect.that(objectOf(denied)?.['error'] !== 'invalid_client', {
        violation: 'refused',
        expected: 'the client to be authenticated',
        actual: describeAnswer(denied),
      })
    })
  },
})

/** A secret is good as long as its client was told, and no longer. */
export const expiredSecretIsRefused = check({
  proves: [rfc7591.secretExpires],
  needs: [...needs, 'authorization_code', 'clock'],

  async run({ client, expect, wait }) {
    await registering(client, plain, async (answer) => {
      const { client_secret_expires_at: expiry } = registeredInformation(answer)
      if (typeof expiry !== 'number' || expiry === 0) throw new Inapplicable('the secrets of clients do not expire')
      const registered = client.as(registeredAccount(answer, plain))
      await wait(expiry * 1000 - client.now() + 60_000)

      const code = { value: 'no-such-code', redirectUri: registered.redirectUri, verifier: 'v'.repeat(43) }
      expect.response(await registered.redeem({ ...code, response: new Map() })).toBeOAuthError('invalid_client')
    })
  },
})

/** Times are seconds since the epoch, and neither dates nor milliseconds. */
export const timesAreInSeconds = check({
  proves: [rfc7591.timesInSeconds],
  needs,

  async run({ client, expect }) {
    await registering(client, plain, (answer) => {
      const { client_id_issued_at: issued, client_secret_expires_at: expiry } = registeredInformation(answer)
      const now = client.now() / 1000
      const isNear = typeof issued === 'number' && Math.abs(issued - now) < day
      const isAhead = typeof expiry === 'number' && (expiry === 0 || (expiry > now - day && expiry < now + 1000 * year))
      const breach = { violation: 'malformed', expected: 'seconds since the epoch' } as const
      expect.that(issued === undefined || isNear, { ...breach, actual: `client_id_issued_at ${String(issued)}` })
      expect.that(expiry === undefined || isAhead, { ...breach, actual: `client_secret_expires_at ${String(expiry)}` })
    })
  },
})

/** In seconds. */
const day = 24 * 3600
const year = 365 * day

/** An answer with credentials is kept by nobody on its way. */
export const credentialsAreNotStored = check({
  proves: [rfc6749.noStore],
  needs,

  async run({ client, expect }) {
    await registering(client, plain, (answer) => {
      if (registeredInformation(answer)['client_secret'] === undefined)
        throw new Inapplicable('the answer holds no client_secret')
      expect.response(answer).toHaveHeader('cache-control', /(?:^|[\s,])no-store(?:$|[\s,])/i, 'no-store')
    })
  },
})

/** Whether a client was registered for a method; an answer that does not name any has what was asked for. */
const isOfMethod = ({ token_endpoint_auth_method: method }: Information, asked: string) =>
  method === undefined || method === asked
