/**
 * Text of octets that may be no UTF-8. What is text stands for its UTF-8; a lone surrogate from U+DC80 to U+DCFF, which no
 * text has, stands for the octet from 80 to FF.
 */
export type OctetText = string

/** Octets by which a text can be spoilt that is otherwise well-formed. */
export const octetText = (...octets: readonly number[]): OctetText =>
  octets.map((octet) => String.fromCharCode(octet < 0x80 ? octet : 0xdc00 + octet)).join('')

export const octetsOf = (text: OctetText): Buffer =>
  Buffer.concat(
    [...text].map((character) => {
      const code = character.codePointAt(0) ?? 0
      return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character)
    }),
  )

/** Each octet as one character, as headers of an answer come. */
export const latin1Of = (text: OctetText): string => octetsOf(text).toString('latin1')

/** The value of a parameter, its octets as they are: a form encoder would repair them. */
export const encodedOctets = (text: OctetText): string =>
  [...octetsOf(text)]
    .map((octet) =>
      /[\w.~-]/.test(String.fromCharCode(octet))
        ? String.fromCharCode(octet)
        : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
