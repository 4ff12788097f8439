import { knownBugs } from '../known-bugs/catalogue.ts'
import type { Registry } from '../known-bugs/known-bug.ts'
import { table } from './markdown.ts'

const registries: Readonly<Record<Registry, string>> = {
  npm: 'npm',
  go: 'Go',
  pypi: 'PyPI',
  maven: 'Maven Central',
}

/** The pairs of versions, in the order in which they are tried. */
export const knownBugTable = (): string =>
  table(
    ['package', 'published as', 'wrong → right', 'the wrong version', 'what shows it'],
    knownBugs.map(({ package: name, registry, id, wrong, right, bug, shows }) => [
      `\`${name}\`, ${registries[registry]}`,
      id,
      `${wrong} → ${right}`,
      bug,
      shows.map((requirement) => `\`${requirement.id}\``).join(', '),
    ]),
  )
