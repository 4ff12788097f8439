import { type Environment, resolveReferences } from '../../../core/references.ts'
import type { LoadPlan } from '../../../core/story.ts'
import { HarnessError } from '../../error.ts'
import type { TargetSettings } from '../../target/settings.ts'
import { forEachValue, parseYaml, valuesOf } from '../../target/yaml-source.ts'

/** What a target file says by reference: each value, and how it is written there. */
export type Written = ReadonlyMap<string, string>

export function writtenIn(targetFile: string, environment: Environment): Written {
  const written = new Map<string, string>()
  forEachValue(parseYaml(targetFile), ({ value }) => {
    if (typeof value !== 'string') return
    const { text, names } = resolveReferences(value, environment)
    if (names.length > 0) written.set(text, value)
  })
  return written
}

/** Throws `USAGE` where a secret stands in the target file itself: it would stand in a cluster too. */
export function assertByReference(settings: TargetSettings, written: Written): void {
  const { clients = [], users = [], saml, registration } = settings
  const secrets = [
    { what: 'the initial_access_token', secret: registration?.initial_access_token },
    { what: 'the private_key of the software_publisher', secret: registration?.software_publisher?.private_key },
    ...clients.flatMap(({ client_id: id, client_secret: secret, private_key: key }) => [
      { what: `the client_secret of ${id}`, secret },
      { what: `the private_key of ${id}`, secret: key },
    ]),
    ...users.map(({ username, password }) => ({ what: `the password of ${username}`, secret: password })),
    ...(saml?.service_providers ?? []).map(({ entity_id: id, private_key: key }) => ({
      what: `the private_key of ${id}`,
      secret: key,
    })),
  ]
  const plain = secrets.find(({ secret }) => secret !== undefined && !written.has(secret.reveal()))
  if (plain === undefined) return
  throw new HarnessError('USAGE', `${plain.what} itself stands in the target file, and a cluster would show it`, {
    hint: 'write a reference in its place, ${NAME}, and export that variable',
  })
}

/** The plan with references in the place of all that the target file says by reference. */
export function planByReference(plan: LoadPlan, written: Written): LoadPlan {
  const keys = new Map([...written].flatMap(([value, text]) => (isObject(value) ? [[canonical(value), text]] : [])))
  const referring = (value: unknown): unknown => {
    if (typeof value === 'string') return written.get(value) ?? value.replaceAll('$', '$$$$')
    if (Array.isArray(value)) return value.map(referring)
    if (typeof value !== 'object' || value === null) return value
    return (
      keys.get(JSON.stringify(value)) ??
      Object.fromEntries(Object.entries(value).map(([name, one]) => [name, referring(one)]))
    )
  }
  const made = referring(plan) as LoadPlan
  return { ...made, references: namesIn(JSON.stringify(made)) }
}

const isObject = (text: string) => /^\s*\{/.test(text)

const canonical = (json: string) => JSON.stringify(JSON.parse(json))

/** The environment variables that a text refers to, each once. */
export const namesIn = (text: string): readonly string[] => [...new Set(resolveReferences(text, {}).names)].toSorted()

/** What a companion has to know of the target; nobody signs in there, and nothing is registered. */
const forCompanion = ['issuer', 'metadata_url', 'claims', 'clients', 'saml', 'authorized_hosts', 'limits']

/** The part of a target file that a companion needs, as it is written there. */
export function companionTarget(targetFile: string): Readonly<Record<string, unknown>> {
  const values = valuesOf(parseYaml(targetFile)) as Readonly<Record<string, unknown>>
  return Object.fromEntries(Object.entries(values).filter(([name]) => forCompanion.includes(name)))
}
