import { changed } from '../answers.ts'
import type { HostileCase, Place, Serve, Turn } from '../case.ts'
import { hostileTexts } from '../../fixtures/hostile-report.ts'

const xmlPlaces: readonly Place[] = ['saml metadata', 'saml sign-on']

/** Changes metadata where they stand, and a response within the form that carries it. */
const xml = (change: (xml: string, turn: Turn) => string): Serve =>
  changed((body, turn) => {
    if (/^\s*<\?xml|^\s*<\w*:?EntityDescriptor/.test(body)) return change(body, turn)
    return body.replace(
      /(name="SAMLResponse"\s+value=")([^"]+)"/,
      (_, before: string, value: string) =>
        `${before}${Buffer.from(change(Buffer.from(value, 'base64').toString(), turn)).toString('base64')}"`,
    )
  })

const withoutDeclaration = (text: string) => text.replace(/^\s*<\?xml[^>]*\?>\s*/, '')

/** Puts something right into the root. */
const inRoot = (content: (turn: Turn) => string): Serve =>
  xml((text, turn) => text.replace(/(<(?!\?)[^>]+>)/, (root) => `${root}${content(turn)}`))

const withDtd = (dtd: (turn: Turn) => string, content: string): Serve =>
  xml((text, turn) => `<!DOCTYPE x [${dtd(turn)}]>${withoutDeclaration(text).replace(/(<[^>]+>)/, `$1${content}`)}`)

const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')

const assertion = '<a:Assertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"/>'
const signature = '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>'
const descriptor =
  '<KeyDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><KeyValue><RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue></KeyInfo></KeyDescriptor>'
const escaped = Object.values(hostileTexts)
  .map((text) =>
    text
      .replaceAll(/[^\t\n\u0020-\uD7FF]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('"', '&quot;'),
  )
  .join(' ')

export const xmlCases: readonly HostileCase[] = [
  {
    name: 'a billion laughs',
    hurts: 'ten entities, each of ten others, are a billion',
    at: xmlPlaces,
    serve: withDtd(() => `<!ENTITY l0 "ha">${laughs}`, '&l9;'),
  },
  {
    name: 'a quadratic blow-up',
    hurts: 'one long entity stands thousands of times',
    at: xmlPlaces,
    serve: withDtd(() => `<!ENTITY l "${'x'.repeat(100_000)}">`, '&l;'.repeat(50_000)),
  },
  {
    name: 'an entity that is a file',
    hurts: 'an entity is a file of the machine that reads',
    at: xmlPlaces,
    serve: withDtd(() => '<!ENTITY f SYSTEM "file:///etc/passwd">', '&f;'),
  },
  {
    name: 'an entity of somebody else',
    hurts: 'entities, the DTD and a style sheet lie at another host',
    at: xmlPlaces,
    serve: withDtd(
      ({ elsewhere }) => `<!ENTITY % p SYSTEM "${elsewhere}/x.dtd">%p;<!ENTITY f SYSTEM "${elsewhere}/f">`,
      '&f;',
    ),
  },
  {
    name: 'XML 100,000 elements deep',
    hurts: 'element stands within element',
    at: xmlPlaces,
    serve: inRoot(() => `${'<x>'.repeat(100_000)}${'</x>'.repeat(100_000)}`),
  },
  {
    name: 'XML 250 elements deep, again and again',
    hurts: 'as deep as a parser allows, as often as a body has room',
    at: xmlPlaces,
    serve: inRoot(() => `${'<x>'.repeat(240)}${'</x>'.repeat(240)}`.repeat(500)),
  },
  {
    name: '200,000 elements',
    hurts: 'the document consists of empty elements',
    at: xmlPlaces,
    serve: inRoot(() => '<x/>'.repeat(150_000)),
  },
  {
    name: 'an attribute of 700 kB',
    hurts: 'the value of an attribute is nearly as long as a document may be',
    at: xmlPlaces,
    serve: inRoot(() => `<x a="${'&#x41;'.repeat(100_000)}"/>`),
  },
  {
    name: '20,000 attributes',
    hurts: 'an element has twenty thousand attributes',
    at: xmlPlaces,
    serve: inRoot(() => `<x ${Array.from({ length: 20_000 }, (_, at) => `a${at}=""`).join(' ')}/>`),
  },
  {
    name: '10,000 namespaces',
    hurts: 'an element declares ten thousand namespaces',
    at: xmlPlaces,
    serve: inRoot(
      () =>
        `<x ${Array.from({ length: 10_000 }, (_, at) => `xmlns:n${at}="urn:${at}"`).join(' ')}>${'<y/>'.repeat(1000)}</x>`,
    ),
  },
  {
    name: '10,000 assertions',
    hurts: 'the response holds ten thousand assertions',
    at: xmlPlaces,
    serve: inRoot(() => assertion.repeat(10_000)),
  },
  {
    name: '3,000 signed assertions',
    hurts: 'the response holds thousands of assertions, each with a signature to judge',
    at: xmlPlaces,
    serve: inRoot(() => assertion.replace('/>', `>${signature}</a:Assertion>`).repeat(3000)),
  },
  {
    name: '10,000 signatures',
    hurts: 'the root holds ten thousand signatures',
    at: xmlPlaces,
    serve: inRoot(() => signature.repeat(10_000)),
  },
  {
    name: '2,000 keys',
    hurts: 'the metadata have two thousand keys to verify with',
    at: ['saml metadata'],
    serve: xml((text) => text.replace(/(<[^>]*IDPSSODescriptor[^>]*>)/, `$1${descriptor.repeat(2000)}`)),
  },
  {
    name: 'markup in XML',
    hurts: 'texts and attributes are markup and text turned around',
    at: xmlPlaces,
    serve: xml((text) =>
      text
        .replaceAll(/(ID|InResponseTo|entityID|Format|SessionIndex)="[^"]*"/g, `$1="${escaped}"`)
        .replaceAll(/>[^<>\s][^<>]{0,60}</g, `>${escaped}<`),
    ),
  },
  {
    name: 'times in XML that nobody lives to see',
    hurts: 'instants lie in the year 99999, before time, or nowhere',
    at: xmlPlaces,
    serve: xml((text) =>
      text
        .replaceAll(/(IssueInstant|NotBefore|AuthnInstant)="[^"]*"/g, '$1="-99999-13-45T99:99:99Z"')
        .replaceAll(/(NotOnOrAfter|SessionNotOnOrAfter|validUntil)="[^"]*"/g, '$1="99999999-12-31T23:59:59Z"'),
    ),
  },
  {
    name: 'a SAML endpoint that is a file',
    hurts: 'the single sign-on service is a file, or a script',
    at: ['saml metadata'],
    serve: xml((text) => text.replaceAll(/Location="[^"]*"/g, 'Location="file:///etc/passwd"')),
  },
  {
    name: 'XML in another encoding',
    hurts: 'the document says that it is UTF-7, and is not',
    at: xmlPlaces,
    serve: xml((text) => `<?xml version="1.0" encoding="UTF-7"?>${withoutDeclaration(text)}`),
  },
  {
    name: 'a response that is no base64',
    hurts: 'what should be XML is octets',
    at: xmlPlaces,
    serve: xml(() => `${hostileTexts.octets}${'<'.repeat(100_000)}`),
  },
]
