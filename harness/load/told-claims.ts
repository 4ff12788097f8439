import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { type Carrier, carrierOn } from '../../core/page-form.ts'
import type { ClaimTold, Sample, UniqueKind } from '../../core/story.ts'
import type { ResponseTold, Told, TokenTold } from '../../core/told.ts'
import { nameIdFormats } from '../client/saml-request.ts'
import type { Target } from '../target/target.ts'
import { factsIn, type ResponseFacts } from './response-facts.ts'

/** What a token or a response says of those whom it is for. */
export interface ClaimsSeen {
  /** Whether each claim that is there, and must be something, is that. */
  readonly held: readonly (readonly [claim: ClaimTold, held: boolean])[]
  /** Values that nobody else may ever be given, each with what it came with. */
  readonly unique: readonly (readonly [kind: UniqueKind, value: string, owner: string])[]
  /** What must be the same each time, by what it is of. */
  readonly kept?: readonly [claim: ClaimTold, of: string, value: string]
  /** What is to be verified in full. */
  readonly sample?: Sample
}

const nothing: ClaimsSeen = { held: [], unique: [] }

/** Reads what every token says, its signature not looked at: a sample of them is verified in full. */
export function claimsReader({ users }: Pick<Target, 'users'>): (told: Told) => ClaimsSeen {
  /** What people are called by a server that gives away who they are. */
  const ownNames = new Set(users.flatMap(({ username, sub }) => [username, ...(sub === undefined ? [] : [sub])]))
  return (told) => {
    if (told.kind === 'saml_response') return ofResponse(told, ownNames)
    const claims = claimsOf(told.token)
    if (claims === undefined) return nothing
    return told.kind === 'id_token' ? ofIdToken(claims, told) : ofAccessToken(claims, told)
  }
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

function ofResponse(told: ResponseTold, ownNames: ReadonlySet<string>): ClaimsSeen {
  const { form, asked, sampledAt: at } = told
  const carrier = carrierOn(form)
  const token = carrier?.fields['SAMLResponse'] ?? ''
  const facts = factsIn(token)
  const { held, unique, kept } = facts === undefined ? nothing : ofFacts(facts, told, ownNames)
  const { provider: client, consumer, relayState } = asked
  return {
    held: [
      ['AssertionConsumerServiceURL', facts?.isSuccess === true && isSentTo(consumer, carrier, told)],
      ['RelayState', carrier?.fields['RelayState'] === relayState],
      ...held,
    ],
    unique,
    ...(kept !== undefined && { kept }),
    ...(at !== undefined && facts?.isSuccess === true && { sample: sampleOf(token, { client, consumer, at }) }),
  }
}

const sampleOf = (token: string, rest: Pick<Sample, 'client' | 'consumer' | 'at'>): Sample => ({
  kind: 'saml_response',
  // It may be broken into lines.
  token: token.replaceAll(/\s/g, ''),
  ...rest,
})

function isSentTo(consumer: string, carrier: Carrier | undefined, { url }: ResponseTold): boolean {
  if (carrier === undefined) return false
  if (carrier.action === consumer) return true
  return URL.canParse(carrier.action, url) && new URL(carrier.action, url).href === new URL(consumer).href
}

function ofFacts(facts: ResponseFacts, { asked, person }: ResponseTold, ownNames: ReadonlySet<string>): ClaimsSeen {
  const { provider: client, id } = asked
  const { inResponseTo, assertionIds, audiences, nameId: { format, value } = { format: undefined, value: '' } } = facts
  const isPersistent = format === nameIdFormats.persistent
  return {
    held: [
      ['InResponseTo', inResponseTo === id],
      ...(assertionIds.length === 0 ? [] : [['Audience', audiences.includes(client)] as const]),
    ],
    unique: [
      ...assertionIds.map((one) => ['assertion_id', one, ''] as const),
      ...(isPersistent || ownNames.has(value) ? [['name_id', `${client} ${value}`, person] as const] : []),
    ],
    ...(isPersistent && { kept: ['NameID', `${client} ${person}`, value] as const }),
  }
}
