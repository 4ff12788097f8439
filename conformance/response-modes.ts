import { redirectParams } from '../core/wire/form.ts'
import type { HttpResponse } from '../harness/client/http.ts'
import { type Element, type Outline, outlineOf, type PageForm } from '../harness/client/page-outline.ts'
import { describeArrival, type ProtocolClient, responseOf } from '../harness/client/protocol-client.ts'
import type { Arrival } from '../harness/client/user-agent.ts'
import { Untestable } from '../harness/error.ts'
import { stringsMember } from '../harness/target/metadata.ts'
import type { Target } from '../harness/target/target.ts'

export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** The modes that the metadata lists, of those that carry a response as it is. */
export const listedModes = ({ metadata }: Target): readonly ResponseMode[] =>
  (['query', 'fragment', 'form_post'] as const).filter((mode) =>
    stringsMember(metadata, 'response_modes_supported')?.includes(mode),
  )

/** What makes a request end in a code, and in an error that every server with PKCE owes its client. */
export const outcomes = { code: {}, error: { code_challenge_method: 'assay-unknown' } } as const

export type Outcome = keyof typeof outcomes

/** Every character that a state may have (RFC 6749 Appendix A.5) and that someone decodes, folds or escapes. */
export const awkwardState = `aZ09 +%20%41&amp;=?/#"'<>~;:@\\ ${'long'.repeat(20)}`

type Overrides = Parameters<ProtocolClient['requestAuthorization']>[0]

/** Has a request end in that way; where it does not the unit cannot judge. */
export async function arrivalWith(
  client: ProtocolClient,
  outcome: Outcome,
  overrides: Overrides = {},
): Promise<Arrival> {
  const arrival = await client.requestAuthorization({ ...overrides, ...outcomes[outcome] })
  if (!responseOf(arrival).has(outcome)) throw new Untestable(`no ${outcome} could be had: ${describeArrival(arrival)}`)
  return arrival
}

/** An arrival with a code, and one with an error where the server tells its client of errors. */
export async function* arrivals(
  client: ProtocolClient,
  overrides: Overrides,
): AsyncGenerator<readonly [outcome: Outcome, arrival: Arrival]> {
  yield ['code', await arrivalWith(client, 'code', overrides)]
  const arrival = await client.requestAuthorization({ ...overrides, ...outcomes.error })
  if (responseOf(arrival).has('error')) yield ['error', arrival]
}

/** Names of parameters of a response, by which it is told from what a redirection URI has of its own. */
const ownNames: ReadonlySet<string> = new Set(['code', 'error', 'access_token', 'token_type', 'state', 'iss'])

/** Which parameters of a response an arrival has where. */
export function placesOf(arrival: Arrival): Readonly<Record<ResponseMode, readonly string[]>> {
  const namesOf = (params: readonly (readonly [name: string, value: string])[]) =>
    params.map(([name]) => name).filter((name) => ownNames.has(name))
  if (arrival.kind !== 'redirect' && arrival.kind !== 'form_post') return { query: [], fragment: [], form_post: [] }
  const { query, fragment } = redirectParams(arrival.kind === 'redirect' ? arrival.location : arrival.action)
  return {
    query: namesOf(query),
    fragment: namesOf(fragment),
    form_post: arrival.kind === 'form_post' ? namesOf(arrival.params) : [],
  }
}

const placeNames = { query: 'the query', fragment: 'the fragment', form_post: 'a form' } as const

/** Where the parameters of a response are, in words that hold none of their values. */
export function describePlaces(arrival: Arrival): string {
  const places = placesOf(arrival)
  const told = (['query', 'fragment', 'form_post'] as const)
    .filter((mode) => places[mode].length > 0)
    .map((mode) => `${places[mode].join(', ')} in ${placeNames[mode]}`)
  return told.length === 0 ? describeArrival(arrival) : told.join(' and ')
}

/** Whether these parameters are in this place, and nothing of a response in another one. */
export function isOnlyIn(mode: ResponseMode, names: readonly string[], arrival: Arrival): boolean {
  const places = placesOf(arrival)
  return (
    names.every((name) => places[mode].includes(name)) &&
    (['query', 'fragment', 'form_post'] as const).every((other) => other === mode || places[other].length === 0)
  )
}

/** The form that carries a response, as it stands in its page. */
export interface ResponseForm {
  readonly page: HttpResponse
  readonly outline: Outline
  readonly form: PageForm
  readonly action: string
  readonly method: string
  readonly enctype: string
}

/** Reads the page that sends a response by itself; nothing where none came. */
export function responseFormOf(arrival: Arrival): ResponseForm | undefined {
  const page = arrival.kind === 'redirect' || arrival.kind === 'form_post' ? arrival.page : undefined
  const outline = page && outlineOf(page.body)
  const isResponse = ({ attribs }: Element) => attribs['name'] === 'code' || attribs['name'] === 'error'
  const form = outline?.forms.find(({ element, controls }) => element !== undefined && controls.some(isResponse))
  if (page === undefined || outline === undefined || form === undefined) return undefined
  const { action = '', method = 'get', enctype = '' } = form.element?.attribs ?? {}
  return { page, outline, form, action, method, enctype }
}
