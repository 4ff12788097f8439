import { describe, expect, test } from 'vitest'
import { childOf, readXml } from '../../../reference-server/saml/read-xml.ts'
import { NotAnswerable } from '../../../reference-server/saml/saml-error.ts'

const read = (xml: string) => readXml(Buffer.from(xml))

describe('a document', () => {
  test('is read with its namespaces resolved and its comments left out', () => {
    const root = read('<a:x xmlns:a="urn:a" xmlns="urn:b" y="1" a:z="2">one<!-- no --><y>in</y><![CDATA[<two>]]></a:x>')

    expect(root).toMatchObject({ namespace: 'urn:a', name: 'x', text: 'one<two>' })
    expect(root.attributes.get('y')).toBe('1')
    expect(root.attributes.get('z')).toBeUndefined()
    expect(childOf(root, 'urn:b', 'y')?.text).toBe('in')
    expect(childOf(root, 'urn:a', 'y')).toBeUndefined()
  })

  test('may be in UTF-16 where it says so', () => {
    const octets = Buffer.from('\uFEFF<?xml version="1.0" encoding="UTF-16"?><x>é</x>', 'utf16le')

    expect(readXml(octets).text).toBe('é')
  })
})

describe('what is refused', () => {
  test.each([
    ['a DTD', '<!DOCTYPE x><x/>'],
    ['a DTD with entities', '<!DOCTYPE x [<!ENTITY e "text">]><x>&e;</x>'],
    ['a DTD elsewhere', '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>'],
    ['an entity that nobody defined', '<x>&e;</x>'],
    ['elements nested too deeply', `${'<x>'.repeat(33)}${'</x>'.repeat(33)}`],
    ['too many elements', `<x>${'<y/>'.repeat(1000)}</x>`],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><x/>'],
    ['a prefix that stands for nothing', '<a:x/>'],
    ['two attributes of one name', '<x xmlns:a="urn:a" xmlns:b="urn:a" a:y="1" b:y="2"/>'],
    ['an element that does not end', '<x>'],
    ['text behind the end', '<x/>text'],
    ['nothing', ''],
  ])('%s', (_, xml) => {
    expect(() => read(xml)).toThrow(NotAnswerable)
  })

  test('octets that are not UTF-8', () => {
    expect(() => readXml(Buffer.from([0x3c, 0x78, 0x3e, 0xff, 0x3c, 0x2f, 0x78, 0x3e]))).toThrow(NotAnswerable)
  })
})
