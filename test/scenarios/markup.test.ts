import { describe, expect, test } from 'vitest'
import { attribute, unescaped } from '../../scenarios/lib/markup.ts'

describe('an attribute', () => {
  test.each([
    ['input name="a" value="b"', 'value', 'b'],
    [`input name='a' value='b "c"'`, 'value', 'b "c"'],
    ['input name=a value=b', 'value', 'b'],
    ['INPUT VALUE = "b"', 'value', 'b'],
    ['input value=""', 'value', ''],
    ['input name="a"', 'value', undefined],
    [
      'form action="https&#x3a;&#x2f;&#x2f;sp.example&#x2f;acs?a=1&amp;b=2"',
      'action',
      'https://sp.example/acs?a=1&b=2',
    ],
  ])('of %j', (tag, name, value) => {
    expect(attribute(tag, name)).toBe(value)
  })
})

describe('text', () => {
  test.each([
    ['a&#43;b&#x2B;c&#X2b;', 'a+b+c+'],
    ['&lt;&gt;&quot;&apos;&amp;', `<>"'&`],
    ['&amp;lt;', '&lt;'],
    ['&#128512;', '😀'],
    ['&nbsp; &unknown; & &#; &#x110000;', '&nbsp; &unknown; & &#; &#x110000;'],
  ])('%j reads %j', (text, read) => {
    expect(unescaped(text)).toBe(read)
  })
})
