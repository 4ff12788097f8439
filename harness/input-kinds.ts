/** The member by which what is done to an input says of which kind it is: `append`, `percent-encode twice`. */
export const inputKind = Symbol('input kind')

/** The kinds that an input is made of, each once. */
export function kindsIn(input: unknown): ReadonlySet<string> {
  const found = new Set<string>()
  collect(input, found, 0)
  return found
}

/** Inputs are records and lists of edits; nothing that says its kind lies deeper. */
const deepest = 4

function collect(value: unknown, found: Set<string>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > deepest) return
  if (inputKind in value) found.add(String(value[inputKind]))
  else for (const part of Object.values(value)) collect(part, found, depth + 1)
}
