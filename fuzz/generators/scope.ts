import fc, { type Arbitrary } from 'fast-check'
import { awkward } from './characters.ts'
import { deed, type Edit, edit, few, position, replaceMatch, swapCase } from './edit.ts'

/** Scopes that somebody would like to have, and that a server may well know. */
export const covetedScopes: readonly string[] = ['profile', 'email', 'api:write', 'admin', 'root', 'all', '*']

const coveted = fc.constantFrom(...covetedScopes, 'openid*', 'urn:assay:unknown')

/** RFC 6749 §3.3: one space between two scopes, and in a scope neither quotation marks nor backslashes. */
const separator = fc.constantFrom(
  '  ',
  '\t',
  '\n',
  '\r\n',
  ',',
  ', ',
  ';',
  '+',
  '|',
  '%20',
  '\u00A0',
  '\u2003',
  '\0',
  '',
)

const anySpelling: Arbitrary<Edit> = fc.oneof(
  edit('ask also for', coveted, (scope, more) => `${scope} ${more}`),
  edit('ask first for', coveted, (scope, more) => `${more} ${scope}`),
  edit('ask only for', coveted, (_, only) => only),
  edit('join one more by', fc.tuple(separator, coveted), (scope, [by, more]) => `${scope}${by}${more}`),
  edit('separate by', fc.tuple(position, separator), (scope, [which, by]) =>
    replaceMatch(scope, / /g, which, () => by),
  ),
  edit('swap the case of letter', position, (scope, which) => replaceMatch(scope, /[a-z]/gi, which, swapCase)),
  deed('write in capitals', (scope) => scope.toUpperCase()),
  edit('cut from the end', fc.integer({ min: 1, max: 12 }), (scope, count) => scope.slice(0, -count)),
  edit('cut from the beginning', fc.integer({ min: 1, max: 12 }), (scope, count) => scope.slice(count)),
  edit('put in front', fc.constantFrom(...awkward), (scope, more) => `${more}${scope}`),
  edit('append', fc.constantFrom(...awkward), (scope, more) => `${scope}${more}`),
  edit(
    'put between quotation marks',
    fc.constantFrom('"', "'", '[]'),
    (scope, marks) => `${marks.at(0)}${scope}${marks.at(-1)}`,
  ),
  edit('leave out scope', position, (scope, which) => replaceMatch(scope, /\S+ ?/g, which, () => '').trim()),
  edit('write scope twice', position, (scope, which) => replaceMatch(scope, /\S+/g, which, (one) => `${one} ${one}`)),
)

/** A few ways to ask for more than one has, or in another way than the grammar has it. */
export const scopeEdits: Arbitrary<readonly Edit[]> = few(anySpelling)
