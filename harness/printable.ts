/** Control and format characters: they move cursors, recolour terminals and turn text around. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Text of somebody else as it may be shown: nothing invisible in it, and cut after `atMost` characters. */
export function printable(text: string, atMost = 200): string {
  const cut = text.length > atMost ? `${text.slice(0, atMost)}…` : text
  return cut.replaceAll(invisible, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
