/** The names of the members of a JSON object, as often as they stand there; those of what it holds are left out. */
export function memberNames(json: string): readonly string[] {
  const names: string[] = []
  let depth = 0
  // A text that is not closed ends with the document: whoever looked for its end from each quote would not come to one.
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.|\\$)*(?:"|$))(\s*:)?|[{}[\]]/gs)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (depth === 1 && text !== undefined && colon !== undefined) names.push(nameIn(text))
  }
  return names
}

/** No document of these specifications nests deeper; what reads a value by recursion cannot bear any depth. */
const deepest = 200

/** Whether arrays and objects stand within one another more often than that. */
export function nestsDeeper(json: string, atMost = deepest): boolean {
  let depth = 0
  let isText = false
  for (let at = 0; at < json.length; at++) {
    const character = json.charCodeAt(at)
    if (character === quote) isText = !isText
    else if (isText) at += character === backslash ? 1 : 0
    else if (character === bracket || character === brace) depth += 1
    else if (character === bracket + 2 || character === brace + 2) depth -= 1
    if (depth > atMost) return true
  }
  return false
}

/** What closes an array or an object stands two places behind what opens it. */
const [quote, backslash, bracket, brace] = [0x22, 0x5c, 0x5b, 0x7b] as const

/** What the quoted text spells; itself where it is no JSON. */
function nameIn(quoted: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}
