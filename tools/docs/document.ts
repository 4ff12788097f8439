import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Every document that people read, relative to the root of the project. */
export function documentFiles(root: string): readonly string[] {
  const ofDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file.replaceAll('\\', '/')}`)
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...ofDocs.toSorted()]
}

/** What is generated stands between `<!-- begin: name -->` and `<!-- end: name -->`. */
const part = /^<!-- begin: (.+) -->\n([\s\S]*?)^<!-- end: (.+) -->$/gm

const marker = /^<!-- (?:begin|end): .+ -->$/gm

/** The names of a document's generated parts, in their order. Throws where a marker has no counterpart. */
export function partsOf(text: string): readonly string[] {
  const parts = [...text.matchAll(part)]
  for (const [, begun, , ended] of parts) if (begun !== ended) throw new TypeError(`the part ${begun} ends as ${ended}`)
  if ((text.match(marker)?.length ?? 0) !== parts.length * 2)
    throw new TypeError('a marker of a generated part stands alone')
  return parts.map(([, name = '']) => name)
}

/** The document with each of its parts made anew; a part that `generate` leaves undefined stays as it is. */
export async function refilled(text: string, generate: (name: string) => Promise<string | undefined>): Promise<string> {
  const made = new Map<string, string | undefined>()
  for (const name of partsOf(text)) made.set(name, await generate(name))
  return text.replaceAll(part, (whole: string, name: string) => {
    const content = made.get(name)
    return content === undefined ? whole : `<!-- begin: ${name} -->\n\n${content.trimEnd()}\n\n<!-- end: ${name} -->`
  })
}
