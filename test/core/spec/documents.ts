import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { about, type Requirement, type SpecDocument } from '../../../core/spec/document.ts'

const folder = new URL('../../../core/spec/', import.meta.url)

/** What is no document: how one is made, and whom some of them bind. */
const others: readonly string[] = ['document.ts', 'claims.ts']

const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.ts') && !others.includes(file))

const tables = await Promise.all(
  files.map(async (file) =>
    Object.values((await import(new URL(file, folder).href)) as Readonly<Record<string, unknown>>),
  ),
)

const isTable = (value: unknown): value is { readonly [about]: SpecDocument } =>
  typeof value === 'object' && value !== null && about in value

/** Every document of core/spec, whether or not anything else knows of it, by the file that it stands in. */
export const documentsByFile: ReadonlyMap<string, readonly SpecDocument[]> = new Map(
  files.map((file, at) => [file, (tables[at] ?? []).filter(isTable).map((table) => table[about])]),
)

export const allDocuments: readonly SpecDocument[] = [...documentsByFile.values()].flat()

export const allRequirements: readonly Requirement[] = allDocuments.flatMap(({ requirements }) => requirements)
