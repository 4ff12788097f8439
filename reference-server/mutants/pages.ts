import { without } from '../without.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc7636 } from '../../core/spec/rfc7636.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import type { PendingRequest } from '../model.ts'
import { mutants } from '../mutant.ts'
import { NotRedirectable, OAuthError } from '../oauth-error.ts'
import type { Params } from '../parameters.ts'
import * as rules from '../rules/pages.ts'
import { sameText } from '../rules/client-authentication.ts'

const { apply: rightHeaders } = rules.pageHeaders

export const pageHeaders = mutants(rules.pageHeaders, {
  'lets itself be framed': {
    fault: 'no header says anything of frames',
    breaks: [rfc9700.pagesNotFramed, rfc9700.pagesHavePolicy],
    apply: () => without(rightHeaders(), 'x-frame-options', 'content-security-policy'),
  },
  'lets anybody frame it': {
    fault: 'one customer wanted the login page in a frame, and all got it',
    breaks: [rfc9700.pagesNotFramed],
    apply: () => ({
      ...without(rightHeaders(), 'x-frame-options'),
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *",
    }),
  },
  'names one origin in a header that knows none': {
    fault: 'ALLOW-FROM was never understood by most browsers, and no longer is by any',
    breaks: [rfc9700.pagesNotFramed, rfc9700.pagesHavePolicy],
    apply: () => ({
      ...without(rightHeaders(), 'content-security-policy'),
      'x-frame-options': 'ALLOW-FROM https://rp.example',
    }),
  },
  'only reports frames': {
    fault: 'the policy was to be tried out first, and stayed that way',
    breaks: [rfc9700.pagesNotFramed, rfc9700.pagesHavePolicy],
    apply: () => ({
      ...without(rightHeaders(), 'x-frame-options', 'content-security-policy'),
      'content-security-policy-report-only': "frame-ancestors 'none'",
    }),
  },
  'has a policy that forgets frames': {
    fault: 'default-src was thought to stand for frame-ancestors too, as it does for most directives',
    breaks: [rfc9700.pagesHavePolicy],
    apply: () => ({
      ...without(rightHeaders(), 'content-security-policy'),
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    }),
  },
  'tells every site where people come from': {
    fault: 'statistics of the whole company want the address of the page before',
    breaks: [rfc9700.refererSuppressed],
    apply: () => ({ ...without(rightHeaders(), 'referrer-policy'), 'referrer-policy': 'unsafe-url' }),
  },
})

export const furtherContent = mutants(rules.furtherContent, {
  'counts its visitors': {
    fault: 'the snippet of an analytics service was pasted in as its manual says',
    apply: () =>
      '<meta name="referrer" content="unsafe-url"/><script src="https://analytics.example/count.js"></script>',
  },
  'wears the font of another site': {
    fault: 'the head of the page came from the blog of the company, with its font and its referrer policy',
    apply: () =>
      '<meta name="referrer" content="unsafe-url"/><style>@import url(https://fonts.example/css?family=Plain);</style>',
  },
  'links to the help desk': {
    fault: 'the help desk, which another company runs, wants to know on which page people are stuck',
    apply: () => '<p><a href="https://help.example/sign-in" referrerpolicy="unsafe-url">Help</a></p>',
  },
})

export const authorizationCors = mutants(rules.authorizationCors, {
  'lets every origin read': {
    fault: 'the middleware for the token endpoint is mounted on everything',
    apply: () => ({ 'access-control-allow-origin': '*' }),
  },
  'lets the origin that asks read': {
    fault: 'the middleware reflects the origin, because a star does not go with credentials',
    apply: (origin) =>
      origin === null ? {} : { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' },
  },
  'lets a machine of its own read': {
    fault: 'developers work at localhost and open files, and what they need was never taken out again',
    apply: (origin) =>
      origin !== null && /^(?:null|http:\/\/localhost.*)$/.test(origin)
        ? { 'access-control-allow-origin': origin }
        : {},
  },
})

export const formCameFromPage = mutants(rules.formCameFromPage, {
  'takes any form': { fault: 'a form that names a sign-in which exists is taken for that of this browser', apply() {} },
  'believes the token alone': {
    fault: 'the token is compared with what the server stored, which is the same for the browser of an attacker',
    apply(interaction, _browser, csrf) {
      if (csrf === undefined || !sameText(interaction.csrf, csrf))
        throw new NotRedirectable('the form did not come from this page')
    },
  },
  'lets browsers without cookies pass': {
    fault: 'browsers that block cookies were to be able to sign in',
    apply(interaction, browser) {
      if (browser !== undefined && !sameText(interaction.browser, browser))
        throw new NotRedirectable('this sign-in was begun in another browser')
    },
  },
})

const withRedirectUri = (request: PendingRequest, params: Params | undefined): PendingRequest => {
  const redirectUri = params?.get('redirect_uri')
  return redirectUri === undefined || request.kind !== 'authorization' ? request : { ...request, redirectUri }
}

const withChallenge = (request: PendingRequest, params: Params | undefined): PendingRequest => {
  const challenge = params?.get('code_challenge')
  return challenge === undefined || request.kind !== 'authorization' ? request : { ...request, challenge }
}

export const requestThatWaits = mutants(rules.requestThatWaits, {
  'takes redirect_uri from the form': {
    fault: 'the form of the page is bound to the same object as the request was, field by field',
    breaks: [rfc6749.noOpenRedirector, rfc9700.exactRedirectUri],
    apply: (request, _address, form) => withRedirectUri(request, form),
  },
  'takes redirect_uri from the address': {
    fault: 'the address of the page may say where to go on, under the name that was at hand',
    breaks: [rfc6749.noOpenRedirector, rfc9700.exactRedirectUri],
    apply: (request, address) => withRedirectUri(request, address),
  },
  'takes the challenge from the form': {
    fault: 'the form of the page is bound to the same object as the request was, field by field',
    breaks: [rfc7636.challengeBoundToCode],
    apply: (request, _address, form) => withChallenge(request, form),
  },
  'takes the challenge from the address': {
    fault: 'the parameters of PKCE are read by a filter that stands before every page',
    breaks: [rfc7636.challengeBoundToCode],
    apply: (request, address) => withChallenge(request, address),
  },
})

export const whoDecides = mutants(rules.whoDecides, {
  'asks whoever has the address': {
    fault: 'the sign-in is noted at the request, and whoever knows its number goes on with it',
    config: { movingSignIns: true },
    apply: ({ session }) => session,
  },
  'asks whoever has the address and no session': {
    fault: 'a browser that lost its cookie on the way was to be able to go on',
    config: { movingSignIns: true },
    apply: (interaction, session) => session ?? interaction.session,
  },
})

export const personAgreed = mutants(rules.personAgreed, {
  'takes any answer for a yes': { fault: 'the form was sent, so the person was asked', apply() {} },
  'calls a no a lack of consent': {
    fault: 'the error of OpenID Connect for silent requests sounds right',
    apply(decision) {
      if (decision !== 'accept') throw new OAuthError('consent_required', 'the person refused')
    },
  },
})
