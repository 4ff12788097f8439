/**
 * The same text in memory of its own: what was cut out of a longer one keeps all of that alive, be it a mebibyte for a few
 * characters.
 */
export const detached = (text: string): string => JSON.parse(JSON.stringify(text)) as string

/** So many first characters of a text, in memory of their own where it is longer. */
export const beginningOf = <Text extends string>(text: Text, length: number): Text =>
  text.length <= length ? text : (detached(text.slice(0, length)) as Text)
