import fc, { type Arbitrary } from 'fast-check'
import { addition, visible } from './characters.ts'
import type { Edit } from './edit.ts'
import { nearMiss } from './near-miss.ts'

/** What an authorization request says of PKCE, and what the token request then answers it with. */
export interface PkceStory {
  /** Of the right challenge by S256, or the verifier itself, as plain has it. */
  readonly challenge: 'none' | 'by S256' | 'the verifier' | { readonly 'by S256, but': readonly Edit[] }
  /** A text is the name on the wire. */
  readonly method: { readonly named: string } | 'none'
  readonly verifier: 'none' | 'right' | 'the challenge'
}

const spoiltName: Arbitrary<string> = fc.oneof(
  fc.constant('s256'),
  fc.constantFrom('sha256', 'SHA256', 'SHA-256'),
  fc.constantFrom('S512', 'S25', '256', 'S256 plain', 'S256,plain', 'Plain', 'PLAIN', 'none', 'null'),
  addition.map((more) => `S256${more}`),
  addition.map((more) => `${more}S256`),
  fc.string({ unit: visible, minLength: 1, maxLength: 8 }),
)

const weighted = <Value>(...values: readonly (readonly [weight: number, value: Value])[]): Arbitrary<Value> =>
  fc.oneof(...values.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))

type Challenge = PkceStory['challenge']
type Method = PkceStory['method']
type Verifier = PkceStory['verifier']

const s256: Method = { named: 'S256' }
const plain: Method = { named: 'plain' }

const story = (
  challenge: Arbitrary<Challenge>,
  method: Arbitrary<Method>,
  verifier: Arbitrary<Verifier>,
): Arbitrary<PkceStory> => fc.record({ challenge, method, verifier })

const right = fc.constant<Verifier>('right')

/** Every combination of challenge, method and verifier, those more often that somebody takes for right. */
export const pkceStory: Arbitrary<PkceStory> = fc.oneof(
  story(
    weighted<Challenge>([4, 'by S256'], [1, 'the verifier']),
    spoiltName.map((named) => ({ named })),
    right,
  ),
  story(fc.record({ 'by S256, but': nearMiss }), weighted<Method>([4, s256], [1, 'none']), right),
  story(
    weighted<Challenge>([1, 'by S256'], [1, 'the verifier']),
    weighted<Method>([1, s256], [1, plain], [1, 'none']),
    weighted<Verifier>([1, 'right'], [1, 'the challenge']),
  ),
  story(
    weighted<Challenge>([1, 'by S256'], [1, 'the verifier']),
    weighted<Method>([2, s256], [1, plain], [1, 'none']),
    fc.constant('none'),
  ),
  // A request without PKCE to which somebody adds a verifier.
  story(fc.constant('none'), weighted<Method>([4, 'none'], [1, s256], [1, plain]), right),
)
