import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { Paths } from '../config.ts'
import { rule } from '../rule.ts'

/**
 * What a script of another origin may send, as a browser asks before it sends it (Fetch §3.3). The star stands for every
 * origin but for no credentials: what an application asks with is its own token, never the cookie of a person. The pages
 * are not for scripts at all.
 */
export const preflightHeaders = rule(
  [oidcCore.userinfoCors, rfc9700.noCorsAtAuthorization],
  (path: string, methods: readonly string[], paths: Paths): Readonly<Record<string, string>> =>
    isForClients(path, paths)
      ? {
          'access-control-allow-origin': '*',
          'access-control-allow-methods': methods.join(', '),
          'access-control-allow-headers': 'Authorization, Content-Type',
          'access-control-max-age': '600',
        }
      : {},
)

const isForClients = (path: string, { token, userinfo, revoke, introspect, register, jwks }: Paths) =>
  path.startsWith('/.well-known/') ||
  path.startsWith(`${register}/`) ||
  [token, userinfo, revoke, introspect, register, jwks].includes(path)
