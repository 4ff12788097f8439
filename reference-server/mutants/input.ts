import { cwe } from '../../core/spec/cwe.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/input.ts'

const { apply: ownMethod } = rules.requestMethod

export const requestMethod = mutants(rules.requestMethod, {
  'lets a header override it': {
    fault: 'a middleware for browsers that send forms only was put before every endpoint',
    apply: (request) =>
      (
        request.headers.get('x-http-method-override') ??
        request.headers.get('x-method-override') ??
        ownMethod(request)
      ).toUpperCase(),
  },
  'lets a parameter override it': {
    fault: 'the framework reads a hidden field of forms, and looks for it in the query of every request',
    apply: (request) => new URL(request.url).searchParams.get('_method')?.toUpperCase() ?? ownMethod(request),
  },
})

export const headersAreLookedThrough = mutants(rules.headersAreLookedThrough, {
  'parses the origin': {
    fault: 'where a request comes from is logged as a URL, and the origin null is none',
    apply(request) {
      const origin = request.headers.get('origin')
      if (origin !== null) void new URL(origin)
    },
  },
  'decodes cookies': {
    fault: 'all cookies are decoded, those as well that somebody else has set',
    apply(request) {
      for (const pair of request.headers.get('cookie')?.split('; ') ?? []) decodeURIComponent(pair)
    },
  },
  'takes languages apart': {
    fault: 'the text of a page is chosen by the languages of the browser, which always have weights in the tests',
    apply(request) {
      const languages = request.headers.get('accept-language')?.split(',') ?? []
      void new Intl.Locale(languages[0]?.split(';')[0] ?? 'en')
    },
  },
})

export const inputIsLookedThrough = mutants(rules.inputIsLookedThrough, {
  'cuts white space off by a pattern': {
    fault: 'the pattern begins anew at each blank, and runs to the last one each time',
    breaks: [cwe.workInProportion],
    apply(input) {
      for (const [, text] of input) text.replace(/\s+$/, '')
    },
  },
  'compares each parameter with each': {
    fault: 'what is repeated is found by two loops, one inside the other',
    breaks: [cwe.workInProportion],
    apply(input) {
      input.some(([name], at) => input.slice(0, at).some(([other]) => other.toLowerCase() === name.toLowerCase()))
    },
  },
  'checks addresses by a pattern from a forum': {
    fault: 'host, path and query have characters in common, and each end of one is tried with each end of the others',
    breaks: [cwe.workInProportion],
    apply(input) {
      for (const [name, text] of input)
        if (name.endsWith('uri')) /^(?:https?:\/\/)?[\w.-]+[\w./-]*[\w./=&-]*$/.test(text)
    },
  },
  'knows tokens by a pattern': {
    fault: 'three parts with perhaps a dot between them can be found in one text in a thousand ways',
    breaks: [cwe.workInProportion],
    apply(input) {
      for (const [, text] of input) /^[\w-]+\.?[\w-]+\.?[\w-]+$/.test(text)
    },
  },
  'strips comments by a pattern': {
    fault: 'each beginning of a comment that has no end is followed to the end of the text',
    breaks: [cwe.workInProportion],
    apply(input) {
      for (const [, text] of input) text.replaceAll(/\/\*[^]*?\*\/|<!--[^]*?-->/g, '')
    },
  },
  'decodes once more': {
    fault: 'a gateway is said to encode twice, and nobody asked what becomes of a lone percent sign',
    breaks: [cwe.failuresHandled],
    apply(input) {
      for (const [, text] of input) decodeURIComponent(text)
    },
  },
  'reads by recursion': {
    fault: 'each character is read by a call within the call for the one before it',
    breaks: [cwe.failuresHandled],
    apply(input) {
      const read = (text: string, at: number): number => (at < text.length ? 1 + read(text, at + 1) : 0)
      for (const [, text] of input) read(text, 0)
    },
  },
})
