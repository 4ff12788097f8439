import type { Unit } from '../core/unit.ts'

/** Units for a reader, a line each; for a machine with all that is known of them. */
export const listed = (units: readonly Unit[], json: boolean): string =>
  json
    ? `${JSON.stringify(units.map(described), null, 2)}\n`
    : units.map(({ id, proves }) => `${id}  (${proves.map((one) => one.id).join(', ')})\n`).join('')

const described = ({ id, kind, title, proves, needs }: Unit) => ({
  id,
  kind,
  title,
  proves: proves.map((one) => one.id),
  needs,
})
