import { createReadStream } from 'node:fs'
import { type Environment, resolveReferences } from '../../core/references.ts'
import { HarnessError } from '../error.ts'
import { isLoopback } from './authorized.ts'
import { mistakesOf } from './mistakes.ts'
import { type TargetFile, targetFileSchema } from './schema.ts'
import { Secret } from './secret.ts'
import type { TargetSettings } from './settings.ts'
import {
  forEachValue,
  type Mistake,
  offsetOf,
  parseYaml,
  type Path,
  positionOf,
  scalarAt,
  valuesOf,
  type YamlSource,
} from './yaml-source.ts'

export interface ReadTargetFile {
  readonly settings: TargetSettings
  /** `target.yaml:7:20: what is doubtful; what to do`. */
  readonly warnings: readonly string[]
}

/** In octets. A target file has some hundred lines. */
const sizeLimit = 1024 * 1024

const mistakesShown = 20

/**
 * Reads a target file and resolves its references. Throws a {@link HarnessError}: `TARGET_FILE_MISSING`, `SECRET_MISSING`
 * where all that is wrong is the environment, else `TARGET_FILE_INVALID` with one line for each mistake.
 */
export async function readTargetFile(path: string, environment: Environment): Promise<ReadTargetFile> {
  return parseTargetFile(await readText(path), path, environment)
}

/** What {@link readTargetFile} makes of a file's text; `name` stands before each position. */
export function parseTargetFile(text: string, name: string, environment: Environment): ReadTargetFile {
  const source = parseYaml(text)
  if (source.mistakes.length > 0) throw invalid(source.mistakes, name, source)
  const { absent, malformed, referring } = resolveIn(source, environment)
  const values = valuesOf(source)
  const parsed = targetFileSchema.safeParse(values)
  if (parsed.success && absent.length === 0 && malformed.length === 0) {
    return { settings: settingsOf(parsed.data), warnings: warningsOf(parsed.data, name, source, referring) }
  }
  // What is wrong with a value that is not there yet says nothing.
  const unresolved = new Set([...absent, ...malformed].map(({ offset }) => offset))
  const issues = parsed.success ? [] : parsed.error.issues
  const wrong = issues
    .flatMap((issue) => mistakesOf(issue, source, values))
    .filter(({ offset }) => !unresolved.has(offset))
  if (wrong.length > 0 || malformed.length > 0) throw invalid([...wrong, ...malformed, ...absent], name, source)
  const names = [...new Set(absent.flatMap((one) => one.names))]
  throw new HarnessError('SECRET_MISSING', linesOf(absent, name, source), {
    hint: `export ${names.join(' ')} before you run assay`,
  })
}

const invalid = (mistakes: readonly Mistake[], name: string, source: YamlSource) =>
  new HarnessError('TARGET_FILE_INVALID', linesOf(mistakes, name, source), {
    hint: 'correct these lines; an editor marks such mistakes where the first line of the file names its $schema',
  })

async function readText(path: string): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of createReadStream(path, { end: sizeLimit }) as AsyncIterable<Buffer>) chunks.push(chunk)
  } catch (cause) {
    throw unreadable(path, cause)
  }
  const octets = Buffer.concat(chunks)
  if (octets.length <= sizeLimit) return octets.toString('utf8')
  throw new HarnessError('TARGET_FILE_INVALID', `${path} is larger than 1 MiB`, {
    hint: 'name a target file; it has some hundred lines',
  })
}

function unreadable(path: string, cause: unknown): HarnessError {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return new HarnessError('TARGET_FILE_MISSING', `there is no file ${path}`, {
      hint: 'write one with `assay init <issuer>`',
      cause,
    })
  return new HarnessError('TARGET_FILE_INVALID', `${path} cannot be read (${code ?? 'no reason given'})`, {
    hint: 'name a file that you may read',
    cause,
  })
}

interface Absent extends Mistake {
  readonly names: readonly string[]
}

interface References {
  readonly absent: readonly Absent[]
  readonly malformed: readonly Mistake[]
  /** The offsets of the values that hold a reference. */
  readonly referring: ReadonlySet<number>
}

/** Puts the environment's values into the document, and tells what it lacks. */
function resolveIn(source: YamlSource, environment: Environment): References {
  const absent: Absent[] = []
  const malformed: Mistake[] = []
  const referring = new Set<number>()
  forEachValue(source, (scalar, offset) => {
    if (typeof scalar.value !== 'string' || !scalar.value.includes('$')) return
    const resolved = resolveReferences(scalar.value, environment)
    const names = [...new Set(resolved.missing)]
    if (resolved.malformed)
      malformed.push({
        offset,
        text: 'the value holds a ${ that is no reference; write ${NAME}, or $${ for the characters themselves',
      })
    if (names.length > 0)
      absent.push({
        offset,
        names,
        text: `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not set or empty; export ${names.length === 1 ? 'it' : 'them'}`,
      })
    if (resolved.names.length > 0) referring.add(offset)
    scalar.value = resolved.text
  })
  return { absent, malformed, referring }
}

function linesOf(mistakes: readonly Mistake[], name: string, source: YamlSource): string {
  const lines = mistakes
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, text }) => `${name}:${positionOf(source, offset)}: ${text}`)
  const more = lines.length - mistakesShown
  return [...lines.slice(0, mistakesShown), ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
}

function settingsOf({ clients, registration, users, saml, ...plain }: TargetFile): TargetSettings {
  return {
    ...plain,
    ...(saml !== undefined && { saml: samlOf(saml) }),
    ...(clients !== undefined && {
      clients: clients.map(({ client_secret: secret, private_key: key, ...client }) => ({
        ...client,
        ...(secret !== undefined && { client_secret: new Secret(secret) }),
        ...(key !== undefined && { private_key: new Secret(key) }),
      })),
    }),
    ...(registration !== undefined && { registration: registrationOf(registration) }),
    ...(users !== undefined && { users: users.map((user) => ({ ...user, password: new Secret(user.password) })) }),
  }
}

const samlOf = ({ metadata_url, service_providers }: NonNullable<TargetFile['saml']>) => ({
  metadata_url,
  service_providers: service_providers.map(({ private_key: key, ...provider }) => ({
    ...provider,
    ...(key !== undefined && { private_key: new Secret(key) }),
  })),
})

function registrationOf(
  registration: NonNullable<TargetFile['registration']>,
): NonNullable<TargetSettings['registration']> {
  if (registration === 'dynamic') return {}
  const { initial_access_token: token, software_publisher: publisher, ...plain } = registration
  return {
    ...plain,
    ...(token !== undefined && { initial_access_token: new Secret(token) }),
    ...(publisher !== undefined && {
      software_publisher: { ...publisher, private_key: new Secret(publisher.private_key) },
    }),
  }
}

/** Secrets that stand in the file itself end up in version control. On loopback they open nothing. */
function warningsOf(
  file: TargetFile,
  name: string,
  source: YamlSource,
  referring: ReadonlySet<number>,
): readonly string[] {
  if (isLoopback(new URL(file.issuer).hostname)) return []
  const places: readonly Path[] = [
    ...(file.clients ?? []).flatMap((_, index) => [
      ['clients', index, 'client_secret'],
      ['clients', index, 'private_key'],
    ]),
    ...(file.users ?? []).map((_, index) => ['users', index, 'password']),
    ...(file.saml?.service_providers ?? []).map((_, index) => ['saml', 'service_providers', index, 'private_key']),
    ['registration', 'initial_access_token'],
    ['registration', 'software_publisher', 'private_key'],
  ]
  return places.flatMap((path) => {
    const offset = offsetOf(source, path)
    const written = scalarAt(source, path)
    if (written === undefined || referring.has(written.range?.[0] ?? offset)) return []
    const member = String(path.at(-1))
    return [
      `${name}:${positionOf(source, offset)}: the ${member} itself stands in the file; write \${${member.toUpperCase()}} in its place and export that variable`,
    ]
  })
}
