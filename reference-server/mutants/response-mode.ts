import { formPost } from '../../core/spec/form-post.ts'
import { multipleResponseTypes } from '../../core/spec/multiple-response-types.ts'
import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc8414 } from '../../core/spec/rfc8414.ts'
import { offering } from '../config.ts'
import { mutants } from '../mutant.ts'
import { submitPolicy } from '../page-frame.ts'
import { postFormPage } from '../post-form.ts'
import { responseMode as rightResponseMode } from '../rules/authorization-request.ts'
import * as rules from '../rules/redirect.ts'

const { apply: rightMode } = rightResponseMode
const { apply: rightFragment } = rules.fragmentLocation
const { apply: rightForm } = rules.formPostForm
const { apply: rightHeaders } = rules.formPostHeaders

export const responseMode = mutants(rightResponseMode, {
  'redirects with a query whatever is asked for': {
    fault: 'response_mode is a parameter of OpenID Connect, and this is the endpoint of OAuth',
    breaks: [multipleResponseTypes.fragmentMode, formPost.responseInForm, oidcCore.unknownModeRefused],
    apply: () => 'query',
  },
  'takes what it does not know for the default': {
    fault: 'the parameter is looked up in a table, and what is not in there is as good as absent',
    breaks: [oidcCore.unknownModeRefused],
    apply: (asked, responseType, supported) =>
      rightMode(
        supported.find((one) => one === asked),
        responseType,
        supported,
      ),
  },
  'posts a form for any mode that is named': {
    fault: 'whoever names a mode wants another than the default, and at first there was one other',
    breaks: [multipleResponseTypes.queryMode, multipleResponseTypes.fragmentMode],
    apply: (asked, responseType, supported) =>
      rightMode(asked === undefined ? undefined : 'form_post', responseType, supported),
  },
  'posts a form unless it is told otherwise': {
    fault: 'the mode that keeps codes out of URLs is made the default of the server',
    breaks: [multipleResponseTypes.codeDefaultsToQuery],
    apply: (asked, responseType, supported) => rightMode(asked ?? 'form_post', responseType, supported),
  },
  'answers with a fragment unless it is told otherwise': {
    fault: 'the first client was a single-page app, which reads its fragment',
    breaks: [multipleResponseTypes.codeDefaultsToQuery],
    apply: (asked, responseType, supported) => rightMode(asked ?? 'fragment', responseType, supported),
  },
  'answers a request for a token in the query': {
    fault: 'there is one default for all response types',
    breaks: [multipleResponseTypes.tokenDefaultsToFragment, multipleResponseTypes.noTokenInQuery],
    config: offering('implicit'),
    apply: (asked, _responseType, supported) => rightMode(asked, 'code', supported),
  },
  'puts a token into the query on demand': {
    fault: 'the client knows best which mode it can read',
    breaks: [multipleResponseTypes.noTokenInQuery],
    config: offering('implicit'),
    apply: (asked, responseType, supported) =>
      asked === 'query' ? 'query' : rightMode(asked, responseType, supported),
  },
  'has lost a mode that it lists': {
    fault: 'the page with the form fell to a redesign, and the metadata was not looked at',
    breaks: [rfc8414.responseModes],
    apply: (asked, responseType, supported) =>
      rightMode(
        asked,
        responseType,
        supported.filter((one) => one !== 'form_post'),
      ),
  },
})

export const errorMode = mutants(rules.errorMode, {
  'reports errors in the query': {
    fault: 'the error handler knows of queries and of nothing else',
    breaks: [multipleResponseTypes.fragmentMode, formPost.responseInForm],
    apply: () => 'query',
  },
  'reports errors in the query where a form would carry them': {
    fault: 'the page with the form was written for codes',
    breaks: [formPost.responseInForm],
    apply: (mode) => (mode === 'form_post' ? 'query' : mode),
  },
  'reports the errors of implicit requests in the query': {
    fault: 'an error gives nothing away, so it may stand in the query',
    breaks: [rfc6749.implicitErrorInFragment],
    config: offering('implicit'),
    apply: () => 'query',
  },
})

export const fragmentLocation = mutants(rules.fragmentLocation, {
  'writes a query': {
    fault: 'the function was copied from the one for queries, and its separator with it',
    breaks: [multipleResponseTypes.fragmentMode],
    apply: (redirectUri, params) =>
      rightFragment(redirectUri, params).replace('#', redirectUri.includes('?') ? '&' : '?'),
  },
  'writes the query and the fragment': {
    fault: 'both are filled in, so that every client finds its answer',
    breaks: [multipleResponseTypes.fragmentMode],
    apply(redirectUri, params) {
      const [, fragment = ''] = rightFragment(redirectUri, params).split('#')
      return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${fragment}#${fragment}`
    },
  },
  'keeps the state in the query': {
    fault: 'the state is there before the answer is, and is put onto the redirection URI at once',
    breaks: [multipleResponseTypes.fragmentMode],
    apply: (redirectUri, { state, ...params }) =>
      rightFragment(
        state === undefined
          ? redirectUri
          : `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${new URLSearchParams({ state }).toString()}`,
        params,
      ),
  },
  'delivers tokens in the query': {
    fault: 'the fragment does not reach the server of the client, which wanted to have the token',
    breaks: [rfc6749.implicitInFragment],
    config: offering('implicit'),
    apply: (redirectUri, params) =>
      'access_token' in params
        ? rightFragment(redirectUri, params).replace('#', '?')
        : rightFragment(redirectUri, params),
  },
})

export const formPostForm = mutants(rules.formPostForm, {
  'sends it by GET': {
    fault: 'nobody wrote a method, and GET is what forms do without',
    breaks: [formPost.methodIsPost],
    apply: (...response) => ({ ...rightForm(...response), method: 'get' }),
  },
  'sends it to the host of the client': {
    fault: 'the action is put together of scheme and host, and the path was forgotten',
    breaks: [formPost.actionIsRedirectUri],
    apply: (redirectUri, params) => rightForm(redirectUri.replace(/^([a-z]+:\/\/[^/]+).*$/s, '$1/'), params),
  },
  'drops the query of the client': {
    fault: 'a form has its parameters in the body, so the query is cut off',
    breaks: [formPost.actionIsRedirectUri],
    apply: (redirectUri, params) => rightForm(redirectUri.replace(/\?.*$/s, ''), params),
  },
  'puts the response into the action as well': {
    fault: 'the redirect is made first, and a form around it',
    breaks: [formPost.actionIsRedirectUri],
    apply: (redirectUri, params) => ({
      ...rightForm(redirectUri, params),
      action: rules.responseLocation.apply(redirectUri, params),
    }),
  },
  'carries the code alone': {
    fault: 'the template has one field, for the one thing that matters',
    breaks: [formPost.responseInForm],
    apply: (redirectUri, { state: _forgotten, ...params }) => rightForm(redirectUri, params),
  },
})

export const formPostPage = mutants(rules.formPostPage, {
  'does not escape values': {
    fault: 'codes need no escaping, and the state was added later',
    apply: (form) => postFormPage(form).replaceAll(/(?<=value=")[^"]*/g, unescaped),
  },
  'escapes angle brackets alone': {
    fault: 'the template language escapes what stands between tags, and the attribute was quoted by hand',
    apply: (form) =>
      postFormPage(form).replaceAll(/(?<=value=")[^"]*/g, (value) => unescaped(value).replaceAll('<', '&lt;')),
  },
  'escapes values twice': {
    fault: 'the values are escaped for the template, which escapes them once more',
    breaks: [rfc6749.stateReturned, rfc6749.stateReturnedOnError],
    apply: (form) => postFormPage(form).replaceAll(/(?<=value=")[^"]*/g, (value) => value.replaceAll('&', '&amp;')),
  },
  'sends the form in parts': {
    fault: 'multipart is what forms are sent with since files were uploaded',
    breaks: [formPost.responseInForm],
    apply: (form) => postFormPage(form).replace('<form ', '<form enctype="multipart/form-data" '),
  },
})

/** What a value was before it was escaped. */
const unescaped = (value: string) =>
  value.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))

export const formPostHeaders = mutants(rules.formPostHeaders, {
  'may be stored': {
    fault: 'the page looks like any other, and pages are cached by the server in front',
    breaks: [formPost.notStored],
    apply: () => ({ 'content-security-policy': submitPolicy, 'cache-control': 'private, max-age=60' }),
  },
  'may be stored if it is asked after': {
    fault: 'no-cache is taken for a word that forbids caching',
    breaks: [formPost.notStored],
    apply: () => ({ ...rightHeaders(), 'cache-control': 'no-cache' }),
  },
  'lets no form leave': {
    fault: 'form-action was added to the policy of every page, for the sake of the login page',
    breaks: [formPost.responseInForm],
    apply: () => ({ ...rightHeaders(), 'content-security-policy': `${submitPolicy}; form-action 'self'` }),
  },
})
