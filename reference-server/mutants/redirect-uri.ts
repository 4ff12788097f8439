import { oauth21 } from '../../core/spec/oauth21.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { rfc8252 } from '../../core/spec/rfc8252.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { defaultConfig } from '../config.ts'
import type { Client } from '../model.ts'
import { mutants } from '../mutant.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import * as rules from '../rules/authorization-request.ts'
import { redirectUrisArePresent as urisArePresent } from '../rules/registration.ts'

const { apply: rightMatch } = rules.redirectUriMatches

/** What each of these lets pass is registered but for a detail: only what asks for an exact comparison is broken. */
const inexact = [rfc9700.exactRedirectUri, rfc6749.redirectUriCompared, oidcCore.redirectUriExact] as const

/** What is registered is a part of it. */
const partial = [...inexact, rfc6749.redirectUriComplete] as const

const matching = (compare: (registered: string, sent: string) => boolean) => (client: Client, redirectUri: string) => {
  if (client.redirectUris.some((registered) => compare(registered, redirectUri))) return
  rightMatch(client, redirectUri)
}

const same = (read: (uri: string) => string) => matching((registered, sent) => read(registered) === read(sent))

const parsed = (uri: string) => (URL.canParse(uri) ? new URL(uri) : undefined)

export const redirectUriMatches = mutants(rules.redirectUriMatches, {
  'takes any redirect URI': {
    fault: 'redirect_uri is required, stored, and never compared',
    breaks: [
      ...inexact,
      rfc6749.redirectUriRegistered,
      rfc6749.redirectUriComplete,
      rfc6749.errorNotToBadUri,
      rfc6749.noOpenRedirector,
      rfc8252.exactRedirectUri,
      rfc9700.noOpenRedirect,
      rfc9700.noRedirectForWrongPair,
      oauth21.redirectUrisRegistered,
      rfc7591.redirectUrisRegistered,
    ],
    apply() {},
  },
  'compares those of public clients alone': {
    fault: 'RFC 6749 has public clients register theirs, and others were trusted with whatever they send',
    breaks: [rfc6749.redirectUriRegistered, rfc9700.noOpenRedirect, oauth21.redirectUrisRegistered],
    apply(client, redirectUri) {
      if (client.authMethod === 'none') rightMatch(client, redirectUri)
    },
  },
  'takes any where none is registered': {
    fault: 'a client without redirection URIs is taken for one that nobody wanted to restrict',
    breaks: [rfc7591.redirectUrisRegistered, oauth21.redirectUrisRegistered],
    apply(client, redirectUri) {
      if (client.redirectUris.length > 0) rightMatch(client, redirectUri)
    },
  },
  'compares a prefix': {
    fault: 'the registered URI is taken for the root of what the client may use',
    breaks: partial,
    apply: matching((registered, sent) => sent.startsWith(registered)),
  },
  'ignores case': {
    fault: 'the database collation ignores case',
    breaks: inexact,
    apply: same((uri) => uri.toLowerCase()),
  },
  'normalises before it compares': {
    fault: 'both sides go through a URL parser, so that equal URLs are equal',
    breaks: inexact,
    apply: same((uri) => parsed(uri)?.href ?? uri),
  },
  'decodes before it compares': {
    fault: 'a framework hands over the parameter decoded once more',
    breaks: inexact,
    apply: same(decoded),
  },
  'trims white space': { fault: 'a form library trims every value', breaks: inexact, apply: same((uri) => uri.trim()) },
  'drops tabs and line breaks': {
    fault: 'what could split a header is filtered out of every value before anything looks at it',
    breaks: inexact,
    apply: same((uri) => uri.replace(/[\t\r\n]/g, '')),
  },
  'takes backslashes for slashes': {
    fault: 'a library for paths brings both into one form',
    breaks: inexact,
    apply: same((uri) => uri.replaceAll('\\', '/')),
  },
  'ignores the query': {
    fault: 'clients wanted to put their own state into the query',
    breaks: inexact,
    apply: same((uri) => uri.replace(/\?.*$/s, '')),
  },
  'ignores the fragment': {
    fault: 'a fragment never reaches a server, so it cannot matter',
    breaks: inexact,
    apply: same((uri) => uri.replace(/#.*$/s, '')),
  },
  'ignores a trailing slash': {
    fault: 'support had enough of clients that wrote it with one',
    breaks: inexact,
    apply: same((uri) => uri.replace(/\/$/, '')),
  },
  'ignores the scheme': {
    fault: 'developers wanted http while they tried things out',
    breaks: inexact,
    apply: same((uri) => uri.replace(/^https?:/, '')),
  },
  'ignores who the user is': {
    fault: 'user information is stripped from every URL before anything else',
    breaks: inexact,
    apply: same((uri) => uri.replace(/^(https?:\/\/)[^/@]*@/, '$1')),
  },
  'compares the host': {
    fault: 'a URI is trusted where its host is',
    breaks: partial,
    apply: same((uri) => parsed(uri)?.host ?? uri),
  },
  'takes any subdomain': {
    fault: 'customers have a subdomain each, so registered hosts count for what lies below',
    breaks: partial,
    apply: matching(belowTheHost),
  },
  'matches as a pattern': {
    fault: 'registered URIs may hold wildcards, so they are made regular expressions, and nobody anchors the end',
    breaks: partial,
    apply: matching((registered, sent) =>
      new RegExp(`^${registered.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}`).test(sent),
    ),
  },
  'takes any character for a dot': {
    fault: 'the registered URI is made a regular expression, with its dots as they are',
    breaks: inexact,
    apply: matching((registered, sent) =>
      new RegExp(`^${registered.replaceAll(/[*+?^${}()|[\]\\]/g, '\\$&')}$`).test(sent),
    ),
  },
  'looks at one line': {
    fault: 'the anchors of the regular expression stand for lines, and the text may have several',
    breaks: inexact,
    apply: matching((registered, sent) => sent.split(/[\r\n]/).includes(registered)),
  },
  'stops at a nul': {
    fault: 'a function that compares texts as C has them reads up to the first NUL',
    breaks: inexact,
    apply: same((uri) => uri.replace(/\0.*$/s, '')),
  },
  'folds what looks the same': {
    fault: 'all text that comes in is normalised by the compatibility forms of Unicode',
    breaks: inexact,
    apply: same((uri) => uri.normalize('NFKC')),
  },
  'drops path parameters': {
    fault: 'the servlet container takes them for session identifiers',
    breaks: inexact,
    apply: same((uri) => uri.replaceAll(/;[^/?#]*/g, '')),
  },
  'decodes twice': {
    fault: 'a proxy decodes the query, and the framework behind it decodes it again',
    breaks: inexact,
    apply: same((uri) => leniently(leniently(uri))),
  },
  'looks for a registered one in it': {
    fault: 'contains was at hand where equals was meant',
    breaks: [...inexact, rfc6749.errorNotToBadUri, rfc6749.noOpenRedirector, rfc9700.noOpenRedirect],
    apply: matching((registered, sent) => sent.includes(registered)),
  },
  'compares the port of a loopback address': {
    fault: 'exact comparison was made stricter than it is, and native apps were forgotten',
    breaks: [rfc8252.anyLoopbackPort, rfc9700.loopbackPortVaries],
    apply(client, redirectUri) {
      if (!client.redirectUris.includes(redirectUri))
        throw new NotRedirectable('redirect_uri is not registered for this client')
    },
  },
  'lets the port vary by IPv4 alone': {
    fault: 'the loopback address was written as a regular expression before anybody used the other one',
    breaks: [rfc8252.anyLoopbackPort, rfc9700.loopbackPortVaries],
    apply(client, redirectUri) {
      if (redirectUri.startsWith('http://[') && !client.redirectUris.includes(redirectUri))
        throw new NotRedirectable('redirect_uri is not registered for this client')
      rightMatch(client, redirectUri)
    },
  },
  'lets ephemeral ports vary': {
    fault: 'the system hands out ports from 49152 on, so a lower one cannot be the app',
    breaks: [rfc8252.anyLoopbackPort, rfc9700.loopbackPortVaries],
    apply(client, redirectUri) {
      const [, port] = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):(\d+)/.exec(redirectUri) ?? []
      if (port !== undefined && Number(port) < 49_152 && !client.redirectUris.includes(redirectUri))
        throw new NotRedirectable('redirect_uri is not registered for this client')
      rightMatch(client, redirectUri)
    },
  },
  'ignores every port': {
    fault: 'the rule for the loopback address was written for all addresses',
    breaks: inexact,
    apply: same((uri) => uri.replace(/^(https?:\/\/(?:\[[^\]]*\]|[^/?#:]*)):\d+/, '$1')),
  },
  'takes a URI without a path for its root': {
    fault: 'who registers a host, or a scheme, was thought to mean all that lies there',
    breaks: [rfc8252.completeUriRegistered, oauth21.redirectUriComplete],
    apply: matching(
      (registered, sent) =>
        /^(?:[a-z][a-z0-9+-]*:\/\/[^/?#]+|[a-z][a-z0-9+.-]*:)\/?$/.test(registered) && sent.startsWith(registered),
    ),
  },
  'parses a loopback address': {
    fault: 'a URL parser takes the port away, and writes the rest in a way of its own',
    breaks: [rfc8252.exactRedirectUri, rfc9700.exactRedirectUri],
    apply(client, redirectUri) {
      const portless = (uri: string) => {
        const url = parsed(uri)
        if (url?.protocol !== 'http:' || !['127.0.0.1', '[::1]'].includes(url.hostname)) return uri
        url.port = ''
        return url.href
      }
      if (!client.redirectUris.some((registered) => portless(registered) === portless(redirectUri)))
        rightMatch(client, redirectUri)
    },
  },
  'takes localhost for loopback': {
    fault: 'localhost is where the loopback address is',
    breaks: [rfc8252.exactRedirectUri, rfc9700.exactRedirectUri],
    apply: same((uri) => uri.replace(/^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?(?=[/?]|$)/, 'http://127.0.0.1')),
  },
  'takes any path of a loopback address': {
    fault: 'what listens on loopback is the client itself, whatever it calls its pages',
    breaks: [rfc8252.exactRedirectUri, rfc9700.exactRedirectUri],
    apply: same((uri) => uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\]))[:/].*$/s, '$1')),
  },
  'reads the loopback address up to the colon': {
    fault: 'everything behind the colon of a loopback address is taken for its port',
    breaks: [rfc8252.exactRedirectUri, rfc9700.exactRedirectUri],
    apply(client, redirectUri) {
      const isLoopback = redirectUri.startsWith('http://127.0.0.1:') && client.applicationType === 'native'
      if (isLoopback && redirectUri.endsWith('/callback')) return
      rightMatch(client, redirectUri)
    },
  },
})

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri)
  } catch {
    throw new NotRedirectable('redirect_uri is malformed')
  }
}

/** Each escape by itself, so that what is none stays. */
const leniently = (uri: string) =>
  uri.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

function belowTheHost(registered: string, sent: string): boolean {
  const [own, other] = [parsed(registered), parsed(sent)]
  return (
    own !== undefined && other !== undefined && own.pathname === other.pathname && other.host.endsWith(`.${own.host}`)
  )
}

const inFolder = (covers: (folder: string, sent: string) => boolean) => (pattern: string, sent: string) => {
  const folder = rules.folderOf(pattern)
  return folder !== undefined && covers(folder, sent)
}

export const patternCovers = mutants(rules.patternCovers, {
  'compares a prefix': {
    fault: 'a star at the end makes a prefix of what stands before it, and a way up begins with it as well',
    breaks: [rfc6749.redirectUriRegistered],
    config: { redirectUriPatterns: true },
    apply: inFolder((folder, sent) => sent.startsWith(folder)),
  },
  'looks for dots between slashes': {
    fault: 'a way up was known by one spelling',
    breaks: [rfc6749.redirectUriRegistered],
    config: { redirectUriPatterns: true },
    apply: inFolder((folder, sent) => sent.startsWith(folder) && !/\/\.\.(?:\/|$)/.test(sent)),
  },
  'reads it like a browser': {
    fault: 'a URL parser resolves every way up that it knows, and what stands behind the application knows more',
    breaks: [rfc6749.redirectUriRegistered],
    config: { redirectUriPatterns: true },
    apply: inFolder((folder, sent) => sent.startsWith(folder) && parsed(sent)?.href.startsWith(folder) === true),
  },
  'looks for it anywhere': {
    fault: 'the pattern was made a regular expression without an anchor at its beginning',
    config: { redirectUriPatterns: true },
    apply: inFolder((folder, sent) => sent.includes(folder)),
  },
})

export const redirectUrisArePresent = mutants(urisArePresent, {
  'asks for them where codes are sent': {
    fault: 'redirection URIs are compared where a code is issued, so those who get none need none',
    breaks: [rfc6749.redirectUriOfImplicitClients],
    config: { grantTypes: [...defaultConfig.grantTypes, 'implicit'] },
    apply(grantTypes, redirectUris) {
      if (grantTypes.includes('authorization_code') && redirectUris.length === 0)
        throw new OAuthError('invalid_redirect_uri', 'redirect_uris is missing')
    },
  },
})
