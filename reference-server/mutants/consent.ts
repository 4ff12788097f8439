import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { mutants } from '../mutant.ts'
import * as rules from '../rules/consent.ts'

const { apply: links } = rules.clientLinksShown

export const clientNameShown = mutants(rules.clientNameShown, {
  'takes markup out': {
    fault: 'names are cleaned of what looks like markup, beside being escaped',
    apply: (name) => name.replaceAll(/<[^>]*>/g, ''),
  },
  'writes names like titles': {
    fault: 'a style guide wants capitals, and the words of all languages were taken for English ones',
    apply: (name) => name.replaceAll(/(?<=\s)\p{Ll}/gu, (letter) => letter.toUpperCase()),
  },
})

export const clientLogoShown = mutants(rules.clientLogoShown, {
  'shows no logo': { fault: 'the page is to load nothing from elsewhere', apply: () => undefined },
})

export const clientLinksShown = mutants(rules.clientLinksShown, {
  'shows the name alone': { fault: 'the page was to be short', apply: () => [] },
  'shows no site of the client': {
    fault: 'people should not leave before they have decided',
    breaks: [rfc7591.clientUriShown],
    apply: (metadata) => links({ ...metadata, client_uri: undefined }),
  },
  'shows no terms': {
    fault: 'terms are agreed to elsewhere',
    breaks: [rfc7591.tosShown],
    apply: (metadata) => links({ ...metadata, tos_uri: undefined }),
  },
  'shows no policy': {
    fault: 'the server has a privacy policy of its own, which it shows instead',
    breaks: [rfc7591.policyShown],
    apply: (metadata) => links({ ...metadata, policy_uri: undefined }),
  },
})
