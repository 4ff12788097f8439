import fc, { type Arbitrary } from 'fast-check'
import { folderOf, insideOf } from '../../harness/target/redirect-patterns.ts'
import { applied, type Edit } from './edit.ts'
import { redirectUriEdits } from './redirect-uri.ts'
import { partsOf } from './uri.ts'

/** A URI outside the folder of a registered pattern, and how it came about. */
export interface PatternEscape {
  readonly pattern: string
  readonly how: Climb | readonly Edit[]
  readonly sent: string
}

/** A way up out of a folder, as somebody writes it who hopes that it is not recognised. */
interface Climb {
  /** Names that stand before the way up, and are undone by it as well. */
  readonly into: readonly string[]
  readonly dots: string
  /** What a servlet container takes for a parameter of the segment, and drops. */
  readonly parameter: string
  readonly slash: string
  readonly rest: string
}

const climb: Arbitrary<Climb> = fc.record({
  into: fc.array(fc.constantFrom('more', 'more;x=1'), { maxLength: 2 }),
  dots: fc.constantFrom('..', '.%2e', '%2e.', '%2e%2e', '%2E%2E'),
  parameter: fc.constantFrom('', ';', ';x', ';x=1', ';jsessionid=1'),
  slash: fc.constantFrom('/', '\\', '%2f', '%5c', '%2F', '%5C'),
  rest: fc.constantFrom('', 'more', 'more/callback', '?more=1'),
})

/** As many steps up as it takes to leave the folder and those that were entered. */
function climbed({ into, dots, parameter, slash, rest }: Climb, folder: string): string {
  const entered = into.map((name) => `${name}/`).join('')
  return `${folder}${entered}${`${dots}${parameter}${slash}`.repeat(into.length + 1)}${rest}`
}

/** What leaves the folder of one of these patterns: by a way up, or as something that is made of a URI in it. */
export const patternEscape = (patterns: readonly [string, ...string[]]): Arbitrary<PatternEscape> =>
  fc
    .record({ pattern: fc.constantFrom(...patterns), how: fc.oneof(climb, redirectUriEdits) })
    .map(({ pattern, how }) => ({
      pattern,
      how,
      sent: isEdits(how) ? applied(how, insideOf(pattern)) : climbed(how, folderOf(pattern)),
    }))
    .filter(({ sent }) => patterns.every((pattern) => leaves(sent, folderOf(pattern))))

const isEdits = (how: Climb | readonly Edit[]): how is readonly Edit[] => Array.isArray(how)

/**
 * Whether a URI leads out of a folder, be it for a browser or for what stands behind it: a browser knows dot segments, also
 * where they are percent-encoded, and backslashes (WHATWG URL \u00A74.4); a container drops parameters and decodes first. What
 * no browser could follow leads nowhere.
 */
export function leaves(uri: string, folder: string): boolean {
  if (!URL.canParse(uri)) return false
  return [uri, asAContainerReads(uri)].some((read) => !URL.canParse(read) || !lies(new URL(read), new URL(folder)))
}

/** The folder itself may be written without its slash. */
const lies = (one: URL, within: URL): boolean =>
  one.origin === within.origin &&
  one.protocol === within.protocol &&
  one.username === within.username &&
  one.password === within.password &&
  `${unescaped(one.pathname)}/`.startsWith(unescaped(within.pathname))

function asAContainerReads(uri: string): string {
  const { path, query } = partsOf(uri)
  const read = path
    .replaceAll(/%2f/gi, '/')
    .replaceAll(/%5c/gi, '\\')
    .replaceAll(/;[^/\\]*/g, '')
  return `${uri.slice(0, uri.length - path.length - query.length)}${read}`
}

/** Letters stay the same by whatever escapes they are written. */
const unescaped = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
