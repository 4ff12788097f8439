import { document } from './document.ts'

export const formPost = document(
  'form-post',
  'OAuth 2.0 Form Post Response Mode',
  'https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html',
  {
    responseInForm: [
      '2',
      'STATES',
      'answers in a form of HTML that the browser sends form-encoded where response_mode is form_post',
    ],
    actionIsRedirectUri: ['2', 'MUST', 'gives that form the redirection URI as its action'],
    methodIsPost: ['2', 'MUST', 'gives that form the method POST'],
    notStored: ['2', 'MUST', 'tells browsers and intermediaries neither to store nor to reuse the page with that form'],
  },
)
