import { expect, test } from 'vitest'
import { oidcCore } from '../../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../../core/spec/rfc6749.ts'
import { duration, latency, quantilesOf, rate } from '../../../harness/reports/figures.ts'
import { addressOf, placeOf, replayCommand } from '../../../harness/reports/requirement-text.ts'

const ofRfc = {
  ...rfc6749.codeSingleUse,
  title: 'The OAuth 2.0 Authorization Framework',
  url: 'https://www.rfc-editor.org/rfc/rfc6749',
}
const ofOidc = {
  ...oidcCore.idTokenNonce,
  title: 'OpenID Connect Core 1.0',
  url: 'https://openid.net/specs/openid-connect-core-1_0.html',
}

test('a requirement is placed by the short name of its document', () => {
  expect(placeOf(ofRfc)).toBe('RFC 6749 §4.1.2')
  expect(placeOf(ofOidc)).toBe('OpenID Connect Core 1.0 §2')
  expect(placeOf({ ...ofOidc, section: '' })).toBe('OpenID Connect Core 1.0')
})

test.each([
  ['a section of an RFC', ofRfc, 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2'],
  ['an appendix of an RFC', { ...ofRfc, section: 'A.3' }, 'https://www.rfc-editor.org/rfc/rfc6749#appendix-A.3'],
  ['an RFC as a whole', { ...ofRfc, section: 'abstract' }, 'https://www.rfc-editor.org/rfc/rfc6749'],
  ['another document', ofOidc, 'https://openid.net/specs/openid-connect-core-1_0.html'],
  ['no address', { ...ofRfc, url: '' }, undefined],
  ['a script', { ...ofRfc, url: 'javascript:alert(1)' }, undefined],
])('the address of %s', (_, requirement, address) => {
  expect(addressOf(requirement)).toBe(address)
})

test.each([
  [undefined, 'npx assay replay 3f2a9c'],
  ['.assay/report.json', 'npx assay replay 3f2a9c'],
  ['nightly/report.json', 'npx assay replay 3f2a9c --report nightly/report.json'],
  ['my reports/report.json', 'npx assay replay 3f2a9c --report "my reports/report.json"'],
])('the command that looks again says where the report is, unless it is where it usually is: %s', (path, command) => {
  expect(replayCommand({ fingerprint: '3f2a9c' }, path)).toBe(command)
})

test('figures have as many digits as say something', () => {
  expect([0.824, 12.34, 50, 187.3, 1248, Number.NaN].map(latency)).toEqual([
    '0.82 ms',
    '12.3 ms',
    '50 ms',
    '187 ms',
    '1.25 s',
    '–',
  ])
  expect([400, 12_400, 60_000, 83_400, 119_700].map(duration)).toEqual([
    '0.4 s',
    '12 s',
    '1 min',
    '1 min 23 s',
    '2 min',
  ])
  expect([0.04, 12.34, 499.93, 12_345, Number.NaN].map(rate)).toEqual(['0', '12.3', '500', '12,345', '–'])
})

test('quantiles are ordered by rank, and what was not measured is left out', () => {
  const measured = { max: 9, p99: 5, avg: 3, 'p99.9': 8, med: 1, p95: Number.NaN }
  expect(quantilesOf(measured).map(([name]) => name)).toEqual(['med', 'p99', 'p99.9', 'max'])
})
