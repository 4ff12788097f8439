import { type HttpClient, type HttpResponse, NoAnswer, objectOf } from '../client/http.ts'
import { HarnessError } from '../error.ts'
import { printable } from '../printable.ts'
import { stringMember } from './metadata.ts'
import type { ServerMetadata } from './target.ts'

export interface Discovered {
  readonly metadata: ServerMetadata
  readonly metadataUrl: string
  /** Whether the RFC 8414 place answers too. */
  readonly oauthMetadata: boolean
}

/**
 * Fetches the metadata from where it is said to be, else from the well-known places, and checks whose it is. Throws a
 * {@link HarnessError}: `TARGET_UNREACHABLE`, `METADATA_INVALID` or `ISSUER_MISMATCH`. Members keep whatever type they came with.
 */
export async function discover(issuer: string, http: HttpClient, metadataUrl?: string): Promise<Discovered> {
  if (!URL.canParse(issuer)) {
    throw new HarnessError('TARGET_FILE_INVALID', `the issuer ${printable(issuer)} is no URL`, {
      hint: 'write the issuer as the server publishes it, with its scheme: https://issuer.example',
    })
  }
  const oauthPlace = oauthMetadataUrl(issuer)
  const answers: string[] = []
  for (const place of metadataUrl === undefined ? wellKnownPlaces(issuer) : [metadataUrl]) {
    const response = await fetchFrom(place, issuer, http)
    const metadata = metadataOf(response)
    if (metadata !== undefined) {
      const oauthMetadata = place === oauthPlace || (await answersWithMetadata(oauthPlace, http))
      return { metadata: usable(checked(metadata, issuer), place), metadataUrl: place, oauthMetadata }
    }
    answers.push(`${place}: ${whatElse(response)}`)
  }
  throw new HarnessError('METADATA_INVALID', `no metadata was found for ${issuer} (${answers.join('; ')})`, {
    hint: 'check the issuer, or say with metadata_url where its metadata is; a server that speaks SAML alone is tested with oauth: false',
  })
}

/** OpenID Connect Discovery §4 appends the well-known name to the issuer's path, RFC 8414 §3.1 puts it before; servers mix them (§5). */
export function wellKnownPlaces(issuer: string): readonly string[] {
  const { origin } = new URL(issuer)
  const path = pathOf(issuer)
  return [
    ...new Set([
      `${origin}${path}/.well-known/openid-configuration`,
      oauthMetadataUrl(issuer),
      `${origin}/.well-known/openid-configuration${path}`,
      `${origin}${path}/.well-known/oauth-authorization-server`,
    ]),
  ]
}

function oauthMetadataUrl(issuer: string): string {
  return `${new URL(issuer).origin}/.well-known/oauth-authorization-server${pathOf(issuer)}`
}

const pathOf = (issuer: string) => new URL(issuer).pathname.replace(/\/$/, '')

async function fetchFrom(url: string, issuer: string, http: HttpClient): Promise<HttpResponse> {
  try {
    return await http.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
  } catch (cause) {
    if (!(cause instanceof NoAnswer)) throw cause
    throw new HarnessError('TARGET_UNREACHABLE', `${issuer} cannot be reached: ${printable(cause.message)}`, {
      hint: 'check that the server runs and that the issuer in the target file is right',
      cause,
    })
  }
}

const metadataOf = (response: HttpResponse) => (response.status === 200 ? objectOf(response) : undefined)

async function answersWithMetadata(url: string, http: HttpClient): Promise<boolean> {
  try {
    return metadataOf(await http.send({ method: 'GET', url, headers: [['accept', 'application/json']] })) !== undefined
  } catch (error) {
    if (error instanceof NoAnswer) return false
    throw error
  }
}

function whatElse({ status, truncated }: HttpResponse): string {
  if (status !== 200) return `status ${status}`
  return truncated ? 'more than 1 MiB' : 'no JSON object'
}

/** Both documents want the issuer identical to the one asked for (RFC 8414 §3.3, OpenID Connect Discovery §4.3). */
function checked(metadata: Readonly<Record<string, unknown>>, issuer: string): ServerMetadata {
  const published = stringMember(metadata, 'issuer')
  if (published === issuer) return { ...metadata, issuer }
  if (published === undefined) {
    throw new HarnessError('ISSUER_MISMATCH', `the metadata of ${issuer} has no issuer`, {
      hint: 'the server must publish the member issuer; check that this is its metadata',
    })
  }
  const isUrl = URL.canParse(published) && printable(published) === published
  throw new HarnessError('ISSUER_MISMATCH', `the metadata of ${issuer} names the issuer ${printable(published)}`, {
    hint: isUrl
      ? `if that is the right server, write \`issuer: ${published}\` into the target file`
      : 'check the issuer in the target file; what the server names is no URL',
  })
}

/** RFC 8414 §2 lets a server leave one of them out, never both: no grant type goes without. A check judges the one. */
function usable(metadata: ServerMetadata, place: string): ServerMetadata {
  if (
    stringMember(metadata, 'authorization_endpoint') !== undefined ||
    stringMember(metadata, 'token_endpoint') !== undefined
  )
    return metadata
  throw new HarnessError(
    'METADATA_INVALID',
    `the metadata at ${place} has neither authorization_endpoint nor token_endpoint`,
    {
      hint: 'check that this is the metadata of an authorization server, or say with metadata_url where it is',
    },
  )
}
