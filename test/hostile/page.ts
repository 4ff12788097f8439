import { table } from '../../tools/docs/markdown.ts'
import { allPlaces, type HostileCase } from './case.ts'
import { kinds } from './cases.ts'

const whereOf = ({ at }: HostileCase) => (at.length === allPlaces.length ? 'everywhere' : at.join(', '))

/** Every case in words, as it stands in the documentation. */
export const casesAsMarkdown = (): string =>
  Object.entries<readonly HostileCase[]>(kinds)
    .map(([kind, cases]) =>
      [
        `### ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
        '',
        table(
          ['case', 'what hurts', 'where'],
          cases.map((one) => [one.name, one.hurts, whereOf(one)]),
        ),
      ].join('\n'),
    )
    .join('\n\n')
