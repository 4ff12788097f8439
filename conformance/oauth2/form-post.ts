import { formPost } from '../../core/spec/form-post.ts'
import { rfc6749 } from '../../core/spec/rfc6749.ts'
import { check } from '../../harness/check.ts'
import { headersOf } from '../../harness/client/http.ts'
import { describeArrival, responseOf } from '../../harness/client/protocol-client.ts'
import type { Arrival } from '../../harness/client/user-agent.ts'
import { Untestable } from '../../harness/error.ts'
import type { Expect } from '../../harness/expect.ts'
import { whyNotSent } from '../form-policy.ts'
import { arrivals, arrivalWith, type Outcome, outcomes, responseFormOf } from '../response-modes.ts'

/** Code and error come in a form that is posted to the redirection URI, whatever query that has. */
export const formCarriesTheResponse = check({
  proves: [formPost.responseInForm, formPost.actionIsRedirectUri, formPost.methodIsPost],
  needs: ['authorization_code', 'form_post_mode'],

  async run({ client, expect }) {
    for (const uri of client.account.redirect_uris) {
      for await (const [outcome, arrival] of arrivals(client, { redirect_uri: uri, response_mode: 'form_post' })) {
        judgeForm(expect, outcome, arrival, uri)
      }
    }
  },
})

function judgeForm(expect: Expect, outcome: Outcome, arrival: Arrival, uri: string) {
  const found = responseFormOf(arrival)
  const names = (found?.form.controls ?? []).map(({ attribs }) => attribs['name'])
  expect.that(
    found !== undefined && [outcome, 'state'].every((name) => names.includes(name)) && isUrlEncoded(found.enctype),
    {
      violation: 'malformed',
      expected: `a form, sent as application/x-www-form-urlencoded, with ${outcome} and state`,
      actual: found === undefined ? describeArrival(arrival) : `a form with ${names.join(', ')} ${found.enctype}`,
    },
    formPost.responseInForm,
  )
  if (found === undefined) return
  expect.that(
    isSameUri(found.action, uri),
    { violation: 'redirected', expected: `the action ${uri}`, actual: `the action ${found.action.slice(0, 200)}` },
    formPost.actionIsRedirectUri,
  )
  expect.that(
    /^\s*post\s*$/i.test(found.method),
    { expected: 'the method POST', actual: `the method ${found.method}` },
    formPost.methodIsPost,
  )
}

const isUrlEncoded = (enctype: string) => enctype === '' || /^\s*application\/x-www-form-urlencoded\s*$/i.test(enctype)

/** The same text, or the same as a URL parser writes it. */
const isSameUri = (action: string, uri: string) =>
  action === uri || (URL.canParse(action) && URL.canParse(uri) && new URL(action).href === new URL(uri).href)

/** Nothing that comes with the page keeps a browser from sending the form to the client. */
export const formCanBeSent = check({
  proves: [formPost.responseInForm],
  needs: ['authorization_code', 'form_post_mode'],

  async run({ client, expect }) {
    const found = responseFormOf(await arrivalWith(client, 'code', { response_mode: 'form_post' }))
    if (found === undefined) throw new Untestable('no form came')
    const because = whyNotSent(found)

    expect.that(because === undefined, {
      violation: 'wrong-header',
      expected: 'a form that a browser sends, by a script or by a button',
      actual: because ?? '',
    })
  },
})

/** Markup in a state comes back as the text that it is. */
export const markupInStateIsText = check({
  proves: [rfc6749.stateReturned, rfc6749.stateReturnedOnError, rfc6749.inputSanitized],
  needs: ['authorization_code', 'form_post_mode'],

  async run({ client, expect }) {
    for (const state of markup) {
      for (const outcome of ['code', 'error'] as const) {
        const arrival = await client.requestAuthorization({ ...outcomes[outcome], state, response_mode: 'form_post' })
        const page = responseFormOf(arrival)
        // A server may want nothing to do with a state like that.
        if (page === undefined) continue
        const returned = responseOf(arrival).get('state')

        expect.that(
          page.outline.$('assay-markup, [assay-markup]').length === 0,
          { violation: 'malformed', expected: 'a page that holds state as text', actual: 'its markup in the page' },
          rfc6749.inputSanitized,
        )
        expect.that(
          returned === state,
          {
            violation: returned === undefined ? 'missing-value' : 'wrong-value',
            expected: 'the state as it was sent',
            actual: returned === undefined ? 'no state' : 'another state',
          },
          outcome === 'code' ? rfc6749.stateReturned : rfc6749.stateReturnedOnError,
        )
      }
    }
  },
})

/** What would end an attribute, an element or a script, and begin one of its own. */
const markup = [
  '"><assay-markup>',
  "'><assay-markup>",
  '" assay-markup="1',
  '</form></script><assay-markup>',
  '&quot;&gt;&lt;&#34;&amp;amp;',
]

/** The page is kept nowhere: what it holds is good for one use. */
export const pageIsNotStored = check({
  proves: [formPost.notStored],
  needs: ['authorization_code', 'form_post_mode'],

  async run({ client, expect }) {
    for await (const [, arrival] of arrivals(client, { response_mode: 'form_post' })) {
      const found = responseFormOf(arrival)
      if (found === undefined) throw new Untestable('no form came')
      const directives = headersOf(found.page, 'cache-control').join(', ')

      expect.that(/(?:^|[\s,])no-store(?:$|[\s,])/i.test(directives), {
        violation: directives === '' ? 'missing-header' : 'wrong-header',
        expected: 'cache-control: no-store',
        actual: directives === '' ? 'no cache-control' : `cache-control: ${directives}`,
      })
    }
  },
})
