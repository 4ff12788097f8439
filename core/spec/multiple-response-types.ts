import { document } from './document.ts'

export const multipleResponseTypes = document(
  'multiple-response-types',
  'OAuth 2.0 Multiple Response Type Encoding Practices',
  'https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html',
  {
    queryMode: ['2.1', 'STATES', 'answers in the query of the redirection URI where response_mode is query'],
    fragmentMode: [
      '2.1',
      'STATES',
      'answers in the fragment of the redirection URI, and nowhere else, where response_mode is fragment',
    ],
    codeDefaultsToQuery: ['2.1', 'STATES', 'answers a request for a code in the query where it names no response mode'],
    tokenDefaultsToFragment: [
      '2.1',
      'STATES',
      'answers a request for a token in the fragment where it names no response mode',
    ],
    noTokenInQuery: ['7', 'MUST NOT', 'puts an access token into a query, whatever response mode is asked for'],
  },
)
