import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { check, type CheckContext } from '../../harness/check.ts'
import { outlineOf } from '../../harness/client/page-outline.ts'
import { describeArrival, responseOf } from '../../harness/client/protocol-client.ts'
import { registeredAccount } from '../../harness/client/registration.ts'
import { Inapplicable, Untestable } from '../../harness/error.ts'
import { registeredInformation } from '../managing.ts'
import { asksThePerson } from '../pages.ts'
import { registeredId, registering, webClient } from '../registering.ts'

const needs = ['registration', 'client_secret_basic', 'authorization_code'] as const

const plain = webClient('https://rp.example/callback')

const links = {
  client_uri: 'https://rp.example/about-assay',
  tos_uri: 'https://rp.example/terms-of-assay',
  policy_uri: 'https://rp.example/policy-of-assay',
}

const rows = { client_uri: rfc7591.clientUriShown, tos_uri: rfc7591.tosShown, policy_uri: rfc7591.policyShown } as const

/**
 * Before people allow a client anything they see what it is and can read about it. A link may lead over a page of the
 * server's own, and the logo may be a copy: RFC 9700 §4.2.4 wants nothing on the page that tells other sites of it.
 */
export const pagesOfTheClientAreShown = check({
  proves: [rfc7591.clientUriShown, rfc7591.tosShown, rfc7591.policyShown, rfc7591.logoShown],
  needs,

  async run(context) {
    const { client, expect } = context
    const logo = 'https://rp.example/logo-of-assay.png'
    await registering(client, { ...plain, ...links, logo_uri: logo }, async (answer) => {
      const information = registeredInformation(answer)
      const pages = await pagesFor(context, answer)
      const breach = (name: string) =>
        ({ violation: 'missing-value', expected: name, actual: 'a page without it' }) as const
      for (const [name, uri] of Object.entries(links)) {
        if (information[name] !== uri) continue
        const isShown = pages.some((page) => (name === 'client_uri' ? page.leadsTo(uri) : page.mentions(uri)))
        expect.that(isShown, breach(`a link to the ${name}`), rows[name as keyof typeof rows])
      }
      if (information['logo_uri'] === logo)
        expect.that(
          pages.some((page) => page.hasImage),
          breach('the image at logo_uri'),
          rfc7591.logoShown,
        )
    })
  },
})

/** A name is shown letter by letter: markup in it is text, and nothing is tidied up. */
export const nameIsShownAsItIs = check({
  proves: [rfc7591.nameShownAsIs],
  needs,

  async run(context) {
    const { client, expect } = context
    await registering(client, { ...plain, client_name: 'assay7 <b>för</b> & alle' }, async (answer) => {
      const { client_name: name } = registeredInformation(answer)
      if (typeof name !== 'string' || !name.startsWith('assay7 '))
        throw new Inapplicable('the server registers another name, and says so')
      const texts = (await pagesFor(context, answer)).map(({ text }) => text)
      const shown = texts.filter((text) => /assay7/i.test(text))
      if (shown.length === 0) throw new Inapplicable('the server shows its client_id or nothing instead of the name')
      expect.that(
        shown.every((text) => text.split(/assay7/i).length === text.split(name).length),
        { expected: `the name ${name}`, actual: 'another spelling of it' },
      )
    })
  },
})

/** What a browser would run is no page of the client, and is not offered to people as one. */
export const scriptIsNoPageOfTheClient = check({
  proves: [rfc7591.harmlessLinks],
  needs,

  async run(context) {
    const { client, expect } = context
    for (const uri of ['javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,assay']) {
      await registering(client, { ...plain, client_uri: uri, policy_uri: uri, tos_uri: uri }, async (answer) => {
        if (registeredId(answer) === undefined) return
        const pages = await pagesFor(context, answer)
        expect.that(!pages.some((page) => page.runs), {
          violation: 'accepted',
          expected: 'no link to a script',
          actual: `a link to ${uri}`,
        })
      })
    }
  },
})

interface ShownPage {
  readonly text: string
  readonly hasImage: boolean
  /** True where a link leads to a script. */
  readonly runs: boolean
  readonly leadsTo: (uri: string) => boolean
  readonly mentions: (uri: string) => boolean
}

/** What a person sees who is asked to allow this client something. */
async function pagesFor(
  { client, target }: CheckContext,
  registration: Parameters<typeof registeredAccount>[0],
): Promise<readonly ShownPage[]> {
  const shown: ShownPage[] = []
  const arrival = await client
    .as(registeredAccount(registration, plain))
    .requestAuthorization(target.capabilities.has('openid') ? { prompt: 'consent' } : {}, {
      onPage: (response, html) => {
        if (asksThePerson(response) || target.login.browser) shown.push(...shownBy(html))
      },
    })
  const asked = shown.filter(({ text }) => text !== '')
  if (asked.length > 0) return asked
  if (responseOf(arrival).has('code')) throw new Inapplicable('the server asks nobody to approve of a client')
  throw new Untestable(`no page was seen on which a client is approved of: ${describeArrival(arrival)}`)
}

function shownBy(html: string): readonly ShownPage[] {
  const outline = outlineOf(html)
  // Where a password is asked for, nobody is asked for consent.
  if (outline === undefined || outline.$('input[type="password" i]').length > 0) return []
  const { $ } = outline
  $('head, script, style').remove()
  const hrefs = outline.links.map(({ attribs }) => attribs['href'] ?? '')
  const includes = (texts: readonly string[], uri: string) =>
    texts.some((text) => text.includes(uri) || text.includes(encodeURIComponent(uri)))
  const text = $.root().text().replaceAll(/\s+/g, ' ')
  return [
    {
      text,
      hasImage: $('img, picture, svg, object, [style*="url("]').length > 0,
      runs: hrefs.some((href) => /^\s*(?:javascript|data):/i.test(href)),
      leadsTo: (uri) => includes(hrefs, uri),
      mentions: (uri) => includes([...hrefs, text], uri),
    },
  ]
}
