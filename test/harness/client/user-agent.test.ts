import { describe, expect, test } from 'vitest'
import { encodeForm } from '../../../core/wire/form.ts'
import { NoAnswer } from '../../../harness/client/http.ts'
import { browserlessAgent, type UserAgentOptions } from '../../../harness/client/user-agent.ts'
import { newHttp, serve } from '../target/serve.ts'
import {
  authorizationParams,
  authorizationUrl,
  broughtBack,
  loginForm,
  noHints,
  password,
  person,
  redirectTo,
  redirectUri,
  servePages,
  serveProviderWithPages,
} from './pages.ts'

const newAgent = (options: Partial<UserAgentOptions> = {}) =>
  browserlessAgent({ http: newHttp(), login: noHints, ...options })

describe('a certified server', () => {
  test('login and consent bring a code', async () => {
    await using server = await serveProviderWithPages()
    const http = newHttp()
    const pages: number[] = []
    const arrival = await newAgent({ http }).arrive(authorizationUrl(server.origin), {
      person,
      onPage: ({ status }) => pages.push(status),
    })
    expect(broughtBack(arrival)).toMatchObject({ code: expect.any(String), state: 'a state', iss: server.origin })
    expect(arrival).toMatchObject({ status: 303 })
    expect(pages).toEqual([200, 200])
    expect(JSON.stringify(http.exchanges)).not.toContain(password)
  })

  test('an authorization request may come by POST', async () => {
    await using server = await serveProviderWithPages()
    const form = encodeForm(authorizationParams())
    const arrival = await newAgent().arrive({ url: `${server.origin}/auth`, method: 'POST', form }, { person })
    expect(broughtBack(arrival)).toMatchObject({ code: expect.any(String) })
  })

  test('who refuses brings back an error', async () => {
    await using server = await serveProviderWithPages()
    const arrival = await newAgent().arrive(authorizationUrl(server.origin), { person, decide: 'deny' })
    expect(broughtBack(arrival)).toMatchObject({ error: 'access_denied', state: 'a state' })
  })

  test('a wrong redirect_uri ends on a page', async () => {
    await using server = await serveProviderWithPages()
    const url = authorizationUrl(server.origin, { redirect_uri: 'https://rp.example/other' })
    expect(await newAgent().arrive(url, { person })).toMatchObject({ kind: 'page', status: 400 })
  })

  test('a session spares the login, until the browser forgets', async () => {
    await using server = await serveProviderWithPages()
    const agent = newAgent()
    let pages = 0
    const journey = { person, onPage: () => void pages++ }
    await agent.arrive(authorizationUrl(server.origin), journey)
    expect(pages).toBe(2)
    expect(broughtBack(await agent.arrive(authorizationUrl(server.origin), journey))).toHaveProperty('code')
    expect(pages).toBe(2)

    agent.forget()
    await agent.arrive(authorizationUrl(server.origin), journey)
    expect(pages).toBe(4)
  })

  test('without anybody to sign in, it says who is missing', async () => {
    await using server = await serveProviderWithPages()
    expect(await newAgent().arrive(authorizationUrl(server.origin), {})).toEqual({
      kind: 'stuck',
      because:
        'the target asks for a sign-in and nobody is there to do it; add somebody under users in the target file',
    })
  })
})

describe('signing in', () => {
  test('a wrong password is told at once, and never shown', async () => {
    await using server = await servePages({
      'GET /': () => loginForm(),
      'POST /login': () => ({ status: 401, body: loginForm() }),
    })
    const arrival = await newAgent().arrive(`${server.origin}/`, { person })
    expect(arrival).toEqual({
      kind: 'stuck',
      because: 'the target refused the password of alice; correct it under users in the target file',
    })
    expect(server.asked('POST /login')).toHaveLength(1)
  })

  test('a login that never ends is given up', async () => {
    let page = 0
    await using server = await servePages({
      'GET /': () => loginForm(),
      'POST /login': () =>
        `<form method="post" action="/login"><input name="username${++page}"><button>Next</button></form>`,
    })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toEqual({
      kind: 'stuck',
      because: 'the sign-in did not end after 12 pages; name its fields under login in the target file',
    })
    expect(server.visits).toHaveLength(12)
  })

  test('the password is not given more than three times, whatever the pages look like', async () => {
    let page = 0
    await using server = await servePages({
      'GET /': () => loginForm(),
      'POST /login': () =>
        `<form method="post" action="/login"><input type="password" name="password${++page}"><button>Next</button></form>`,
    })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toMatchObject({ kind: 'stuck' })
    expect(server.asked('POST /login')).toHaveLength(3)
  })

  test('the user name on one page, the password on the next', async () => {
    await using server = await servePages({
      'GET /': () =>
        '<form role="search"><input name="q"><button>Go</button></form><form method="POST" action="/who"><input type="text" name="identifier"><input type="password" style="display:none" name="hidden"><button>Next</button></form>',
      'POST /who': () => redirectTo('password?step=2', 303),
      'GET /password': () =>
        '<form method="post" action=""><input type="hidden" name="csrf" value="a&amp;b"><input type="password" name="pw"><input type="submit" name="go" value="Log in"></form>',
      'POST /password': () => redirectTo(`${redirectUri}?code=1`),
    })
    expect(broughtBack(await newAgent().arrive(`${server.origin}/`, { person }))).toEqual({ code: '1' })
    expect(Object.fromEntries(server.asked('POST /who')[0]?.form ?? [])).toEqual({ identifier: 'alice', hidden: '' })
    const [sent] = server.asked('POST /password')
    expect(Object.fromEntries(sent?.form ?? [])).toEqual({ csrf: 'a&b', pw: password, go: 'Log in' })
    expect(sent?.url).toBe('/password?step=2')
  })

  test('what the target file names goes before what is guessed', async () => {
    await using server = await servePages({
      'GET /': () =>
        '<form method="post" action="/login"><input name="realm"><input name="a7"><input type="text" name="secret"><button name="do" value="reset">Sign in</button><button name="do" value="x" id="go">Weiter</button></form>',
      'POST /login': ({ form }) => redirectTo(`${redirectUri}?${encodeForm(Object.fromEntries(form))}`),
    })
    const login = {
      ...noHints,
      selectors: { username: '[name=a7]', password: '[name=secret]', submit: '#go' },
      headers: { 'x-door': 'side', 'Accept-Language': 'de' },
    }
    const arrival = await newAgent({ login }).arrive(`${server.origin}/`, { person })
    expect(broughtBack(arrival)).toEqual({ realm: '', a7: 'alice', secret: password, do: 'x' })
    expect(server.visits[0]?.headers).toMatchObject({ 'x-door': 'side', 'accept-language': 'de' })
  })

  test('a selector that is none is a mistake in the target file', async () => {
    await using server = await servePages({ 'GET /': () => loginForm() })
    const login = { ...noHints, selectors: { password: 'input[' } }
    await expect(newAgent({ login }).arrive(`${server.origin}/`, { person })).rejects.toMatchObject({
      code: 'TARGET_FILE_INVALID',
      message: 'login.selectors.password is not a CSS selector',
    })
  })

  test.each([
    [
      'a new password',
      '<form method="post"><input type="password" name="new" autocomplete="new-password"><button>Save</button></form>',
      'asks for a new password',
    ],
    [
      'a second factor',
      '<form method="post"><input name="otp" autocomplete="one-time-code"><button>Verify and continue</button></form>',
      'asks for otp',
    ],
    ['a form elsewhere', loginForm('https://elsewhere.example/login'), 'the sign-in form leads away'],
    ['a form that a script makes', '<div id="root"></div><script src="/app.js"></script>', 'browser: true'],
    [
      'a redirect by script',
      '<p>One moment please, you are being taken to where you came from.</p><script>window.location.href = "/x"</script>',
      'browser: true',
    ],
  ])('%s is more than it can do', async (_, page, because) => {
    await using server = await servePages({ 'GET /': () => page })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toEqual({
      kind: 'stuck',
      because: expect.stringContaining(because),
    })
    expect(server.visits).toHaveLength(1)
  })

  test('a person may be chosen among those who are signed in', async () => {
    await using server = await servePages({
      'GET /': () =>
        '<form method="post" action="/choose"><button name="who" value="1">bob@example.org</button><button name="who" value="2">Alice@example.org</button><button>Use another account</button></form>',
      'POST /choose': ({ form }) => redirectTo(`${redirectUri}?who=${form.get('who')}`),
    })
    expect(broughtBack(await newAgent().arrive(`${server.origin}/`, { person }))).toEqual({ who: '2' })
  })
})

describe('consent', () => {
  const consent = {
    'GET /': () =>
      `<form method="post" action="/out"><button>Log out</button></form>
       <form method="post" action="/consent">
         <input type="checkbox" name="scope" value="profile"><input type="checkbox" name="scope2"><input type="checkbox" name="scope3" disabled>
         <label><input type="radio" name="how" value="1">Only once</label><label><input type="radio" name="how" value="2" checked>Remember</label>
         <button name="consent_action" value="0">Don't allow</button>
         <button name="consent_action" value="1" formaction="/yes" formmethod="get">Allow access</button>
       </form>`,
    'GET /yes': ({ form }: { form: ReadonlyMap<string, string> }) =>
      redirectTo(`${redirectUri}?${encodeForm(Object.fromEntries(form))}`),
    'POST /consent': ({ form }: { form: ReadonlyMap<string, string> }) =>
      redirectTo(`${redirectUri}?${encodeForm(Object.fromEntries(form))}`),
  }

  test('the boxes are ticked and the button that accepts says where to', async () => {
    await using server = await servePages(consent)
    expect(broughtBack(await newAgent().arrive(`${server.origin}/`, { person }))).toEqual({
      scope: 'profile',
      scope2: 'on',
      how: '2',
      consent_action: '1',
    })
  })

  test('who refuses ticks nothing and presses the button that refuses', async () => {
    await using server = await servePages(consent)
    const arrival = await newAgent().arrive(`${server.origin}/`, { person, decide: 'deny' })
    expect(broughtBack(arrival)).toEqual({ how: '2', consent_action: '0' })
  })

  test('two forms, one for each answer, in words that only the server reads', async () => {
    await using server = await servePages({
      'GET /': () =>
        '<form method="post" action="/n"><button name="user_oauth_denied">Ablehnen</button></form><form method="post" action="/y"><button name="user_oauth_approval">Zulassen</button></form>',
      'POST /n': () => redirectTo(`${redirectUri}?error=access_denied`),
      'POST /y': () => redirectTo(`${redirectUri}?code=1`),
    })
    expect(broughtBack(await newAgent().arrive(`${server.origin}/`, { person, decide: 'deny' }))).toHaveProperty(
      'error',
    )
    expect(broughtBack(await newAgent().arrive(`${server.origin}/`, { person }))).toEqual({ code: '1' })
  })

  test('a page on which nothing refuses cannot be refused', async () => {
    await using server = await servePages({
      'GET /': () => '<form method="post"><input type="hidden" name="a" value="b"><button>Continue</button></form>',
    })
    expect(await newAgent().arrive(`${server.origin}/`, { person, decide: 'deny' })).toMatchObject({
      kind: 'stuck',
      because: expect.stringContaining('nothing to refuse with'),
    })
    expect(server.visits).toHaveLength(1)
  })
})

describe('ends of a journey', () => {
  test('form_post, as it stands in the page', async () => {
    await using server = await servePages({
      'GET /': () =>
        `<body onload="document.forms[0].submit()"><form method="post" action="${redirectUri}?a=%7e&amp;b"><input type="hidden" name="code" value="x"><input type="hidden" name="state" value="a &quot;b&quot; ü"><noscript><button>Continue</button></noscript></form></body>`,
    })
    expect(await newAgent().arrive(`${server.origin}/`, { decide: 'deny' })).toEqual({
      kind: 'form_post',
      action: `${redirectUri}?a=%7e&b`,
      params: [
        ['code', 'x'],
        ['state', 'a "b" ü'],
      ],
      page: expect.objectContaining({ status: 200, body: expect.stringMatching(/^<body onload/) }),
    })
  })

  test('form_post of an error, whatever the status of its page', async () => {
    const form = `<form method="post" action="${redirectUri}"><input type="hidden" name="error" value="x"></form>`
    await using server = await servePages({
      'GET /sent': () => ({ status: 400, body: `${form}<script>document.forms[0].submit()</script>` }),
      'GET /unsent': () => ({ status: 400, body: `${form}<button>Continue</button>` }),
    })
    expect(await newAgent().arrive(`${server.origin}/sent`, {})).toMatchObject({
      kind: 'form_post',
      action: redirectUri,
      params: [['error', 'x']],
      page: { status: 400 },
    })
    expect(await newAgent().arrive(`${server.origin}/unsent`, {})).toMatchObject({ kind: 'page', status: 400 })
  })

  test('a form that is sent by GET, with the page that it stood in', async () => {
    await using server = await servePages({
      'GET /': () =>
        `<form action="${redirectUri}"><input type="hidden" name="code" value="x"></form><script>document.forms[0].submit()</script>`,
    })
    expect(await newAgent().arrive(`${server.origin}/`, {})).toMatchObject({
      kind: 'redirect',
      location: `${redirectUri}?code=x`,
      page: { status: 200 },
    })
  })

  test('form_post with a javascript: action is not followed', async () => {
    await using server = await servePages({
      'GET /': () =>
        '<form method="post" action="javascript:alert(1)"><input type="hidden" name="code" value="x"></form><script>document.forms[0].submit()</script>',
    })
    expect(await newAgent().arrive(`${server.origin}/`, {})).toEqual({
      kind: 'form_post',
      action: 'javascript:alert(1)',
      params: [['code', 'x']],
      page: expect.objectContaining({ status: 200 }),
    })
  })

  test.each([
    'javascript:alert(1)?code=1',
    'com.example.app:/cb?code=%7E1',
    'HTTPS://RP.example:443/a/../cb?code=1#x',
    'http://[broken/cb?code=1',
    '//rp.example/cb',
    'https://rp.example\\@x/',
    'data:text/html,hi',
  ])('a redirect to %s is an arrival with the octets that came', async (location) => {
    await using server = await servePages({ 'GET /': () => redirectTo(location, 307) })
    expect(await newAgent().arrive(`${server.origin}/`, {})).toEqual({ kind: 'redirect', location, status: 307 })
  })

  test("a client at the server's own origin is where it ends", async () => {
    await using server = await servePages({
      'GET /': () => redirectTo('/next'),
      'GET /next': ({ origin }) => redirectTo(`${origin}/cb?code=1`),
      'GET /cb': () => 'the client',
    })
    const stopAt = [`${server.origin}/cb`]
    expect(await newAgent().arrive(`${server.origin}/`, { stopAt })).toEqual({
      kind: 'redirect',
      location: `${server.origin}/cb?code=1`,
      status: 302,
    })
    expect(await newAgent().arrive(`${server.origin}/`, { stopAt: [`${server.origin}/c`, '/cb', ''] })).toMatchObject({
      kind: 'page',
      status: 200,
    })
  })

  test('pages that lie at another origin of the server are its own', async () => {
    await using pages = await servePages({
      'GET /login': () => loginForm(),
      'POST /login': () => redirectTo(redirectUri),
    })
    await using server = await servePages({ 'GET /': () => redirectTo(`${pages.origin}/login`) })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toMatchObject({
      location: `${pages.origin}/login`,
    })
    const agent = newAgent({ origins: [pages.origin] })
    expect(await agent.arrive(`${server.origin}/`, { person })).toMatchObject({ location: redirectUri })
  })

  test.each([
    ['an error page with a form', 400, { 'content-type': 'text/html' }, '<form><button>Continue</button></form>'],
    ['an answer that is not HTML', 200, { 'content-type': 'application/json' }, loginForm()],
    ['a page with a link home', 200, { 'content-type': 'text/html' }, '<h1>Error</h1><a href="/">Home</a>'],
    ['a status that no browser follows', 300, { location: redirectUri }, ''],
    ['a redirect to nowhere', 302, { location: '' }, ''],
  ])('%s is a page', async (_, status, headers, body) => {
    await using server = await servePages({ 'GET /': () => ({ status, headers, body }) })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toMatchObject({ kind: 'page', status })
    expect(server.visits).toHaveLength(1)
  })

  test('a refresh and a link that says continue lead on', async () => {
    await using server = await servePages({
      'GET /': () => ({ headers: { refresh: '0; url=/a' } }),
      'GET /a': () => '<meta http-equiv="Refresh" content="1;URL=\'b\'">',
      'GET /b': () => '<base href="/deep/"><a href="#">Help</a> <a href="c?x=1&amp;y=2">Continue</a>',
      'GET /deep/c': ({ form }) => redirectTo(`${redirectUri}?y=${form.get('y')}`),
    })
    expect(broughtBack(await newAgent().arrive(`${server.origin}/`, {}))).toEqual({ y: '2' })
  })
})

describe('as a browser does', () => {
  test('it says that it navigates', async () => {
    await using server = await servePages({
      'GET /': () => loginForm(),
      'POST /login': () => redirectTo('/done#end', 303),
      'GET /done': () => 'done',
    })
    await newAgent().arrive(`${server.origin}/`, { person })
    const [get, post, done] = server.visits
    expect(get?.headers).toMatchObject({
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': 'none',
      'accept-language': 'en',
    })
    expect(get?.headers).toMatchObject({ accept: expect.stringMatching(/^text\/html,/) })
    expect(get?.headers).not.toHaveProperty('origin')
    expect(get?.headers).not.toHaveProperty('referer')
    expect(post?.headers).toMatchObject({
      origin: server.origin,
      referer: `${server.origin}/`,
      'sec-fetch-site': 'same-origin',
    })
    expect(done).toMatchObject({ what: 'GET /done', url: '/done' })
    expect(done?.headers).not.toHaveProperty('origin')
  })

  test.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'x'],
    [308, 'POST', 'x'],
  ])('after a %i it asks by %s', async (status, method, x) => {
    await using server = await servePages({
      'POST /': () => redirectTo('/then', status),
      'GET /then': () => 'then',
      'POST /then': () => 'then',
    })
    await newAgent().arrive({ url: `${server.origin}/`, method: 'POST', form: `x=${x}` }, {})
    expect(server.visits.map(({ what }) => what)).toEqual(['POST /', `${method} /then`])
    expect(server.visits[1]?.form.get('x') ?? '').toBe(x)
  })

  test('cookies keep to host and path, and Secure ones come back over loopback', async () => {
    await using server = await servePages({
      'GET /': () => ({
        ...redirectTo('/a/b'),
        headers: {
          location: '/a/b',
          'set-cookie': [
            'plain=1',
            '__Host-x=2; Secure; Path=/',
            'deep=3; Path=/a',
            'other=4; Path=/c',
            'foreign=5; Domain=rp.example',
            `long=${'l'.repeat(5000)}`,
          ],
        },
      }),
      'GET /a/b': () => 'there',
    })
    await newAgent().arrive(`${server.origin}/`, {})
    expect(String(server.visits[1]?.headers['cookie']).split('; ').toSorted()).toEqual([
      '__Host-x=2',
      'deep=3',
      'plain=1',
    ])
  })

  test('the octets of the first request are those that it was given', async () => {
    await using server = await servePages({})
    await newAgent().arrive(`${server.origin}/a/../b?x=%7e&y=a|b`, {})
    expect(server.visits[0]?.url).toBe('/a/../b?x=%7e&y=a|b')
  })
})

describe('hostile servers', () => {
  test('a redirect loop ends after twenty hops', async () => {
    await using server = await servePages({ 'GET /': () => redirectTo('/') })
    expect(await newAgent().arrive(`${server.origin}/`, {})).toEqual({
      kind: 'stuck',
      because: 'the target redirects 20 times in a row; see where its redirects lead in a circle',
    })
    expect(server.visits).toHaveLength(20)
  })

  test('10,000 cookies leave as many as browsers keep', async () => {
    let hop = 0
    await using server = await servePages({
      'GET /': () => ({
        ...(hop++ < 10 ? redirectTo('/') : {}),
        headers: { location: '/', 'set-cookie': Array.from({ length: 1000 }, (_, at) => `c${hop}-${at}=${at}`) },
      }),
      'GET /after': () => 'after',
    })
    const agent = newAgent()
    expect(await agent.arrive(`${server.origin}/`, {})).toMatchObject({ kind: 'page' })
    await agent.arrive(`${server.origin}/after`, {})
    const cookies = String(server.asked('GET /after')[0]?.headers['cookie']).split('; ')
    expect(cookies).toHaveLength(180)
    expect(cookies).toContain('c11-999=999')
  })

  test('headers beyond all measure are no answer', async () => {
    await using server = await servePages({
      'GET /': () => ({ headers: { 'set-cookie': Array.from({ length: 10_000 }, (_, at) => `cookie${at}=${at}`) } }),
    })
    await expect(newAgent().arrive(`${server.origin}/`, {})).rejects.toBeInstanceOf(NoAnswer)
  })

  test('a page without end is cut off', async () => {
    await using server = await serve(() => (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      const more = () => {
        while (response.write('<p>and so on '.repeat(1000)));
        response.once('drain', more)
      }
      more()
    })
    const arrival = await newAgent().arrive(`${server.origin}/`, { person })
    expect(arrival).toMatchObject({ kind: 'stuck', because: expect.stringContaining('more tags') })
  })

  test.each([
    ['thousands of forms', '<form><input name="a">'.repeat(15_000)],
    ['tags without end', '<div>'.repeat(200_000)],
    ['tags that nest too deep', '<b>'.repeat(30_000)],
    ['tags that were never opened', `${'<div>'.repeat(400)}${'</x>'.repeat(30_000)}`],
    ['brackets', '<'.repeat(1_000_000)],
    ['attributes', `<form ${'a '.repeat(400_000)}>`],
    ['an open tag', '<input name="x" '.repeat(3_000)],
    ['spaces in a refresh', `<meta http-equiv="refresh" content="${' '.repeat(500_000)}">`],
    ['a form in a form', `${'<form>'.repeat(400)}${loginForm()}`],
    ['what is no HTML', '\u0000\uFFFD<!--<form'],
  ])('a page of %s takes no time', async (_, body) => {
    await using server = await servePages({ 'GET /': () => body, 'POST /login': () => redirectTo(redirectUri) })
    const started = performance.now()
    const { kind } = await newAgent().arrive(`${server.origin}/`, { person })
    expect(['page', 'stuck', 'redirect']).toContain(kind)
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('a server that does not answer is no arrival', async () => {
    await using server = await serve(() => (request) => void request.socket.destroy())
    await expect(newAgent().arrive(`${server.origin}/`, { person })).rejects.toBeInstanceOf(NoAnswer)
  })
})
