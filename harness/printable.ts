/** Control and format characters: they move cursors, recolour terminals and turn text around. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** The same but for the line ends, which stand in JSON between its texts alone. */
const invisibleInJson = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** A value as JSON that may be shown: what is invisible is escaped, as RFC 8259 §7 lets every character be. */
export const printableJson = (value: unknown, space?: number): string =>
  JSON.stringify(value, null, space).replaceAll(invisibleInJson, (character) =>
    character.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )

/** Text of somebody else as it may be shown: nothing invisible in it, and cut after `atMost` characters. */
export function printable(text: string, atMost = 200): string {
  const cut = text.length > atMost ? `${text.slice(0, atMost)}…` : text
  return cut.replaceAll(invisible, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
