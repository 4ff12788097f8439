import { oidcCore } from '../../core/spec/oidc-core.ts'
import type { Claims } from '../jwt.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/protected-resource.ts'

const { apply: rightClaims } = rules.userinfoClaims

export const userinfoMethods = mutants(rules.userinfoMethods, {
  'answers GET alone': {
    fault: 'nothing is changed by asking, so the route is declared for GET',
    apply: () => ['GET'],
  },
  'answers POST alone': { fault: 'tokens were not to stand in the logs of proxies', apply: () => ['POST'] },
})

export const userinfoHeaders = mutants(rules.userinfoHeaders, {
  'sends text': {
    fault: 'the claims are written as text, and the framework says so',
    apply: () => ({ 'content-type': 'text/plain; charset=utf-8' }),
  },
  'says that it is a JWT': {
    fault: 'the type is that of the signed form, whatever the form',
    apply: () => ({ 'content-type': 'application/jwt' }),
  },
})

/** What was answered lately; `until` in milliseconds since the epoch. */
const answers = new Map<string, { readonly claims: Claims; readonly until: number }>()

export const userinfoClaims = mutants(rules.userinfoClaims, {
  'leaves the subject out': {
    fault: 'the profile of a person is sent as it is stored',
    breaks: [oidcCore.userinfoSubject, oidcCore.userinfoSameSubject],
    apply(user, token) {
      const { sub: _, ...claims } = rightClaims(user, token)
      return claims
    },
  },
  'sends the name for the subject': {
    fault: 'the directory knows people by their user name',
    breaks: [oidcCore.userinfoSameSubject],
    apply: (user, token) => ({ ...rightClaims(user, token), sub: user.username }),
  },
  'answers from a cache that people share': {
    fault: 'what was answered is kept for a second, by who asked and for what scope, and not by about whom',
    breaks: [oidcCore.userinfoSameSubject],
    apply(user, token) {
      const question = JSON.stringify([token.clientId, token.scopes])
      const known = answers.get(question)
      if (known !== undefined && Date.now() < known.until) return known.claims
      const claims = rightClaims(user, token)
      answers.set(question, { claims, until: Date.now() + 1000 })
      return claims
    },
  },
  'tells everything': {
    fault: 'the profile of a person is sent as it is stored',
    breaks: [oidcCore.scopeClaims],
    apply: (user) => ({ ...user.claims, sub: user.sub }),
  },
  'tells the email address with the profile': {
    fault: 'the email address is taken for part of a profile',
    breaks: [oidcCore.scopeClaims],
    apply: (user, token) => ({
      ...rightClaims(user, token),
      ...(token.scopes.includes('profile') && { email: user.claims['email'] }),
    }),
  },
})
