import { describe, expect, test } from 'vitest'
import { guardsAlone, lackingIn, type Observation, statesWith } from '../../../fuzz/model/follow.ts'
import * as is from '../../../fuzz/model/guards.ts'
import type { Answer } from '../../../fuzz/model/situation.ts'
import type { State } from '../../../fuzz/model/state.ts'
import type { Of } from '../../../fuzz/model/step.ts'
import { stepCalled } from '../../../fuzz/model/steps.ts'
import type { Model } from '../../../fuzz/model/transition.ts'

const model: Model = { publicClients: new Set([1]), without: new Set() }

const tokens: Answer = { is: 'tokens', scope: 'granted', renewed: true }
const unrenewed: Answer = { is: 'tokens', scope: 'granted', renewed: false }
const refused: Answer = { is: 'refused' }
const done: Answer = { is: 'done' }
const live: Answer = { is: 'live', person: 0 }

const did = (name: string, answer: Answer, of: Of = { grant: 0, token: 0 }): Observation => ({
  step: stepCalled(name),
  of,
  answer,
})

/** A person authorizes a client, which redeems the code. */
const grantedTo = (client: 0 | 1): readonly Observation[] => [
  did('authorize', { is: 'code' }, { client, person: 0 }),
  did('redeem', tokens),
]

const statesFor = (observed: readonly Observation[]): readonly State[] => statesWith(model, observed)

describe('the model follows a server', () => {
  test.each([
    ['that rotates', [...grantedTo(0), did('refresh', tokens), did('refresh', refused)]],
    ['that keeps the old token', [...grantedTo(0), did('refresh', tokens), did('refresh', tokens)]],
    ['that does not rotate', [...grantedTo(0), did('refresh', unrenewed), did('refresh', unrenewed)]],
    [
      'that burns a code which was tried wrongly',
      [grantedTo(0)[0], did('redeem without the verifier', refused), did('redeem', refused)],
    ],
    ['that does not', [grantedTo(0)[0], did('redeem without the verifier', refused), did('redeem', tokens)]],
    ['that ignores what scope is asked for', [...grantedTo(0), did('refresh for more', tokens)]],
    ['that refuses it', [...grantedTo(0), did('refresh for more', refused)]],
    [
      'that drops all after a token of another client',
      [...grantedTo(0), did('refresh by another client', refused), did('refresh', refused)],
    ],
    ['that issues no refresh token', [grantedTo(0)[0], did('redeem', unrenewed)]],
    ['that remembers consent', [did('decline', { is: 'code' }, { client: 0, person: 0 })]],
    [
      'that ends the grant with its access token',
      [...grantedTo(0), did('give the access token back', done), did('refresh', refused)],
    ],
  ])('%s', (_, observed) => {
    expect(statesFor(observed.flatMap((one) => one ?? []))).not.toEqual([])
  })
})

describe('what a server lacks', () => {
  test.each([
    ['a code is redeemed twice', [...grantedTo(0), did('redeem', tokens)], is.codeIsUnspent],
    [
      'a code is redeemed by another client',
      [...grantedTo(0).slice(0, 1), did('redeem by another client', tokens)],
      is.codeIsOfClient,
    ],
    ['a right verifier is refused', [...grantedTo(0).slice(0, 1), did('redeem', refused)], is.rightVerifierIsHonoured],
    [
      'a replay is denied and the tokens live',
      [...grantedTo(0), did('redeem', refused), did('use the access token', live)],
      is.codeOfAccessIsNotReplayed,
    ],
    [
      'a revoked refresh token works',
      [...grantedTo(0), did('give the refresh token back', done), did('refresh', tokens)],
      is.refreshTokenIsNotGivenBack,
    ],
    [
      'another client revoked it, which does not show at once',
      [...grantedTo(0), did('revoke the refresh token of another client', refused), did('refresh', refused)],
      is.tokenIsOfRevoker,
    ],
    [
      'the new refresh token is narrower',
      [
        ...grantedTo(0),
        did('refresh for less', { ...tokens, scope: 'less' }),
        did('refresh for all that was granted', refused, { grant: 0, token: 1 }),
      ],
      is.newTokenKeepsScope,
    ],
    ["a public client's refresh token stays", [...grantedTo(1), did('refresh', unrenewed)], is.publicTokenIsReplaced],
    [
      'reuse ends nothing',
      [
        ...grantedTo(1),
        did('refresh', tokens),
        did('refresh', refused),
        did('refresh', tokens, { grant: 0, token: 1 }),
      ],
      is.familyIsNotReused,
    ],
  ])('shows where %s', (_, observed, guard) => {
    expect(statesFor(observed.slice(0, -1))).not.toEqual([])
    expect(statesFor(observed)).toEqual([])
    expect(lackingIn(model, observed)).toEqual(guard.cites.map((requirement) => ({ says: guard.says, requirement })))
  })

  test('is each of several clauses where only all of them account for the answers', () => {
    const observed = [...grantedTo(0), did('redeem by another client', tokens)]
    expect(lackingIn(model, observed).map(({ says }) => says)).toEqual([
      is.codeIsOfClient.says,
      is.codeIsUnspent.says,
      is.codeIsUnspent.says,
    ])
  })

  test('is not said where it may be one or the other', () => {
    const observed = [
      ...grantedTo(0),
      did('refresh for less', { ...tokens, scope: 'less' }),
      did('refresh', { ...tokens, scope: 'less' }, { grant: 0, token: 1 }),
    ]
    expect(guardsAlone(model, observed)).toEqual([is.scopeIsKept, is.newTokenKeepsScope])
    expect(lackingIn(model, observed)).toEqual([])
  })
})
