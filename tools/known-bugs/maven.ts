import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { rfc9700 } from '../../core/spec/rfc9700.ts'
import { prepareKeycloak, startKeycloak } from './keycloak.ts'
import { prepareSpring, startSpring } from './spring.ts'
import type { KnownBug } from './known-bug.ts'

type Facts = Omit<KnownBug, 'package' | 'registry' | 'prepare' | 'start'>

const keycloak = ({ redirectUris, ...facts }: Facts & { readonly redirectUris: readonly string[] }): KnownBug => ({
  ...facts,
  package: 'org.keycloak:keycloak-quarkus-dist',
  registry: 'maven',
  prepare: prepareKeycloak,
  start: async (version, cache) => await startKeycloak(version, cache, redirectUris),
})

const spring = (facts: Facts): KnownBug => ({
  ...facts,
  package: 'org.springframework.security:spring-security-oauth2-authorization-server',
  registry: 'maven',
  prepare: prepareSpring,
  start: startSpring,
})

/** Packages of Maven Central. */
export const mavenBugs: readonly KnownBug[] = [
  keycloak({
    id: 'CVE-2023-0264',
    wrong: '21.0.0',
    right: '21.0.2',
    bug: 'finds a code by one of its parts, and the session by another that anybody may exchange',
    shows: [rfc6749.codeValid],
    only: ['fuzz/authorization-code'],
    redirectUris: ['https://rp.example/callback'],
  }),
  keycloak({
    id: 'CVE-2024-8883',
    wrong: '25.0.5',
    right: '25.0.6',
    bug: 'drops all that stands between a colon and a slash in the authority of a registered loopback URI',
    shows: [rfc9700.noOpenRedirect],
    only: ['fuzz/redirect-uri/foreign-uri-is-not-redirected-to'],
    redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  }),
  keycloak({
    id: 'CVE-2026-3872',
    wrong: '26.5.6',
    right: '26.5.7',
    bug: 'takes a way up out of the folder of a pattern where it is written with a path parameter',
    shows: [rfc6749.redirectUriRegistered],
    only: ['fuzz/registered-pattern'],
    redirectUris: ['https://rp.example/apps/one/*'],
  }),
  spring({
    id: 'CVE-2024-22258',
    wrong: '1.2.2',
    right: '1.2.3',
    bug: 'redeems a code with a verifier where no challenge had come, so that nobody notices who took it out',
    shows: [rfc9700.pkceNotDowngraded],
    only: ['oauth2/pkce/verifier-without-challenge-is-denied', 'fuzz/pkce/challenge-and-method-bind-the-verifier'],
  }),
  spring({
    id: 'CVE-2026-41008',
    wrong: '1.5.6',
    right: '1.5.8',
    bug: 'reports a wrong request_uri to a redirect_uri that nobody has looked at',
    shows: [rfc9700.noOpenRedirect, rfc6749.noOpenRedirector],
    only: ['fuzz/redirect-uri/foreign-uri-is-not-redirected-to'],
  }),
]
