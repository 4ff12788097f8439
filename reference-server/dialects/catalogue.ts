import type { Dialect } from '../dialect.ts'
import { forbiddenDialects } from './forbidden.ts'
import { httpDialects } from './http.ts'
import { oauthDialects } from './oauth.ts'
import { offerDialects } from './offers.ts'
import { oauth21Dialects } from './oauth21.ts'
import { oidcDialects } from './oidc.ts'
import { registrationDialects } from './registration.ts'
import { samlDialects } from './saml.ts'
import { storeDialects } from './stores.ts'
import { tokenDialects } from './tokens.ts'

/** Every lawful deviation, by id. */
export const dialects: readonly Dialect[] = [
  ...oauthDialects,
  ...oauth21Dialects,
  ...offerDialects,
  ...tokenDialects,
  ...forbiddenDialects,
  ...oidcDialects,
  ...registrationDialects,
  ...httpDialects,
  ...storeDialects,
  ...samlDialects,
]
