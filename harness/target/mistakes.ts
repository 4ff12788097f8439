import type { z } from 'zod'
import { printable } from '../printable.ts'
import { nearest } from './nearest.ts'
import { targetFileJsonSchema } from './schema.ts'
import { keyOffsetOf, type Mistake, offsetOf, type Path, type YamlSource } from './yaml-source.ts'

type Issue = z.core.$ZodIssue

/** What an issue of the schema comes to in the file. Names members, never values: a value may be a secret. */
export function mistakesOf(issue: Issue, source: YamlSource, values: unknown): readonly Mistake[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ offset: keyOffsetOf(source, path, key), text: unknownMember(path, key) }))
  }
  if (issue.code === 'invalid_key') {
    const name = String(path.at(-1))
    return [
      {
        offset: keyOffsetOf(source, path.slice(0, -1), name),
        text: `${nameOf(path.slice(0, -1))} holds ${shown(name)}, which is no header name; write letters, digits and -`,
      },
    ]
  }
  const inner = issue.code === 'invalid_union' ? branchOf(issue) : undefined
  if (inner !== undefined)
    return inner.flatMap((one) => mistakesOf({ ...one, path: [...path, ...one.path] }, source, values))
  return [{ offset: offsetOf(source, path), text: `${nameOf(path)} ${complaint(issue, valueAt(values, path))}` }]
}

/** The issues of the one form that a value was meant to have; none where it has no form at all. */
function branchOf({ errors }: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  return errors.find(
    (issues) => issues.length > 0 && issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  )
}

function complaint(issue: Issue, value: unknown): string {
  if (value === undefined && issue.code !== 'custom') return `is missing; add it: ${describe(issue.path)}`
  if (value === null)
    return issue.path.length === 0
      ? 'is empty; write one with `assay init <issuer>`'
      : 'is empty; give it a value, or remove the line'
  switch (issue.code) {
    case 'custom':
      return issue.message
    case 'invalid_type':
      return `is ${kindOf(value)}, not ${kinds[issue.expected] ?? issue.expected}; ${advice[issue.expected] ?? 'write it as the schema says'}`
    case 'invalid_value':
      return `has a value that it cannot have; write one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return typeof value === 'number'
        ? `is less than ${issue.minimum}; write at least that`
        : 'is empty; give it a value, or remove the line'
    case 'too_big':
      return `is more than ${issue.maximum}; write at most that`
    default:
      return `has a form that it cannot have; write ${describe(issue.path)}`
  }
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

const advice: Readonly<Record<string, string>> = {
  string: 'write one value, in quotes',
  number: 'write a number, without quotes',
  int: 'write a whole number, without quotes',
  boolean: 'write true or false, without quotes',
  array: 'write [a, b], or a line that begins with - for each',
  object: 'write its members as name: value, each on a line, indented alike',
  record: 'write its members as name: value, each on a line, indented alike',
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return kinds[typeof value] ?? 'something else'
}

function unknownMember(path: Path, key: string): string {
  const { properties } = withMembers(schemaAt(path))
  const members = Object.keys(properties ?? {})
  const meant = nearest(key, members)
  const place = path.length === 0 ? 'a target file' : nameOf(path)
  return `${place} has no member ${shown(key)}; ${meant === undefined ? `write one of ${members.join(', ')}` : `did you mean ${meant}?`}`
}

/** `clients[0].redirect_uris` */
function nameOf(path: Path): string {
  if (path.length === 0) return 'the file'
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${segment}]` : `${index === 0 ? '' : '.'}${shown(String(segment))}`,
    )
    .join('')
}

const shown = (name: string) => (/^[\w.-]{1,60}$/.test(name) ? name : `"${printable(name, 60)}"`)

function valueAt(values: unknown, path: Path): unknown {
  let value = values
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    value = (value as Record<PropertyKey, unknown>)[segment]
  }
  return value
}

/** As much of JSON Schema as the target file's makes use of. */
interface JsonSchema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly additionalProperties?: JsonSchema | false
  readonly anyOf?: readonly JsonSchema[]
}

function schemaAt(path: Path): JsonSchema {
  let schema: JsonSchema = targetFileJsonSchema()
  for (const segment of path) {
    const form = withMembers(schema)
    const further = form.additionalProperties === false ? undefined : form.additionalProperties
    schema = (typeof segment === 'number' ? form.items : form.properties?.[String(segment)]) ?? further ?? {}
  }
  return schema
}

/** Of several forms the one that has members. */
const withMembers = (schema: JsonSchema): JsonSchema =>
  schema.anyOf?.find(({ properties }) => properties !== undefined) ?? schema

const describe = (path: Path): string => schemaAt(path).description ?? 'a value'
