import type { ClientAccount } from './target.ts'

/**
 * Sets redirection URIs apart that end in `/*`: some servers take such a one for all that lies in that folder. Where a
 * client has no others, it uses one that lies there.
 */
export function withPatternsApart(account: ClientAccount): ClientAccount {
  const patterns = account.redirect_uris.filter((uri) => uri.endsWith('/*'))
  if (patterns.length === 0) return account
  const whole = account.redirect_uris.filter((uri) => !patterns.includes(uri))
  return {
    ...account,
    redirect_uris: whole.length > 0 ? whole : patterns.map(insideOf),
    redirect_uri_patterns: patterns,
  }
}

/** A URI in the folder of a pattern. */
export const insideOf = (pattern: string): string => `${folderOf(pattern)}callback`

/** `https://rp.example/apps/` of `https://rp.example/apps/*`. */
export const folderOf = (pattern: string): string => pattern.slice(0, -1)

/** Whether a URI begins like one of these patterns: whoever took it would take it for the sake of the pattern. */
export const beginsLikeAPattern = (uri: string, { redirect_uri_patterns: patterns = [] }: ClientAccount): boolean =>
  patterns.some((pattern) => uri.startsWith(folderOf(pattern)))
