import { type Check, collectChecks } from '../harness/check.ts'
import * as authorizationCode from './oauth2/authorization-code.ts'

/** Every check, its id made of its place and its name. */
export const checks: readonly Check[] = collectChecks({
  'oauth2/authorization-code': authorizationCode,
})
