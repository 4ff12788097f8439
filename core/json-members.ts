/**
 * Members of a JSON object by their names, those that it has: for k6, whose interpreter takes longer to parse a small
 * object than to send a request. Nothing where the text is no object.
 *
 * A text without escapes and without an object in it has no quote that does not begin or end a name or a value, so that
 * `"name":` can only be where the member is. Whatever else is in it is not looked at. Any other text is parsed.
 */
export function membersIn(json: string, names: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (!isFlat(json)) return parsed(json)
  const members: Record<string, unknown> = {}
  for (const name of names) {
    const at = json.lastIndexOf(`"${name}":`)
    if (at < 0) {
      // White space may stand before the colon.
      if (json.includes(`"${name}"`)) return parsed(json)
      continue
    }
    const start = at + name.length + 3
    if (json.charAt(start) !== '"') return parsed(json)
    const end = json.indexOf('"', start + 1)
    if (end < 0) return undefined
    members[name] = json.slice(start + 1, end)
  }
  return members
}

const isFlat = (json: string) =>
  json.charAt(0) === '{' && json.endsWith('}') && json.lastIndexOf('{') === 0 && !json.includes('\\')

function parsed(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
