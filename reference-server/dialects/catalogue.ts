import type { Dialect } from '../dialect.ts'

/** Every lawful deviation, by id. */
export const dialects: readonly Dialect[] = [
  {
    id: 'no-error-description',
    lawful: 'RFC 6749 §5.2: error_description is optional',
    swap: { errorBody: (error) => ({ error: error.code }) },
  },
  {
    id: 'opaque-access-tokens',
    lawful: 'RFC 6749 §1.4: an access token is a string that only the server need understand',
    config: { accessTokenFormat: 'opaque' },
  },
  {
    id: 'redirects-with-302',
    lawful: 'RFC 9700 §4.12 forbids 307 only',
    swap: { redirectStatus: () => 302 },
  },
]
