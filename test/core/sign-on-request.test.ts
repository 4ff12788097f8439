import { expect, test } from 'vitest'
import { signOnLineOf, signOnRequestIn } from '../../core/sign-on-request.ts'

test('a request for sign-on is one line, whatever stands in it, and is read as it was', () => {
  const request = {
    url: 'https://idp.example/sso?SAMLRequest=a%2Bb&RelayState=c%20d',
    id: '_1',
    provider: 'urn:an example\twith\nspaces',
    consumer: 'https://sp.example/acs?a=b&c=%09',
    relayState: 'a+b/c==',
  }
  const line = signOnLineOf(request)
  expect(line).not.toContain('\n')
  expect(signOnRequestIn(line)).toEqual(request)
})

test('a URL is written without what nobody sends of it', () => {
  const request = { url: 'https://idp.exam\nple/s\tso\r', id: '_1', provider: 'p', consumer: 'c', relayState: 'r' }
  expect(signOnRequestIn(signOnLineOf(request)).url).toBe('https://idp.example/sso')
})
