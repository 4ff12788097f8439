import { isTellable, type Reading, shapeReader } from './shape.ts'

type Members<Name extends string> = Readonly<Partial<Record<Name, unknown>>>

/** Reads some members of JSON objects of which most are like others: those that are there. */
export const membersReader = <const Name extends string>(wanted: readonly Name[]): ((json: string) => Members<Name>) =>
  shapeReader((json) => reading(json, wanted))

function reading<Name extends string>(json: string, wanted: readonly Name[]): Reading<Members<Name>> {
  const members = parsed(json)
  const result: Members<Name> = only(wanted, members)
  const differing = Object.keys(members).filter((name) => isTellable(members[name]))
  // Where nothing is escaped, what a member says stands in the text as it is.
  if (json.includes('\\')) return { result }
  const slots = wanted.map((name) => differing.indexOf(name))
  const made = (values: readonly string[]) => {
    const same: Partial<Record<Name, unknown>> = { ...result }
    slots.forEach((slot, at) => {
      const name = wanted[at]
      if (slot >= 0 && name !== undefined) same[name] = values[slot]
    })
    return same
  }
  return { result, like: { values: differing.map((name) => String(members[name])), escape: '\\', made } }
}

function only<Name extends string>(wanted: readonly Name[], members: Readonly<Record<string, unknown>>) {
  const found: Partial<Record<Name, unknown>> = {}
  wanted.forEach((name) => {
    if (Object.hasOwn(members, name)) found[name] = members[name]
  })
  return found
}

/** The members of a JSON object; none where it is none. */
function parsed(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}
