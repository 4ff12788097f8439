import { type HttpClient, type HttpResponse, NoAnswer, objectOf } from '../client/http.ts'
import { HarnessError } from '../error.ts'
import type { ServerMetadata } from './target.ts'

export interface Discovered {
  readonly metadata: ServerMetadata
  readonly metadataUrl: string
  /** Whether the RFC 8414 place answers too. */
  readonly oauthMetadata: boolean
}

/** Fetches the metadata from where it is said to be, else from the well-known places, and checks whose it is. */
export async function discover(issuer: string, http: HttpClient, metadataUrl?: string): Promise<Discovered> {
  if (!URL.canParse(issuer)) {
    throw new HarnessError('TARGET_FILE_INVALID', `the issuer ${issuer} is no URL`, { hint: 'write the issuer as the server publishes it, with its scheme: https://issuer.example' })
  }
  const oauthPlace = oauthMetadataUrl(issuer)
  const places = metadataUrl === undefined ? [`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, oauthPlace] : [metadataUrl]
  const answers: string[] = []
  for (const place of places) {
    const response = await fetchFrom(place, issuer, http)
    const metadata = response.status === 200 ? objectOf(response) : undefined
    if (metadata !== undefined) {
      const oauthMetadata = place === oauthPlace || objectOf(await fetchFrom(oauthPlace, issuer, http)) !== undefined
      return { metadata: checked(metadata, issuer), metadataUrl: place, oauthMetadata }
    }
    answers.push(`${place}: ${response.status === 200 ? 'no JSON object' : `status ${response.status}`}`)
  }
  throw new HarnessError('METADATA_INVALID', `no metadata was found for ${issuer} (${answers.join('; ')})`, {
    hint: 'check the issuer, or say with metadata_url where its metadata is',
  })
}

/** RFC 8414 §3.1: the well-known name stands between the host and the issuer's path. */
function oauthMetadataUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname.replace(/\/$/, '')}`
}

async function fetchFrom(url: string, issuer: string, http: HttpClient): Promise<HttpResponse> {
  try {
    return await http.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
  } catch (cause) {
    if (!(cause instanceof NoAnswer)) throw cause
    throw new HarnessError('TARGET_UNREACHABLE', `${issuer} cannot be reached: ${cause.message}`, { hint: 'check that the server runs and that the issuer in the target file is right', cause })
  }
}

function checked(metadata: Readonly<Record<string, unknown>>, issuer: string): ServerMetadata {
  const { issuer: published } = metadata
  if (published === issuer) return { ...metadata, issuer }
  throw new HarnessError('ISSUER_MISMATCH', `the metadata of ${issuer} names the issuer ${typeof published === 'string' ? published : 'nowhere'}`, {
    hint: typeof published === 'string' ? `if that is the right server, write \`issuer: ${published}\` into the target file` : 'the server must publish the member issuer',
  })
}
