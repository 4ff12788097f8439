import { expect, test } from 'vitest'
import { signOnAskedIn, signOnAskedOf, signOnLineOf, signOnUrlIn } from '../../core/sign-on-request.ts'

const asked = {
  id: '_1',
  provider: 'urn:an example\twith\nspaces',
  consumer: 'https://sp.example/acs?a=b&c=%09',
  relayState: 'a+b/c==',
}

test('a request for sign-on is one line, whatever stands in it, and is read as it was', () => {
  const url = 'https://idp.example/sso?SAMLRequest=a%2Bb&RelayState=c%20d'
  const line = signOnLineOf({ ...asked, url })
  expect(line).not.toContain('\n')
  expect(signOnUrlIn(line)).toBe(url)
  expect(signOnAskedOf(signOnAskedIn(line).split('\t'))).toEqual(asked)
})

test('a URL is written without what nobody sends of it', () => {
  expect(signOnUrlIn(signOnLineOf({ ...asked, url: 'https://idp.exam\nple/s\tso\r' }))).toBe('https://idp.example/sso')
})
