import { table } from './markdown.ts'

interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly additionalProperties?: boolean | Schema
}

/** Every member of a JSON Schema's object, those of its members among them, as a table. */
export const schemaTable = (schema: unknown): string =>
  table(['member', 'value', 'what it is'], membersOf(schema as Schema, ''))

type Row = readonly [member: string, value: string, description: string]

function membersOf(schema: Schema, path: string): readonly Row[] {
  const { properties = {}, required = [] } = schema
  return Object.entries(properties).flatMap(([name, member]): readonly Row[] => {
    const at = path === '' ? name : `${path}.${name}`
    const owed = required.includes(name) ? 'required; ' : ''
    return [[`\`${at}\``, `${owed}${valueOf(member)}`, member.description ?? ''], ...membersWithin(member, at)]
  })
}

/** Members of what a member holds: of an object, of each in a list, of each of several forms. */
function membersWithin(schema: Schema, at: string): readonly Row[] {
  if (schema.items !== undefined) return membersWithin(schema.items, `${at}[]`)
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((one) => membersWithin(one, at))
  return membersOf(schema, at)
}

function valueOf(schema: Schema): string {
  const initial = schema.default === undefined ? '' : `; \`${JSON.stringify(schema.default)}\` unless said`
  return `${kindOf(schema)}${initial}`
}

function kindOf(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(' or ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(', ')
  switch (schema.type) {
    case 'array':
      return `list of ${pluralOf(schema.items ?? {})}`
    case 'object':
      return typeof schema.additionalProperties === 'object' ? 'mapping of names to texts' : 'mapping'
    case 'integer':
      return `whole number${rangeOf(schema)}`
    case 'number':
      return `number${rangeOf(schema)}`
    case 'boolean':
      return '`true` or `false`'
    default:
      return 'text'
  }
}

const pluralOf = (schema: Schema) => (schema.type === 'object' ? 'mappings' : 'texts')

const rangeOf = ({ minimum, maximum }: Schema) =>
  minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`
