import type { Requirement } from '../../core/spec/document.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc6750 } from '../../core/spec/rfc6750.ts'
import { check } from '../../harness/check.ts'
import type { Target } from '../../harness/target/target.ts'

/** An endpoint has no fragment, not even an empty one: clients add their query to what is published. */
export const endpointsHaveNoFragment = check({
  proves: [rfc6749.authorizationEndpointNoFragment, rfc6749.tokenEndpointNoFragment],

  async run({ target, expect }) {
    for (const [name, about] of [
      ['authorization_endpoint', rfc6749.authorizationEndpointNoFragment],
      ['token_endpoint', rfc6749.tokenEndpointNoFragment],
    ] as const) {
      const url = target.metadata[name]
      const breach = { violation: 'malformed', expected: `${name} without #`, actual: `${name} with #` } as const
      expect.that(typeof url !== 'string' || !url.includes('#'), breach, about)
    }
  },
})

/** Codes, passwords and tokens are sent to endpoints that are reached by TLS. */
export const endpointsAreReachedByTls = check({
  proves: [rfc6749.tlsForAuthorization, rfc6749.tlsForTokens, rfc6749.tlsForPasswords, rfc6750.tlsImplemented],

  async run({ target, expect }) {
    for (const [about, names] of sentTo) {
      const open = names.filter((name) => isOpen(target.metadata[name], target))
      expect.that(
        open.length === 0,
        { violation: 'malformed', expected: 'https', actual: `http for ${open.join(', ')}` },
        about,
      )
    }
  },
})

/** What goes to which endpoint. */
const sentTo: readonly (readonly [Requirement, readonly string[]])[] = [
  [rfc6749.tlsForAuthorization, ['authorization_endpoint']],
  [rfc6749.tlsForTokens, ['token_endpoint']],
  [rfc6749.tlsForPasswords, ['token_endpoint', 'introspection_endpoint', 'revocation_endpoint']],
  [rfc6750.tlsImplemented, ['token_endpoint', 'userinfo_endpoint']],
]

/** Whether anybody on the way could read along. Who tests a server by http knows what its own address is. */
function isOpen(url: unknown, { issuer }: Target): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false
  const { protocol, hostname, origin } = new URL(url)
  const isLoopback = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/.test(hostname)
  return protocol === 'http:' && !isLoopback && origin !== new URL(issuer).origin
}
