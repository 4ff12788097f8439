import { describedClient, registrationDenial } from '../client-registration.ts'
import { readMetadata, withoutEmpty } from '../client-metadata.ts'
import { seconds } from '../clock.ts'
import type { Context, Endpoint } from '../context.ts'
import { json, nothing, readBody } from '../http.ts'
import type { Client } from '../model.ts'

/** RFC 7591 §3. */
export const registrationEndpoint =
  (context: Context): Endpoint =>
  async (request) => {
    const { enforce, store, config, issuer, clock } = context
    const token = enforce.bearerToken(request.headers.get('authorization'))
    try {
      enforce.mayRegister(token, config.initialAccessToken)
      if (!enforce.registrationType(request.headers.get('content-type') ?? '')) return nothing(415)
      const text = await readBody(request)
      enforce.inputIsLookedThrough([['registration', text]])
      const sent = withoutEmpty(readMetadata(text))
      const described = describedClient(context, sent)
      const issuedAt = seconds(clock.now())
      const client: Client = {
        ...described,
        ...enforce.issuedCredentials(sent, described.authMethod, enforce.newSecret),
        issuedAt,
        secretExpiresAt: secretExpiry(context, issuedAt),
        registrationAccessToken: enforce.nextRegistrationToken(undefined, false, enforce.newSecret),
      }
      await enforce.clientIsKept(client, store)
      return json(
        enforce.registrationStatus(),
        enforce.newInformation(
          enforce.registrationAnswer(client, enforce.managementUri(issuer, config.paths.register, client.clientId)),
          sent,
        ),
        enforce.registrationHeaders(),
      )
    } catch (error) {
      return registrationDenial(context, error, { tokenShown: token !== undefined })
    }
  }

/** In seconds since the epoch; 0 for never. */
export const secretExpiry = ({ config }: Context, now: number): number =>
  config.clientSecretLifetime === 0 ? 0 : now + config.clientSecretLifetime
