import { expect, test } from 'vitest'
import { carrierFormIn, carrierOn, controlIn } from '../../core/page-form.ts'

const formOf = (inputs: string) =>
  `<html><form method="post" action="https://sp.example/acs?a=1&amp;b=2">\n${inputs}<button>Go on</button></form></html>`
const response = '<input type="hidden" name="SAMLResponse" value="AAAA=="/>'
const relayState = '<input type="hidden" name="RelayState" value="x&amp;y"/>'
const inCapitals = (page: string) => page.replaceAll(/form|input/g, (tag) => tag.toUpperCase())
const search = '<form action="/search"><input name="q"></form>'
const both = { SAMLResponse: 'AAAA==', RelayState: 'x&y' }

test.each([
  ['as nearly everywhere', formOf(response + relayState), both],
  ['in another order', formOf(relayState + response), both],
  ['in capitals', inCapitals(formOf(response + relayState)), both],
  [
    'by other quotes',
    formOf(`<input value='x&amp;y' name=RelayState><input name="SAMLResponse" value='AAAA=='>`),
    both,
  ],
  ['with one value in its own way', formOf(`${response}<input name="RelayState" value="x&#38;y">`), both],
  ['behind another form', search + formOf(response + relayState), both],
  ['before another form', formOf(response + relayState) + search, both],
  ['without RelayState', formOf(response), { SAMLResponse: 'AAAA==' }],
  ['with RelayState elsewhere', formOf(response) + relayState, { SAMLResponse: 'AAAA==' }],
  ['without its end', formOf(response).replace('</form>', ''), { SAMLResponse: 'AAAA==' }],
])('a form that brings a response is read %s', (_, page, fields) => {
  const carrier = { action: 'https://sp.example/acs?a=1&b=2', fields }
  expect(carrierOn(page)).toEqual(carrier)
  expect(carrierOn(carrierFormIn(page) ?? '')).toEqual(carrier)
})

test.each(['', 'SAMLResponse', search, formOf(relayState), `<p>SAMLResponse</p>${search}`])(
  '%j brings none',
  (page) => {
    expect(carrierOn(page)).toBeUndefined()
    expect(carrierFormIn(page)).toBeUndefined()
  },
)

test('a control is the same each time, and what is long is read as well', () => {
  const password = { isButton: false, name: 'p', type: 'password', value: '' }
  expect([1, 2].map(() => controlIn('input name=p type="password">Password'))).toEqual([password, password])
  expect([1, 2].map(() => controlIn('label for="p">'))).toEqual([undefined, undefined])
  expect(controlIn(`INPUT name="a" value="${'x'.repeat(1000)}">`)).toMatchObject({ name: 'a', type: 'text' })
  for (let at = 0; at < 600; at++) expect(controlIn(`button name="b" value="${at}">`)?.value).toBe(String(at))
})
