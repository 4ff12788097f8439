import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { check } from '../../harness/check.ts'
import { objectOf } from '../../harness/client/http.ts'
import type { ProtocolClient } from '../../harness/client/protocol-client.ts'
import { Untestable } from '../../harness/error.ts'
import { stringsMember } from '../../harness/target/metadata.ts'

const callback = 'https://rp.example/callback'
const other = 'https://rp.example/assay-other'

/** Names that people, and some libraries, take for redirect_uris: in another case, and with another letter for the s. */
const lookAlikes = ['Redirect_URIs', 'REDIRECT_URIS', 'redirect_uri\u{17f}', '\u{ff52}edirect_uris']

/** A member is the one that its name spells, however its characters are escaped, and no other. */
export const namesInJsonAreComparedAsText = check({
  proves: [rfc8414.stringComparison],
  needs: ['registration', 'client_secret_basic'],

  async run({ client, expect }) {
    if ((await registeredUris(client, {})) === undefined) throw new Untestable('the server registers nobody')

    const escaped = await registeredUris(client, {}, 'redirect\\u005furi\\u0073')
    expect.that(escaped?.includes(callback) ?? false, {
      violation: 'refused',
      expected: 'redirect_uris to be understood with characters escaped',
      actual: escaped === undefined ? 'no registration' : 'a registration without it',
    })
    for (const name of lookAlikes) {
      const taken = await registeredUris(client, { [name]: [other] })

      expect.that(!taken?.includes(other), {
        violation: 'accepted',
        expected: `${name} to be another name than redirect_uris`,
        actual: 'what stands under it was registered',
      })
    }
  },
})

/** The redirection URIs with which the server says that it registered a client; `undefined` where it registers none. */
async function registeredUris(
  client: ProtocolClient,
  more: Readonly<Record<string, unknown>>,
  spelling = 'redirect_uris',
): Promise<readonly string[] | undefined> {
  const metadata = {
    client_name: 'Assay',
    redirect_uris: [callback],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    ...more,
  }
  const answer = await client.register(JSON.stringify(metadata).replace('redirect_uris', spelling))
  await client.unregister(answer)
  const body = objectOf(answer) ?? {}
  return typeof body['client_id'] === 'string' ? (stringsMember(body, 'redirect_uris') ?? []) : undefined
}
