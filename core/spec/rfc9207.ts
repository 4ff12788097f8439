import { document, rfc } from './document.ts'

export const rfc9207 = document('rfc9207', 'OAuth 2.0 Authorization Server Issuer Identification', rfc(9207), {
  issInResponse: ['2', 'MUST', 'names itself in the iss of an authorization response'],
  issInError: ['2', 'MUST', 'names itself in the iss of an error response as well'],
  issIsPlainUrl: ['2', 'MUST', 'sends an iss that is an https URL without query and fragment'],
  issuerProvided: [
    '2.3',
    'MUST',
    'tells clients its issuer identifier',
    { unobservable: 'it may tell it in its documentation or by hand, and not in metadata alone' },
  ],
  issIdentical: ['2.3', 'MUST', 'publishes as its issuer the very text that it sends as iss'],
  supportPublished: [
    '2.3',
    'MUST',
    'sets authorization_response_iss_parameter_supported to true in its metadata where it sends iss',
  ],
  supportIsBoolean: ['3', 'STATES', 'gives authorization_response_iss_parameter_supported as a boolean'],
})
