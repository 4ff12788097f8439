/** Where a redirect must never lead: no client registered anything there. */
export const foreignUri = 'https://attacker.example/callback'

/**
 * URIs that somebody's comparison takes for a registered one: by prefix, without case, normalised, decoded, by host or by
 * wildcard. For a loopback address the port is left alone, for it may vary (RFC 8252 §7.3).
 */
export function nearMisses(registered: readonly string[]): readonly string[] {
  return [...new Set(registered.flatMap(variationsOf))].filter((uri) => !registered.includes(uri))
}

const variationsOf = (uri: string): readonly string[] => {
  const [, scheme = '', host = '', path = ''] = /^(https?):\/\/([^/?#:]+|\[[^\]]*\])([^?#]*)/i.exec(uri) ?? []
  const withPath = [
    `${uri}/`,
    `${uri}/more`,
    `${uri}more`,
    `${uri}${uri.includes('?') ? '&' : '?'}more=1`,
    `${uri}#more`,
    `${uri}%20`,
    `${uri} `,
    ` ${uri}`,
    // Browsers drop it wherever it stands.
    `${uri.slice(0, -1)}\t${uri.slice(-1)}`,
  ]
  if (host === '' || path === '' || path === '/') return withPath
  const query = uri.slice(uri.indexOf(path, scheme.length + 3) + path.length)
  const at = (newHost: string, newPath = path, newScheme = scheme) => `${newScheme}://${newHost}${newPath}${query}`
  const ofHost = isLoopback(host) ? loopbackVariations : webVariations
  return [
    ...withPath,
    at(
      host,
      path.replace(/[a-z](?=[^/]*$)/, (letter) => letter.toUpperCase()),
    ),
    at(
      host,
      path.replace(/[a-z](?=[^/]*$)/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    ),
    at(host, `/more/..${path}`),
    at(host, `/.${path}`),
    at(host, path.replaceAll('/', '\\')),
    at(host).replace('://', ':'),
    at(host, '/'),
    at(`${host}.attacker.example`),
    at(`someone@${host}`),
    at(`${host}@attacker.example`),
    at(host, path, scheme === 'https' ? 'http' : 'https'),
    ...(query === '' ? [] : [at(host).slice(0, -query.length)]),
    ...ofHost(host).map((other) => at(other)),
  ]
}

const isLoopback = (host: string) => host === '127.0.0.1' || host === '[::1]'

const loopbackVariations = () => [
  'localhost',
  'localhost:49152',
  '127.0.0.2',
  '127.1',
  '2130706433',
  '127.0.0.1:49152@attacker.example',
]

const webVariations = (host: string) => [host.toUpperCase(), `more.${host}`, `${host}:443`, `${host}.`]
