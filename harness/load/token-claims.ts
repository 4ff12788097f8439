import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { ClaimTold, UniqueKind } from '../../core/story.ts'
import type { TokenTold } from '../../core/told-token.ts'

/** What the claims of a token say. */
export interface ClaimsSeen {
  /** Whether each claim that is there, and must be something, is that. */
  readonly held: readonly (readonly [claim: ClaimTold, held: boolean])[]
  /** Values that nobody else may ever be given, each with what it came with. */
  readonly unique: readonly (readonly [kind: UniqueKind, value: string, owner: string])[]
}

/** Reads the claims of every token, its signature not looked at: a sample of them is verified in full. */
export function claimsSeen(told: TokenTold): ClaimsSeen {
  const claims = claimsOf(told.token)
  if (claims === undefined) return { held: [], unique: [] }
  return told.kind === 'id_token' ? ofIdToken(claims, told) : ofAccessToken(claims, told)
}

type Claims = Readonly<Record<string, unknown>>

function claimsOf(token: string): Claims | undefined {
  try {
    return decodeJwt(token)
  } catch {
    return undefined
  }
}

/** A server may hand out the same token again while it is good. */
const ofAccessToken = ({ jti, client_id: named }: Claims, { client, token }: TokenTold): ClaimsSeen => ({
  held: typeof named === 'string' ? [['client_id', named === client]] : [],
  unique: typeof jti === 'string' ? [['jti', jti, createHash('sha256').update(token).digest('base64url')]] : [],
})

const ofIdToken = ({ aud, nonce: brought, sub }: Claims, { client, nonce, person }: TokenTold): ClaimsSeen => ({
  held: [['aud', [aud].flat().includes(client)], ...(nonce === '' ? [] : [['nonce', brought === nonce] as const])],
  unique: typeof sub === 'string' ? [['sub', sub, person]] : [],
})
