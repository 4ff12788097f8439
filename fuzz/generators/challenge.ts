import fc, { type Arbitrary } from 'fast-check'
import { addition, visible } from './characters.ts'
import type { Edit } from './edit.ts'
import { secretVerifierLength, verifierEdits } from './verifier.ts'

/** What an authorization request says of PKCE, and what the token request then answers it with. */
export interface PkceStory {
  /** Of the right challenge by S256, or the verifier itself, as plain has it. What is empty is as good as absent. */
  readonly challenge: 'none' | 'empty' | 'by S256' | 'the verifier' | { readonly 'by S256, but': readonly Edit[] }
  readonly method: Method
  readonly verifier:
    | 'none'
    | 'empty'
    | 'right'
    | 'the challenge'
    /** The right one of a request that was made before, or meanwhile. */
    | 'of the first request'
    | 'of the next request'
    | { readonly 'right, but': readonly Edit[] }
  /** The method that the token request names, where it has no say in the matter. */
  readonly named: Method
  readonly length: number
}

/** A text is the name on the wire. */
type Method = { readonly named: string } | 'none'
type Challenge = PkceStory['challenge']
type Verifier = PkceStory['verifier']

/** What libraries and registries call the hash function, and what it is not called here. */
const namesOfTheHash = ['sha256', 'SHA256', 'sha-256', 'SHA-256', 'sha_256', 'SHA2-256', 'HS256', 'RS256']

const spoiltName: Arbitrary<string> = fc.oneof(
  fc.constantFrom('s256', 'Plain', 'PLAIN'),
  fc.constantFrom(...namesOfTheHash),
  fc.constantFrom('S512', 'S25', '256', 'S256 plain', 'S256,plain', 'none', 'null', 'undefined'),
  addition.map((more) => `S256${more}`),
  addition.map((more) => `${more}S256`),
  fc.string({ unit: visible, minLength: 1, maxLength: 8 }),
)

const weighted = <Value>(...values: readonly (readonly [weight: number, value: Value])[]): Arbitrary<Value> =>
  fc.oneof(...values.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))

const s256: Method = { named: 'S256' }
const plain: Method = { named: 'plain' }
const right = fc.constant<Verifier>('right')
const bySomeMethod = weighted<Challenge>([2, 'by S256'], [1, 'the verifier'])
const noChallenge = weighted<Challenge>([2, 'none'], [1, 'empty'])

const story = (
  challenge: Arbitrary<Challenge>,
  method: Arbitrary<Method>,
  verifier: Arbitrary<Verifier>,
): Arbitrary<PkceStory> =>
  fc.record({
    challenge,
    method,
    verifier,
    named: weighted<Method>([4, 'none'], [2, plain], [1, s256]),
    length: secretVerifierLength,
  })

/** Every combination of challenge, method and verifier, those more often that somebody takes for right. */
export const pkceStory: Arbitrary<PkceStory> = fc.oneof(
  story(
    weighted<Challenge>([4, 'by S256'], [1, 'the verifier']),
    spoiltName.map((named) => ({ named })),
    right,
  ),
  story(fc.record({ 'by S256, but': verifierEdits }), weighted<Method>([4, s256], [1, 'none']), right),
  story(bySomeMethod, weighted<Method>([2, s256], [2, plain], [1, 'none']), fc.record({ 'right, but': verifierEdits })),
  story(
    bySomeMethod,
    weighted<Method>([1, s256], [1, plain], [1, 'none'], [1, { named: '' }]),
    weighted<Verifier>([1, 'right'], [1, 'the challenge']),
  ),
  // Whoever saw the authorization request tries what it saw, and says that plain was meant.
  story(fc.constant('by S256'), weighted<Method>([2, s256], [1, 'none']), fc.constant('the challenge')),
  story(
    bySomeMethod,
    weighted<Method>([2, s256], [1, plain], [1, 'none']),
    weighted<Verifier>([1, 'none'], [1, 'empty']),
  ),
  story(
    bySomeMethod,
    weighted<Method>([2, s256], [1, plain]),
    weighted<Verifier>([1, 'of the first request'], [1, 'of the next request']),
  ),
  // A request without PKCE to which somebody adds a verifier, or a method alone.
  story(
    noChallenge,
    weighted<Method>([4, 'none'], [1, s256], [1, plain]),
    weighted<Verifier>([3, 'right'], [1, 'empty']),
  ),
)
