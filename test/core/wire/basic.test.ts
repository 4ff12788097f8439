import fc from 'fast-check'
import { expect, test } from 'vitest'
import { basicCredentials } from '../../../core/wire/basic.ts'

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')

test('the example of RFC 6749 §2.3.1', () => {
  expect(basicCredentials('s6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw', base64)).toBe(
    'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
  )
})

test('both parts come back, whatever they hold, and only ASCII is encoded', () => {
  const texts = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(texts, texts, (id, secret) => {
      const [, encoded = ''] = basicCredentials(id, secret, base64).split(' ')
      const pair = Buffer.from(encoded, 'base64').toString('latin1')
      expect(pair).toMatch(/^[\x21-\x39\x3B-\x7E]*:[\x21-\x39\x3B-\x7E]*$/)
      const form = new URLSearchParams(`id=${pair.replace(':', '&secret=')}`)
      expect([form.get('id'), form.get('secret')]).toEqual([id, secret])
    }),
  )
})
