import fc, { type Arbitrary } from 'fast-check'
import { decodeForm, encodeComponent } from '../../core/wire/form.ts'
import { visible } from './characters.ts'
import { at, type Edit, edit, few, percentEncoded, position } from './edit.ts'

/** A form or query as it goes over the wire, split at its ampersands: each pair is encoded, rightly or wrongly. */
export type RawForm = readonly string[]

type FormEdit = Edit<RawForm>

/** The names in a form, decoded. */
export const namesIn = (form: RawForm): readonly string[] =>
  form.flatMap((pair) => decodeForm(pair).map(([name]) => name))

const onForm = <Argument>(
  does: string,
  argument: Arbitrary<Argument>,
  apply: (form: RawForm, argument: Argument) => RawForm,
): Arbitrary<FormEdit> => edit(does, argument, apply)

const put = (form: RawForm, which: number, pair: string): RawForm => form.toSpliced(which % (form.length + 1), 0, pair)

const change = (form: RawForm, which: number, to: (pair: string) => readonly string[]): RawForm => {
  const where = form.length === 0 ? 0 : which % form.length
  return form.flatMap((pair, index) => (index === where ? to(pair) : [pair]))
}

/** A name that no specification knows, in the characters of RFC 6749 Appendix A.18. */
const unknownName = fc.stringMatching(/^[a-z0-9._-]{0,8}$/).map((rest) => `assay-${rest}`)

const value = fc.oneof(
  fc.string({ unit: visible, minLength: 1, maxLength: 12 }),
  fc.constantFrom('é', '\u{1F511}', 'a&b=c', '%', '+'),
)

/**
 * Parameters without a value are as good as absent (RFC 6749 §3.1, §3.2), those of other requests than this one as well. One
 * that stands in the form already is left alone.
 */
export const emptyParameters = (others: readonly string[]): Arbitrary<readonly FormEdit[]> =>
  few(
    onForm(
      'add a parameter without a value',
      fc.tuple(
        position,
        fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...others) }, { weight: 1, arbitrary: unknownName }),
      ),
      (form, [which, name]) => (namesIn(form).includes(name) ? form : put(form, which, `${name}=`)),
    ),
  )

export const unknownParameters: Arbitrary<readonly FormEdit[]> = few(
  onForm('add an unknown parameter', fc.tuple(position, unknownName, value), (form, [which, name, text]) =>
    namesIn(form).includes(name) ? form : put(form, which, `${name}=${encodeComponent(text)}`),
  ),
)

/** One parameter stands twice: with the same value or another, side by side or apart. */
export const repetition: Arbitrary<FormEdit> = onForm(
  'repeat a parameter',
  fc.record({
    parameter: position,
    place: position,
    ending: fc.oneof(fc.constant(''), fc.stringMatching(/^[a-zA-Z0-9]{1,4}$/)),
  }),
  (form, { parameter, place, ending }) => {
    const pair = at(form, parameter)
    return pair === undefined ? form : put(form, place, `${pair}${ending}`)
  },
)

/** What cannot be decoded, or is decoded by everybody in a way of their own. */
const garbled = fc.constantFrom(
  '%',
  '%4',
  '%zz',
  '%u0041',
  '%00',
  '%0d%0a',
  '%ff%fe',
  '%c0%af',
  '%ed%a0%80',
  '%f5%80%80%80',
  '%ef%bf%be',
  '%22%5c',
  '%3cscript%3e',
  '%C3%A9',
  '%E2%80%AE',
  '+',
  '[]',
  '[0]',
  '[__proto__]',
  '{}',
  ';',
  '=',
)

const long = fc.integer({ min: 1, max: 12 }).map((power) => 2 ** power)

const malformation: Arbitrary<FormEdit> = fc.oneof(
  onForm('append to a pair', fc.tuple(position, garbled), (form, [which, more]) =>
    change(form, which, (pair) => [`${pair}${more}`]),
  ),
  onForm('put before a value', fc.tuple(position, garbled), (form, [which, more]) =>
    change(form, which, (pair) => [pair.replace('=', `=${more}`)]),
  ),
  onForm('append to a name', fc.tuple(position, garbled), (form, [which, more]) =>
    change(form, which, (pair) => [pair.replace('=', `${more}=`)]),
  ),
  onForm('replace a value by', fc.tuple(position, garbled), (form, [which, by]) =>
    change(form, which, (pair) => [pair.replace(/=.*$/s, `=${by}`)]),
  ),
  onForm('add', fc.tuple(position, garbled), (form, [which, more]) => put(form, which, more)),
  onForm('leave out a parameter', position, (form, which) => change(form, which, () => [])),
  onForm('leave out a value', position, (form, which) => change(form, which, (pair) => [pair.replace(/=.*$/s, '=')])),
  onForm('write a name in capitals', position, (form, which) =>
    change(form, which, (pair) => [pair.replace(/^[^=]*/, (name) => name.toUpperCase())]),
  ),
  onForm('make a value longer by', fc.tuple(position, long), (form, [which, length]) =>
    change(form, which, (pair) => [`${pair}${'A'.repeat(length)}`]),
  ),
  onForm('add the same parameter so often', fc.integer({ min: 2, max: 64 }), (form, count) => [
    ...form,
    ...Array.from({ length: count }, () => (form[0] ?? 'assay=1').slice(0, 40)),
  ]),
  onForm('add so many parameters', fc.integer({ min: 1, max: 300 }), (form, count) => [
    ...form,
    ...Array.from({ length: count }, (_, index) => `assay-${index}=1`),
  ]),
)

/** Forms that are wrong, each in a few ways. */
export const malformations: Arbitrary<readonly FormEdit[]> = few(malformation)

/** What a request says that its body is; a form by all but the last ones. */
export const contentType: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('application/x-www-form-urlencoded') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'application/x-www-form-urlencoded; charset=UTF-8',
      'application/x-www-form-urlencoded;charset=utf-16',
      'application/x-www-form-urlencoded; charset="',
      'Application/X-WWW-Form-Urlencoded',
      'application/x-www-form-urlencoded ;\tcharset=UTF-8;x=y',
      'application/x-www-form-urlencoded;',
      'application/x-www-form-urlencoded, application/json',
      'application/x-www-form-urlencoded2',
      '',
      '/',
      'application/json',
      'application/jwt',
      'application/xml',
      'text/plain',
      'multipart/form-data; boundary=x',
      'multipart/form-data',
      'x',
    ),
  },
)

/** Whether that says that the body is a form (RFC 9110 §8.3.1: the names of types have no case). */
export const saysForm = (type: string): boolean => /^application\/x-www-form-urlencoded[\t ]*(?:;|$)/i.test(type)

/** One of the spellings of the same form: which of its characters are escaped, and how. */
export interface FormSpelling {
  /** How a space is written: HTML 4.01 §17.13.4 has the plus sign, and every decoder knows the other. */
  readonly space: '+' | '%20'
  /** Every so many characters one that need not be escaped is. */
  readonly every: number
  readonly hexadecimal: 'ABCDEF' | 'abcdef'
}

export const formSpelling: Arbitrary<FormSpelling> = fc.record({
  space: fc.constantFrom('+', '%20'),
  every: fc.integer({ min: 1, max: 40 }),
  hexadecimal: fc.constantFrom('ABCDEF', 'abcdef'),
})

/** A form that means the same, spelt so. */
export const spelt = (form: RawForm, { space, every, hexadecimal }: FormSpelling): RawForm =>
  form.map((pair) => {
    let plain = 0
    const escaped = pair.replaceAll(/%[0-9A-F]{2}|[^=]/gi, (one) =>
      one.startsWith('%') ? one : one === '+' ? space : (plain += 1) % every === 0 ? percentEncoded(one) : one,
    )
    return hexadecimal === 'ABCDEF' ? escaped : escaped.replaceAll(/%../g, (escape) => escape.toLowerCase())
  })
