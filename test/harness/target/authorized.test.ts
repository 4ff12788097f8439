import { describe, expect, test } from 'vitest'
import { HarnessError } from '../../../harness/error.ts'
import { assertAuthorized, assertTargetAuthorized, isLoopback } from '../../../harness/target/authorized.ts'

const complaintAbout = (work: () => void): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof HarnessError) return `${error.code}: ${error.message}; ${error.hint}`
    throw error
  }
  return 'allowed'
}

describe('loopback', () => {
  test.each(['127.0.0.1', '127.255.0.9', '::1', '[::1]', 'localhost', 'LOCALHOST', 'localhost.', 'op.localhost'])(
    '%s is this machine',
    (host) => {
      expect(isLoopback(host)).toBe(true)
    },
  )

  test.each([
    '127.evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'notlocalhost',
    '128.0.0.1',
    '0.0.0.0',
    '::2',
    '10.0.0.1',
    '',
  ])('%s is not', (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})

describe('a host must be listed exactly', () => {
  test.each([
    ['http://127.0.0.1:3000/token', []],
    ['http://2130706433/token', []], // 127.0.0.1 as one number
    ['https://issuer.example/token', ['issuer.example']],
    ['https://issuer.example/token', ['ISSUER.example:443']],
    ['https://issuer.example:8443/token', ['other.example', 'issuer.example:8443']],
    ['https://[2001:db8::1]:8443/', ['[2001:db8::1]:8443']],
  ])('%s is allowed by %j', (url, hosts) => {
    expect(complaintAbout(() => assertAuthorized(url, hosts, 'fuzz'))).toBe('allowed')
  })

  test.each([
    ['https://issuer.example/token', []],
    ['https://issuer.example:8443/token', ['issuer.example']],
    ['https://issuer.example/token', ['issuer.example:8443']],
    ['https://a.issuer.example/token', ['issuer.example']],
    ['https://issuer.example.evil.example/', ['issuer.example']],
    ['https://issuer.example@evil.example/', ['issuer.example']],
    ['https://issuer.example/', ['*', '*.example']],
  ])('%s is refused by %j', (url, hosts) => {
    expect(complaintAbout(() => assertAuthorized(url, hosts, 'load'))).toMatch(/^HOST_NOT_AUTHORIZED: /)
  })
})

test('the line to add keeps what is listed already', () => {
  expect(complaintAbout(() => assertAuthorized('https://[2001:db8::1]:8443/', ['issuer.example'], 'load'))).toBe(
    'HOST_NOT_AUTHORIZED: the target file does not allow to load [2001:db8::1]:8443; if you own that host or have permission, write this line into target.yaml: authorized_hosts: [issuer.example, "[2001:db8::1]:8443"]',
  )
})

test('metadata cannot lead to a host that is not listed', () => {
  const target = {
    issuer: 'http://127.0.0.1:3000',
    metadata: {
      issuer: 'http://127.0.0.1:3000',
      token_endpoint: 'https://victim.example/token',
      jwks_uri: 'https://keys.example/',
      userinfo_endpoint: 7,
      revocation_endpoint: 'nonsense',
      introspection_endpoint: 'javascript:alert(1)',
      service_documentation: 'https://docs.example',
    },
    authorizedHosts: ['keys.example'],
  }
  expect(complaintAbout(() => assertTargetAuthorized(target, 'fuzz'))).toBe(
    'HOST_NOT_AUTHORIZED: the target file does not allow to fuzz victim.example; if you own that host or have permission, write this line into target.yaml: authorized_hosts: [keys.example, victim.example]',
  )
})

test('nor can what the file names to control the target', () => {
  const issuer = 'http://127.0.0.1:3000'
  const control = { rotate_keys: { url: 'https://victim.example/rotate' } }
  const target = { issuer, metadata: { issuer }, authorizedHosts: [], control }
  expect(complaintAbout(() => assertTargetAuthorized(target, 'load'))).toMatch(
    /^HOST_NOT_AUTHORIZED: the target file does not allow to load victim\.example; /,
  )
})
