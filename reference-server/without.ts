/** The same object but for the members of these names. */
export const without = <V>(
  object: Readonly<Record<string, V>>,
  ...names: readonly string[]
): Readonly<Record<string, V>> => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
