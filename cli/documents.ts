import { cwe } from '../core/spec/cwe.ts'
import { formPost } from '../core/spec/form-post.ts'
import { multipleResponseTypes } from '../core/spec/multiple-response-types.ts'
import { oauth21 } from '../core/spec/oauth21.ts'
import { oidcCore } from '../core/spec/oidc-core.ts'
import { oidcDiscovery } from '../core/spec/oidc-discovery.ts'
import { rfc6749 } from '../core/spec/rfc6749.ts'
import { rfc6750 } from '../core/spec/rfc6750.ts'
import { rfc7009 } from '../core/spec/rfc7009.ts'
import { rfc7519 } from '../core/spec/rfc7519.ts'
import { rfc7523 } from '../core/spec/rfc7523.ts'
import { rfc7591 } from '../core/spec/rfc7591.ts'
import { rfc7592 } from '../core/spec/rfc7592.ts'
import { rfc7636 } from '../core/spec/rfc7636.ts'
import { rfc7662 } from '../core/spec/rfc7662.ts'
import { rfc8252 } from '../core/spec/rfc8252.ts'
import { rfc8414 } from '../core/spec/rfc8414.ts'
import { rfc9068 } from '../core/spec/rfc9068.ts'
import { rfc9207 } from '../core/spec/rfc9207.ts'
import { rfc9700 } from '../core/spec/rfc9700.ts'
import { samlBindings } from '../core/spec/saml-bindings.ts'
import { samlCore } from '../core/spec/saml-core.ts'
import { samlMetadata } from '../core/spec/saml-metadata.ts'
import { samlProfiles } from '../core/spec/saml-profiles.ts'
import { xmlSignature } from '../core/spec/xml-signature.ts'
import { documentsOf } from '../harness/reports/build-report.ts'

/** Every document that has a table, in the order in which they are reported. */
export const documents = documentsOf(
  rfc6749,
  rfc6750,
  rfc7009,
  rfc7519,
  rfc7523,
  rfc7591,
  rfc7592,
  rfc7636,
  rfc7662,
  rfc8252,
  rfc8414,
  rfc9068,
  rfc9207,
  rfc9700,
  multipleResponseTypes,
  formPost,
  oauth21,
  oidcCore,
  oidcDiscovery,
  samlCore,
  samlBindings,
  samlProfiles,
  samlMetadata,
  xmlSignature,
  cwe,
)
