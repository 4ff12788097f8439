import type { Dialect } from '../dialect.ts'
import { bearerDenial } from '../rules/bearer-usage.ts'
import type { ResponseParams } from '../rules/redirect.ts'
import type { Field } from '../transport.ts'

/** What HTTP and the syntax of URIs and JSON leave open, whatever the protocol above them. */
export const httpDialects: readonly Dialect[] = [
  {
    id: 'behind-a-proxy',
    lawful: 'RFC 9110 §5.1 and §5.3: names of header fields have no case, and a list may stand in several of them',
    transport: {
      rewrite: ({ status, fields, body }, { method }) => ({
        status,
        fields: [
          ...[...fields, ...ofTheProxy].map(([name, value]): Field => [titleCase(name), value]),
          ['Cache-Control', 'max-age=0, must-revalidate'],
          // RFC 9112 §9.6.
          ['Connection', method === 'POST' ? 'close' : 'keep-alive'],
        ],
        // RFC 9110 §15.4.4: a redirect has a short note for whoever does not follow it.
        body: status === 303 ? '<p>See the other place.</p>' : body,
      }),
    },
  },
  {
    id: 'slow-and-in-pieces',
    lawful: 'RFC 9112 §7.1 and §9.5: a body may come in chunks, and how long an answer takes is left open',
    transport: { pieces: 3, delayMs: (before) => (before % 12 === 0 ? 30 + ((before * 37) % 51) : 0) },
  },
  {
    id: 'relative-locations',
    lawful: 'RFC 9110 §10.2.2: a Location may be relative to the URI that was asked for',
    transport: {
      rewrite: (answer, { url }) => ({
        ...answer,
        fields: answer.fields.map(([name, value]): Field => {
          const { origin } = new URL(url)
          return name === 'location' && value.startsWith(`${origin}/`)
            ? [name, value.slice(origin.length)]
            : [name, value]
        }),
      }),
    },
  },
  {
    id: 'other-escapes',
    lawful: 'RFC 3986 §2.1 and §2.3: escapes have no case, and a character may be escaped that need not be',
    swap: { responseLocation: (uri, params) => `${uri}${uri.includes('?') ? '&' : '?'}${escaped(params)}` },
  },
  {
    id: 'urls-written-anew',
    lawful: 'RFC 3986 §6.2: URIs that are the same but for their normal form are equivalent',
    swap: {
      responseLocation(uri, params) {
        const url = new URL(uri)
        for (const [name, value] of Object.entries(params))
          if (value !== undefined) url.searchParams.append(name, value)
        return url.href
      },
    },
  },
  {
    id: 'json-written-otherwise',
    lawful: 'RFC 8259 §2 and §7: white space means nothing, and any character of a text may be escaped',
    transport: {
      rewrite: (answer) =>
        answer.fields.some(([name, value]) => name === 'content-type' && /\bjson\b/i.test(value)) && answer.body !== ''
          ? { ...answer, body: rewritten(answer.body) }
          : answer,
    },
  },
  {
    id: 'several-challenges',
    lawful: 'RFC 9110 §11.6.1: a server may name several schemes, and parameters that nobody asked for',
    swap: {
      clientChallenge: (error, usedHeader) =>
        error.code === 'invalid_client' && usedHeader
          ? 'Negotiate, Basic realm="clients, and no others", charset="UTF-8"'
          : undefined,
      bearerDenial: (error) => ({
        status: bearerDenial.apply(error).status,
        challenge: `DPoP algs="ES256 PS256", Bearer realm="userinfo, and more", scope="openid"${
          error === undefined ? '' : `, error="${error.code}", error_description="it says no, and why"`
        }`,
      }),
    },
  },
  {
    id: 'plain-error-pages',
    lawful: 'RFC 6749 §3.1.2.4: a server informs the person of an error in whatever form it likes',
    transport: {
      rewrite(answer, { url }) {
        const { pathname, searchParams } = new URL(url)
        if (answer.status !== 400 || !pathname.endsWith('/authorize')) return answer
        // OpenID Connect Core §3.1.2.6 names the status where it is the response mode that is wrong.
        const status = searchParams.has('response_mode') ? 400 : 403
        return { status, fields: [['content-type', 'text/plain; charset=utf-8']], body: 'That is not possible.\n' }
      },
    },
  },
  {
    id: 'pages-written-otherwise',
    lawful: 'RFC 6749 §3.1: how a server authenticates the person is beyond the protocol, and so is how its pages look',
    transport: {
      rewrite: (answer) =>
        // The form that brings a response to its application is none of them.
        answer.body.includes('name="csrf"') ? { ...answer, body: markupOtherwise(answer.body) } : answer,
    },
  },
  {
    id: 'other-cookies',
    lawful: 'RFC 6265 §4.1: a server names its cookies, their attributes and their order as it likes',
    transport: {
      rewrite: (answer) => ({
        ...answer,
        fields: answer.fields.flatMap((field): readonly Field[] =>
          field[0] === 'set-cookie' ? recast(field[1]) : [field],
        ),
      }),
    },
  },
]

const ofTheProxy: readonly Field[] = [
  ['server', 'a server'],
  ['via', '1.1 a-proxy'],
  ['vary', 'Origin, Accept-Encoding'],
  ['strict-transport-security', 'max-age=31536000'],
  ['x-request-id', '7b0f0f3c-7d5d-4c55-9a3e-0d5e3a1c2b4d'],
]

const titleCase = (name: string) => name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())

/** All that is no letter and no digit as an escape, in small letters. */
const escaped = (params: ResponseParams) =>
  Object.entries(params)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${[...Buffer.from(value)].map(escape).join('')}`],
    )
    .join('&')

const escape = (octet: number) => {
  const character = String.fromCharCode(octet)
  return /[A-Za-z0-9]/.test(character) ? character : `%${octet.toString(16).padStart(2, '0')}`
}

/** The same JSON, with its members in another order, on lines of its own and with more escapes. */
const rewritten = (text: string) =>
  `${JSON.stringify(reversed(JSON.parse(text)), undefined, 2)
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[\u0080-\uFFFF_]/g, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`

const reversed = (value: unknown): unknown =>
  typeof value !== 'object' || value === null
    ? value
    : Array.isArray(value)
      ? value.map(reversed)
      : Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([name, member]) => [name, reversed(member)]),
        )

/** The same page with its last button first, and with tags in capitals whose attributes stand in another order and in other quotes. */
const markupOtherwise = (html: string) =>
  html
    .replace(/(<button[^]*?<\/button>)\s*(<button[^]*<\/button>)/, '$2 $1')
    .replaceAll(/<([a-z]+)((?:\s+[a-z-]+(?:="[^"']*")?)+)\s*>/g, (_tag, name: string, attributes: string) => {
      const pairs = attributes.match(/[a-z-]+(?:="[^"]*")?/g) ?? []
      return `<${name.toUpperCase()}\n  ${pairs.toReversed().join(' ').replaceAll('"', "'")}>`
    })

/** The same cookie with other attributes, and one that nobody needs. */
const recast = (line: string): readonly Field[] => {
  const [pair = ''] = line.split(';')
  return [
    ['set-cookie', `${pair};expires=Fri, 01 Jan 2100 00:00:00 GMT;path=/`],
    ['set-cookie', 'theme="dark"; Max-Age=3600; SameSite=None; Priority=High; Partitioned'],
  ]
}
