import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attribute, attributesOf, elements, formsIn, tagIn, textAt, unescaped } from '../../core/markup.ts'

describe('an attribute', () => {
  test.each([
    ['input name="a" value="b"', 'value', 'b'],
    [`input name='a' value='b "c"'`, 'value', 'b "c"'],
    ['input name=a value=b', 'value', 'b'],
    ['INPUT VALUE = "b"', 'value', 'b'],
    ['input value=""', 'value', ''],
    ['input name="a"', 'value', undefined],
    ['input data-value="a" value="b"', 'value', 'b'],
    ['input title="value=a" value="b"', 'value', 'b'],
    ['input value="a" value="b"', 'value', 'a'],
    ['input\nrequired\tvalue =\n"b"', 'value', 'b'],
    ['input name="a"value=b', 'value', 'b'],
    ['input value="b', 'value', undefined],
    ['input value=', 'value', ''],
    ['input = value=b', 'value', undefined],
    [
      'form action="https&#x3a;&#x2f;&#x2f;sp.example&#x2f;acs?a=1&amp;b=2"',
      'action',
      'https://sp.example/acs?a=1&b=2',
    ],
  ])('of %j', (tag, name, value) => {
    expect(attribute(tag, name)).toBe(value)
  })

  test('is the same however the tag goes on', () => {
    const piece = fc.constantFrom('a', 'b', '=', ' = ', '"x"', '"x=y"', `'z'`, '""', `"it's"`, ' ', '\n', '/', '&amp;')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const tag = `input ${pieces.join('')} z`
        // What has no end is left out, and the tag is read from name to name.
        expect(attributesOf(`${tag} rest = "`)).toEqual(attributesOf(tag))
      }),
    )
  })

  test('of a tag that is made to be read for long is read as far as others', () => {
    expect(attributesOf(`input${' a="b"'.repeat(200_000)}`)).toEqual(new Map([['a', 'b']]))
    const many = Array.from({ length: 300 }, (_, at) => ` a${at}="${at}"`)
    expect([...attributesOf(`input${many.join('')}`).values()]).toEqual(many.slice(0, 100).map((_, at) => String(at)))
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

describe('the forms of a page', () => {
  test('are told by their tags', () => {
    const page = `<p>a<form action="/a"><input name=x><b>text</b></form><input name=y><FORM><button>`
    expect(formsIn(page)).toEqual([
      ['form action="/a">', 'input name=x>', 'b>text', '/b>'],
      ['FORM>', 'button>'],
    ])
    expect(['b>text>', 'b', ''].map(tagIn)).toEqual(['b', 'b', ''])
  })

  test('may have no end, and be many', () => {
    expect(formsIn('<form><input><form>')).toEqual([['form>', 'input>'], ['form>']])
    expect(formsIn('<form>'.repeat(50_000))).toHaveLength(20)
    expect(formsIn('no form at all, not even <b>one</b>')).toEqual([])
  })
})

describe('the elements of a name', () => {
  const texts = (xml: string, name: string) => elements(xml, name).map(({ end }) => textAt(xml, end))

  test.each([
    ['<Audience>a</Audience><x:Audience>b</x:Audience>', ['a', 'b']],
    ['<AudienceRestriction><Audience>a&amp;b</Audience></AudienceRestriction>', ['a&b']],
    [`<Audience a="x>y" b='"'>c</Audience>`, ['c']],
    ['<TheAudience>a</TheAudience> Audience <Audience.x>b</Audience.x>', []],
    ['<Audience>the end is missing', ['the end is missing']],
    ['<Audience "', []],
  ])('in %s', (xml, found) => {
    expect(texts(xml, 'Audience')).toEqual(found)
  })

  test('have their attributes', () => {
    const [first] = elements(`<samlp:Response ID="_1" InResponseTo='_2'/>`, 'Response')
    expect(attribute(first?.attributes ?? '', 'InResponseTo')).toBe('_2')
  })

  test('are looked for in bounded time, whatever comes', () => {
    expect(elements('Response'.repeat(100_000), 'Response')).toEqual([])
    expect(elements(`<Response "${'<Response '.repeat(70_000)}${'>'.repeat(60)}`, 'Response')).toEqual([])
    expect(elements('<Response/>'.repeat(5000), 'Response')).toHaveLength(1000)
    expect(elements(`<Response "${'>'.repeat(500_000)}`, 'Response')).toEqual([])
  })
})
