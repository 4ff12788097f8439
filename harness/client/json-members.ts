/** The names of the members of a JSON object, as often as they stand there; those of what it holds are left out. */
export function memberNames(json: string): readonly string[] {
  const names: string[] = []
  let depth = 0
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/gs)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (depth === 1 && text !== undefined && colon !== undefined) names.push(nameIn(text))
  }
  return names
}

/** What the quoted text spells; itself where it is no JSON. */
function nameIn(quoted: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}
