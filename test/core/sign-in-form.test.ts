import { assert, array, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { filledForm } from '../../core/sign-in-form.ts'

const alice = { username: 'alice', password: 'a secret & more' }

const page = (fields: string, { title = 'Sign in', action = 'login' } = {}) =>
  `<html><title>${title}</title><form method="post" action="${action}">\n${fields}</form>\n</html>`

const credentials = '<input name="user" type="text"><input name="password" type="password" value="">'

const bodyOf = (html: string) => filledForm(html, alice)?.body

describe('a form', () => {
  test('is sent as a browser would send it when a person has filled it in', () => {
    const fields = `<input type="hidden" name="csrf" value="c&amp;d"/>${credentials}<input type="checkbox" name="stay"><input type="submit" name="go">`
    const buttons = '<button name="do" value="deny">No</button><button name="do" value="sign in">Yes</button>'
    expect(filledForm(page(fields + buttons), alice)).toEqual({
      action: 'login',
      body: 'csrf=c%26d&user=alice&password=a+secret+%26+more&do=sign+in',
      asksPassword: true,
    })
  })

  test('that asks for no password is one for consent', () => {
    const consent = page(
      '<button name="consent" value="cancel">No</button><button name="consent" value="yes">Yes</button>',
    )
    expect(filledForm(consent, alice)).toMatchObject({ body: 'consent=yes', asksPassword: false })
    expect(bodyOf(page('<button name="do" value="deny">No</button>'))).toBe('')
  })

  test('has the last value of a name, at the place of the first', () => {
    const long = 'x'.repeat(20)
    expect(
      bodyOf(
        page(
          `<input name="a" type="hidden" value="${long}"><input name="b" type="hidden" value="1"><input name="a" type="hidden" value="2">`,
        ),
      ),
    ).toBe('a=2&b=1')
  })

  test.each(['', '<p>No form</p>', 'form'])('is none in %j', (html) => {
    expect(filledForm(html, alice)).toBeUndefined()
  })
})

describe('a form that is like one before', () => {
  const hidden = (value: string) => page(`<input type="hidden" name="csrf" value="${value}">${credentials}`)
  const [one, other] = ['one-value-by-chance', 'other-value-by-chance']

  test('is sent with its own hidden values, and by its own person', () => {
    const bob = { username: 'bob', password: 'b' }
    for (const value of [one, other, one]) {
      expect(bodyOf(hidden(value))).toBe(`csrf=${value}&user=alice&password=a+secret+%26+more`)
      expect(filledForm(hidden(value), bob)?.body).toBe(`csrf=${value}&user=bob&password=b`)
    }
  })

  test('is read anew where anything else differs', () => {
    for (const value of [one, other]) {
      expect(
        filledForm(page(`<input type="hidden" name="csrf" value="${value}">`, { action: '/x' }), alice)?.action,
      ).toBe('/x')
      expect(bodyOf(hidden(value).replace('csrf', 'token'))).toContain(`token=${value}&`)
      expect(bodyOf(hidden(value).replace('type="text"', 'type="hidden"'))).toBe(
        `csrf=${value}&user=&password=a+secret+%26+more`,
      )
      expect(bodyOf(hidden(`${value}&quot;`))).toContain(`csrf=${value}%22&`)
      expect(bodyOf(hidden(value).replace(`"${value}"`, `'${value}'`))).toContain(`csrf=${value}&`)
    }
  })

  test('is sent with the value that counts, where the same stands elsewhere', () => {
    const twice = (title: string, value: string) =>
      page(`<input type="hidden" name="csrf" value="${value}">`, { title })
    for (const [title = '', value = ''] of [
      [one, one],
      [one, other],
      [other, one],
      [other, other],
    ])
      expect(bodyOf(twice(title, value))).toBe(`csrf=${value}`)
    const beside = (data: string, value: string) =>
      page(`<input type="hidden" name="csrf" data-value="${data}" value="${value}">`)
    for (const [data = '', value = ''] of [
      [one, other],
      [other, one],
      [one, one],
    ])
      expect(bodyOf(beside(data, value))).toBe(`csrf=${value}`)
  })

  test('is sent as it would be without the one before, whatever it hides', () => {
    const value = string({ minLength: 14, maxLength: 18, unit: 'grapheme-ascii' })
    const quoted = value.map((text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'))
    assert(
      property(array(quoted, { minLength: 1, maxLength: 10 }), (values) => {
        for (const text of values) {
          // In other quotes nothing is like anything before.
          const anew = bodyOf(hidden('').replace('value=""', () => `value='${text.replaceAll("'", '&#39;')}'`))
          expect(bodyOf(hidden(text))).toBe(anew)
        }
      }),
      { numRuns: 300 },
    )
  })
})
