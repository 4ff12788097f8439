import fc, { type Arbitrary } from 'fast-check'
import { saml, samlp } from '../../harness/client/saml-request.ts'
import { deed, type Edit, edit, few, position, replaceMatch } from './edit.ts'

/** Right before the text of the issuer ends. */
const intoIssuer = (xml: string, more: string) => xml.replace('</saml:Issuer>', `${more}</saml:Issuer>`)

/** In the middle of the text of the issuer, where a reader of the first text node stops. */
const insideIssuer = (xml: string, more: string) =>
  xml.replace(/(<saml:Issuer>.{8})/s, `$1${more.replaceAll('$', '$$$$')}`)

const letters = [...'abcdefghij']

/** Each entity is ten of the one before. */
const entities = (depth: number) =>
  letters
    .slice(0, depth)
    .map((letter, at) => `<!ENTITY ${letter} "${at === 0 ? '0123456789' : `&${letters[at - 1]};`.repeat(10)}">`)
    .join('')

const subset = fc.oneof(
  fc.integer({ min: 2, max: 10 }).map((depth) => `${entities(depth)}<!ENTITY e "&${letters[depth - 1]};">`),
  fc.constantFrom(
    '<!ENTITY e SYSTEM "file:///etc/hostname">',
    '<!ENTITY e SYSTEM "http://127.0.0.1:1/x">',
    '<!ENTITY e PUBLIC "-//x" "http://127.0.0.1:1/x">',
    '<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;',
    '<!ENTITY e "https://attacker.example/saml/acs">',
    '<!ATTLIST samlp:AuthnRequest AssertionConsumerServiceURL CDATA "https://attacker.example/saml/acs">',
    '<!ENTITY e "&e;">',
    '',
  ),
)

const markup = fc.constantFrom(
  '<!---->',
  '<!-- -->',
  '<?x y?>',
  '<![CDATA[]]>',
  '<![CDATA[.attacker.example]]>',
  '<x xmlns="urn:x"/>',
  '<x xmlns="urn:x">.attacker.example</x>',
  '&#x2e;',
  '&#0;',
  '&amp;',
  '&e;',
  '\u0001',
  '\uFFFE',
)

const roots = fc.constantFrom('LogoutRequest', 'Response', 'ArtifactResolve', 'authnrequest', 'AttributeQuery')

/** What may be done to the text of a message. */
const oneEdit: Arbitrary<Edit> = fc.oneof(
  edit('put into the issuer', markup, insideIssuer),
  edit('put behind the issuer', markup, intoIssuer),
  edit('declare', subset, (xml, inside) => `<!DOCTYPE AuthnRequest [${inside}]>${intoIssuer(xml, '&e;')}`),
  edit('declare', subset, (xml, inside) => `<!DOCTYPE samlp:AuthnRequest [${inside}]>${xml}`),
  edit('nest so deep', fc.integer({ min: 1, max: 20_000 }), (xml, depth) =>
    xml.replace(
      '</saml:Issuer>',
      `</saml:Issuer><samlp:Extensions>${'<x xmlns="urn:x">'.repeat(depth)}${'</x>'.repeat(depth)}</samlp:Extensions>`,
    ),
  ),
  edit('write so many attributes', fc.integer({ min: 1, max: 3000 }), (xml, count) =>
    xml.replace('>', `${Array.from({ length: count }, (_, at) => ` a${at}="${at}"`).join('')}>`),
  ),
  edit('inflate by so many spaces', fc.integer({ min: 10, max: 22 }), (xml, power) =>
    xml.replace('><', `>${' '.repeat(2 ** power)}<`),
  ),
  edit('cut from the end', fc.integer({ min: 1, max: 400 }), (xml, count) => xml.slice(0, -count)),
  edit('leave out', position, (xml, which) => replaceMatch(xml, /[<>"/=&]/g, which, () => '')),
  edit('write twice', position, (xml, which) => replaceMatch(xml, /\s[\w:]+="[^"]*"/g, which, (one) => one + one)),
  edit('call it', roots, (xml, name) => xml.replaceAll('samlp:AuthnRequest', `samlp:${name}`)),
  edit(
    'begin with',
    fc.constantFrom(
      '\uFEFF',
      '\uFEFF\uFEFF',
      '\n',
      'x',
      '\0',
      '<!-- -->',
      '<?xml version="1.0" encoding="UTF-7"?>',
      '<?xml version="1.1"?>',
      '<?xml version="1.0" encoding="ISO-8859-1"?>',
      '<?xml version="1.0" standalone="yes"?>',
    ),
    (xml, head) => `${head}${xml}`,
  ),
  edit('end with', fc.constantFrom('\n', 'x', '\0', '<x/>', '<!-- -->', ']]>'), (xml, tail) => `${xml}${tail}`),
  deed('write the issuer twice', (xml) =>
    xml.replace(/<saml:Issuer>.*<\/saml:Issuer>/s, '$&<saml:Issuer>urn:assay:unknown</saml:Issuer>'),
  ),
  deed('write another issuer first', (xml) =>
    xml.replace('<saml:Issuer>', '<saml:Issuer>urn:assay:unknown</saml:Issuer><saml:Issuer>'),
  ),
  deed('leave out the issuer', (xml) => xml.replace(/<saml:Issuer>.*<\/saml:Issuer>/s, '')),
  deed('take the older namespace', (xml) => xml.replaceAll(samlp, 'urn:oasis:names:tc:SAML:1.0:protocol')),
  deed('swap the namespaces', (xml) => xml.replace(`"${samlp}"`, '"urn:x"').replace(`"${saml}"`, `"${samlp}"`)),
  deed('bind no prefix', (xml) => xml.replace(/ xmlns:samlp="[^"]*"/, '')),
  deed(
    'wrap it in an envelope',
    (xml) => `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${xml}</s:Body></s:Envelope>`,
  ),
  deed('write it twice', (xml) => `${xml}${xml}`),
  deed('write nothing', () => ''),
  deed('write JSON', () => '{"Issuer":"x"}'),
)

/** A message that an XML parser should refuse, or read in no other way than its neighbour does. */
export const messageTextEdits: Arbitrary<readonly Edit[]> = few(oneEdit)
