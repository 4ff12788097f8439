import { expect, test } from 'vitest'
import { schemaTable } from '../../../tools/docs/schema-table.ts'

test('every member has a row, with what it takes and what it is', () => {
  const schema = {
    type: 'object',
    required: ['name'],
    properties: {
      name: { type: 'string', description: 'a|b' },
      kinds: { type: 'array', items: { type: 'string' }, default: ['c'] },
      many: { type: 'array', items: { type: 'object', properties: { on: { type: 'boolean' } } } },
      either: {
        anyOf: [
          { type: 'string', const: 'all' },
          { type: 'object', properties: { rate: { type: 'number', minimum: 1, maximum: 2 } } },
        ],
      },
      method: { type: 'string', enum: ['d', 'e'] },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
    },
  }
  expect(schemaTable(schema).split('\n')).toEqual([
    '| member | value | what it is |',
    '| --- | --- | --- |',
    '| `name` | required; text | a\\|b |',
    '| `kinds` | list of texts; `["c"]` unless said |  |',
    '| `many` | list of mappings |  |',
    '| `many[].on` | `true` or `false` |  |',
    '| `either` | `all` or mapping |  |',
    '| `either.rate` | number from 1 to 2 |  |',
    '| `method` | `d`, `e` |  |',
    '| `headers` | mapping of names to texts |  |',
  ])
})
