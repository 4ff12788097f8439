/** The environment that references are looked up in: `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface Resolved {
  readonly text: string
  /** The names that the text refers to, in order. */
  readonly names: readonly string[]
  /** Those of them that are unset or empty. */
  readonly missing: readonly string[]
  /** True where a `${` is no reference. */
  readonly malformed: boolean
}

const pattern = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g

/** Puts the environment's values in the place of `${NAME}`; `$$` stands for one dollar sign. What comes in is not looked at again. */
export function resolveReferences(value: string, environment: Environment): Resolved {
  const names: string[] = []
  const missing: string[] = []
  let malformed = false
  const text = value.replaceAll(pattern, (found, name: string | undefined) => {
    if (found === '$$') return '$'
    if (name === undefined) {
      malformed = true
      return found
    }
    names.push(name)
    const held = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (held === undefined || held === '') missing.push(name)
    return held ?? ''
  })
  return { text, names, missing, malformed }
}
