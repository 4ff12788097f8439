import { oidcCore } from '../../core/spec/oidc-core.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/cross-origin.ts'

const { apply: right } = rules.preflightHeaders

export const preflightHeaders = mutants(rules.preflightHeaders, {
  'lets scripts fetch tokens and use none': {
    fault: 'the first application in a browser only wanted a token, and no other endpoint was thought of',
    breaks: [oidcCore.userinfoCors],
    apply: (path, methods, paths) => (path === paths.userinfo ? {} : right(path, methods, paths)),
  },
  'lets a star stand for Authorization': {
    fault: 'a star was taken for every header, and it is for every one but this',
    breaks: [oidcCore.userinfoCors],
    apply(path, methods, paths) {
      const headers = right(path, methods, paths)
      return Object.keys(headers).length === 0 ? headers : { ...headers, 'access-control-allow-headers': '*' }
    },
  },
  'lets scripts send what forms send': {
    fault: 'the list of headers was made for the token endpoint, where clients in a browser send no Authorization',
    breaks: [oidcCore.userinfoCors],
    apply(path, methods, paths) {
      const headers = right(path, methods, paths)
      return Object.keys(headers).length === 0
        ? headers
        : { ...headers, 'access-control-allow-headers': 'Content-Type' }
    },
  },
  'opens everything to scripts': {
    fault: 'the middleware stands before the router, where it knows no endpoint from another',
    breaks: [rfc9700.noCorsAtAuthorization],
    apply: (_path, methods, paths) => right(paths.token, methods, paths),
  },
  'lets scripts start a sign-in': {
    fault: 'an application wanted to know of a silent sign-in without a frame',
    breaks: [rfc9700.noCorsAtAuthorization],
    apply: (path, methods, paths) =>
      path === paths.authorize
        ? { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET' }
        : right(path, methods, paths),
  },
})
