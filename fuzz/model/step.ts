import type { Guard } from './guard.ts'
import type {
  AtAnyTime,
  AtAuthorization,
  InBrowser,
  Outcome,
  Request,
  WithAccessToken,
  WithCode,
  WithRefreshToken,
  WithToken,
} from './situation.ts'
import type { Grant, State, Which } from './state.ts'

/** What an act is done to: grants and tokens by their number, in the order in which they came. */
export interface Of {
  readonly client?: Which
  readonly person?: Which
  readonly grant?: number
  readonly token?: number
}

/** Which clients cannot authenticate. */
export type PublicClients = ReadonlySet<Which>

/** One kind of thing to do, with its types forgotten: what can be done in a state, and what comes of it. */
export interface Step {
  readonly name: string
  readonly does: Deed
  readonly request: Request
  readonly about: About
  readonly when: readonly Guard[]
  of(state: State): readonly Of[]
  /** All that one can think of; nothing where the act is not possible. */
  outcomes(state: State, of: Of, publicClients: PublicClients): Conceivable | undefined
}

export interface Conceivable {
  readonly outcomes: readonly Outcome[]
  isAgainst(guard: Guard, outcome: Outcome): boolean
}

/** What somebody does, whatever it is done to. */
export type Deed = 'authorize' | 'leave' | 'redeem' | 'refresh' | 'revoke' | 'use' | 'wait'

export type About = 'a person' | 'a browser' | 'a code' | 'a refresh token' | 'an access token' | 'time'

/** What a kind of step is about: what there is of it in a state, and the situation of an act. */
interface Subject<Situation> {
  readonly about: About
  of(state: State): readonly Of[]
  situation(state: State, of: Of, request: Request, publicClients: PublicClients): Situation | undefined
}

const both: readonly Which[] = [0, 1]

export const otherThan = (which: Which): Which => (which === 0 ? 1 : 0)

const person: Subject<AtAuthorization> = {
  about: 'a person',
  of: () => both.flatMap((client) => both.map((one) => ({ client, person: one }))),
  situation: (state, { client = 0, person: one = 0 }, request, publicClients) => ({
    state,
    request,
    client,
    person: one,
    isPublic: publicClients.has(client),
  }),
}

const browser: Subject<InBrowser> = {
  about: 'a browser',
  of: () => both.map((one) => ({ person: one })),
  situation: (state, { person: one = 0 }, request) => ({ state, request, person: one }),
}

const code: Subject<WithCode> = {
  about: 'a code',
  of: ({ grants }) => grants.map((_, grant) => ({ grant })),
  situation: (state, { grant: at = 0 }, request) => {
    const grant = state.grants[at]
    return grant && ofGrant(state, grant, at, request)
  },
}

const ofGrant = (state: State, grant: Grant, at: number, request: Request): WithCode => ({
  state,
  request,
  grant,
  client: request.by === undefined ? grant.client : otherThan(grant.client),
  become: (next) => ({ ...state, grants: state.grants.with(at, next) }),
})

/** One of the tokens of a grant: which of them there are, and the grant with others in their place. */
const ofToken = <Token>(
  about: About,
  tokensOf: (grant: Grant) => readonly Token[],
  withTokens: (grant: Grant, tokens: readonly Token[]) => Grant,
): Subject<WithToken<Token>> => ({
  about,
  of: ({ grants }) => grants.flatMap((grant, at) => tokensOf(grant).map((_, token) => ({ grant: at, token }))),
  situation: (state, { grant: at = 0, token: which = 0 }, request) => {
    const grant = state.grants[at]
    const token = grant && tokensOf(grant)[which]
    if (grant === undefined || token === undefined) return undefined
    const { become, ...rest } = ofGrant(state, grant, at, request)
    return {
      ...rest,
      token,
      become: (next, changed) =>
        become(changed === undefined ? next : withTokens(next, tokensOf(next).with(which, changed))),
    }
  },
})

const refreshToken: Subject<WithRefreshToken> = ofToken(
  'a refresh token',
  (grant) => grant.refreshTokens,
  (grant, refreshTokens) => ({ ...grant, refreshTokens }),
)

const accessToken: Subject<WithAccessToken> = ofToken(
  'an access token',
  (grant) => grant.accessTokens,
  (grant, accessTokens) => ({ ...grant, accessTokens }),
)

const time: Subject<AtAnyTime> = {
  about: 'time',
  of: () => [{}],
  situation: (state, _, request) => ({ state, request }),
}

/** A row of the table: the request, the guards that judge what comes of it, and all that can come of it. */
interface Row<Situation> {
  readonly does: Deed
  readonly request?: Request
  readonly when: readonly Guard<Situation>[]
  readonly may: (situation: Situation) => readonly Outcome[]
}

const step =
  <Situation>({ about, of, situation }: Subject<Situation>) =>
  (name: string, { does, request = {}, when, may }: Row<Situation>): Step => ({
    name,
    does,
    about,
    request,
    when,
    of,
    outcomes: (state, act, publicClients) => {
      const met = situation(state, act, request, publicClients)
      if (met === undefined) return undefined
      const isAgainst = (guard: Guard, outcome: Outcome) => !(guard as Guard<Situation>).allows(met, outcome)
      return { outcomes: may(met), isAgainst }
    },
  })

export const withPerson = step(person)
export const withBrowser = step(browser)
export const withCode = step(code)
export const withRefreshToken = step(refreshToken)
export const withAccessToken = step(accessToken)
export const withTime = step(time)
