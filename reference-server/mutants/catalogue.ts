import type { Mutant } from '../mutant.ts'
import * as authorizationCode from './authorization-code.ts'

/** Every mutant, by id. */
export const catalogue: ReadonlyMap<string, Mutant> = new Map(
  [authorizationCode].flatMap((area) => Object.values<readonly Mutant[]>(area).flat()).map((mutant) => [mutant.id, mutant]),
)
