import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { textOf } from '../client-metadata.ts'
import type { ClientMetadata } from '../model.ts'
import { rule } from '../rule.ts'

/** What the person reads as the name of an application. */
export const clientNameShown = rule([rfc7591.nameShownAsIs], (name: string): string => name)

export const clientLogoShown = rule([rfc7591.logoShown], (metadata: ClientMetadata): string | undefined =>
  textOf(metadata, 'logo_uri'),
)

/** Where a person can read about an application before it is allowed anything. */
export const clientLinksShown = rule(
  [rfc7591.clientUriShown, rfc7591.tosShown, rfc7591.policyShown],
  (metadata: ClientMetadata): readonly (readonly [text: string, uri: string])[] =>
    Object.entries(linkTexts).flatMap(([name, text]) => {
      const uri = textOf(metadata, name)
      return uri === undefined ? [] : [[text, uri] as const]
    }),
)

const linkTexts = { client_uri: 'About it', tos_uri: 'Its terms of service', policy_uri: 'Its privacy policy' }
