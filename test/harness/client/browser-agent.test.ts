import { afterEach, describe, expect, test } from 'vitest'
import { startEmbedded } from '../../../cli/embedded.ts'
import { encodeForm } from '../../../core/wire/form.ts'
import { browserAgent } from '../../../harness/client/browser-agent.ts'
import { NoAnswer } from '../../../harness/client/http.ts'
import type { UserAgent } from '../../../harness/client/user-agent.ts'
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

const open: UserAgent[] = []

const newAgent = (options: Partial<Parameters<typeof browserAgent>[0]> = {}) => {
  const agent = browserAgent({ http: newHttp(), login: noHints, ...options })
  open.push(agent)
  return agent
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (agent) => await agent.close()))
})

/** Shows its form after a while, outside of any form element, and signs in by a request of its script. */
const scriptedLogin = (then: string) => `<!doctype html><title>Sign in</title><div id="root"></div><script>
setTimeout(() => {
  root.innerHTML = '<input type="text" id="user"><input type="password" id="pw"><div role="button" id="other">Sign in with a passkey</div><button type="button" id="go">Sign in</button><p id="problem"></p>'
  go.onclick = () => setTimeout(async () => {
    document.cookie = 'script=1'
    const answer = await fetch('/session', { method: 'POST', body: JSON.stringify({ user: user.value, pw: pw.value }), headers: { 'content-type': 'application/json' } })
    if (answer.ok) ${then}
    else { problem.textContent = 'Wrong'; pw.value = '' }
  }, 400)
}, 600)
</script>`

describe('a certified server', () => {
  test('login and consent bring a code, and the record holds no secret', async () => {
    await using server = await serveProviderWithPages({})
    const http = newHttp()
    const pages: number[] = []
    const arrival = await newAgent({ http }).arrive(authorizationUrl(server.origin), {
      person,
      onPage: ({ status }) => pages.push(status),
    })
    expect(broughtBack(arrival)).toMatchObject({ code: expect.any(String), state: 'a state', iss: server.origin })
    expect(arrival).toMatchObject({ status: 303 })
    expect(pages).toEqual([200, 200])
    expect(http.exchanges.map(({ request: { method }, response }) => `${method} ${response?.status}`)).toEqual([
      'GET 303',
      'GET 200',
      'POST 303',
      'GET 303',
      'GET 200',
      'POST 303',
      'GET 303',
    ])
    expect(JSON.stringify(http.exchanges)).not.toContain(password)
  })

  test('a session, its end, a refusal and a wrong redirect_uri', async () => {
    await using server = await serveProviderWithPages({})
    const agent = newAgent()
    let pages = 0
    const journey = { person, onPage: () => void pages++ }
    const first = await agent.arrive(authorizationUrl(server.origin), journey)
    expect(broughtBack(first)).toMatchObject({ code: expect.any(String), state: 'a state' })
    expect(pages).toBe(2)
    expect(broughtBack(await agent.arrive(authorizationUrl(server.origin), journey))).toHaveProperty('code')
    expect(pages).toBe(2)

    agent.forget()
    const denied = await agent.arrive(authorizationUrl(server.origin), { ...journey, decide: 'deny' })
    expect(broughtBack(denied)).toMatchObject({ error: 'access_denied' })
    const wrong = authorizationUrl(server.origin, { redirect_uri: 'https://rp.example/other' })
    expect(await agent.arrive(wrong, { person })).toMatchObject({ kind: 'page', status: 400 })
  })

  test('a request by POST', async () => {
    const { settings, close } = await startEmbedded()
    try {
      const [client] = settings.clients ?? []
      const [user] = settings.users ?? []
      const own = { client_id: client?.client_id ?? '', redirect_uri: client?.redirect_uris[0] ?? '' }
      const form = encodeForm(authorizationParams(own))
      const start = { url: `${settings.issuer}/authorize`, method: 'POST', form } as const
      const arrival = await newAgent().arrive(start, user === undefined ? {} : { person: user })
      expect(arrival).toMatchObject({
        kind: 'redirect',
        location: expect.stringMatching(/\?code=[^&]+&state=a\+state/),
      })
    } finally {
      await close()
    }
  })
})

describe('pages that need JavaScript', () => {
  test.each([
    ['a client on the web', `location.assign('${redirectUri}?code=%7e1')`, `${redirectUri}?code=%7e1`],
    ['an app', "location.href = 'com.example.app:/cb?code=1'", 'com.example.app:/cb?code=1'],
  ])('a form that a script shows and sends, and leaves for %s', async (_, then, location) => {
    await using server = await servePages({
      'GET /': () => scriptedLogin(then),
      'POST /session': () => ({ headers: { 'set-cookie': 'session=1; HttpOnly' } }),
    })
    const http = newHttp()
    expect(await newAgent({ http }).arrive(`${server.origin}/`, { person })).toMatchObject({
      kind: 'redirect',
      location,
    })
    const [sent] = server.asked('POST /session')
    expect(sent?.headers).toMatchObject({ cookie: 'script=1', origin: server.origin, 'sec-fetch-mode': 'cors' })
    expect([...(sent?.form.keys() ?? [])]).toEqual([JSON.stringify({ user: 'alice', pw: password })])
    expect(JSON.stringify(http.exchanges)).not.toContain(password)
  })

  test('a wrong password is told at once', async () => {
    await using server = await servePages({
      'GET /': () => scriptedLogin('location.assign("/")'),
      'POST /session': () => ({ status: 401 }),
    })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toEqual({
      kind: 'stuck',
      because: 'the target refused the password of alice; correct it under users in the target file',
    })
    expect(server.asked('POST /session')).toHaveLength(1)
  })

  test('a page that takes its time over a password has not refused it', async () => {
    await using server = await servePages({
      'GET /': () =>
        `<form method="post" action="/login" onsubmit="event.preventDefault(); setTimeout(() => this.submit(), 3500)">
          <input name="user"><input type="password" name="pw"><button>Sign in</button></form>`,
      'POST /login': () => redirectTo(`${redirectUri}?code=a`),
    })
    const location = `${redirectUri}?code=a`
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toMatchObject({ kind: 'redirect', location })
    expect(server.asked('POST /login')).toHaveLength(1)
  })

  test('what is hidden is left alone; scripts and styles are loaded but not recorded, pictures are not loaded', async () => {
    await using server = await servePages({
      'GET /': () => ({
        headers: { 'set-cookie': ['a=1; Secure; HttpOnly; Path=/', 'b=2; Path=/c'] },
        body: `<link rel="stylesheet" href="/style.css"><img src="/picture.png"><script src="/script.js"></script>
          <form method="post" action="/login"><div class="trap"><input name="username" value=""><button>Sign in</button></div>
          <input name="email"><input type="password" name="pw"><button name="by" value="mail" formaction="/login?a">Sign in</button></form>`,
      }),
      'GET /style.css': () => ({ headers: { 'content-type': 'text/css' }, body: '.trap { display: none }' }),
      'GET /script.js': () => ({
        headers: { 'content-type': 'text/javascript' },
        body: 'document.cookie = "c=3; path=/"',
      }),
      'POST /login': ({ form }) => redirectTo(`${redirectUri}?${encodeForm(Object.fromEntries(form))}`),
    })
    const http = newHttp()
    const login = { ...noHints, headers: { 'x-door': 'side' } }
    const arrival = await newAgent({ http, login }).arrive(`${server.origin}/`, { person })
    expect(broughtBack(arrival)).toEqual({ username: '', email: 'alice', pw: password, by: 'mail' })
    expect(server.asked('GET /picture.png')).toEqual([])
    expect(http.exchanges).toHaveLength(2)
    const [sent] = server.asked('POST /login')
    expect(sent?.headers).toMatchObject({ 'x-door': 'side', origin: server.origin, referer: `${server.origin}/` })
    expect(String(sent?.headers['cookie']).split('; ').toSorted()).toEqual(['a=1', 'c=3'])
  })
})

describe('ends of a journey', () => {
  test.each(['javascript:alert(1)?code=1', 'com.example.app:/cb?code=%7E1', 'HTTPS://RP.example:443/a/../cb?code=1#x'])(
    'a redirect to %s is an arrival with the octets that came',
    async (location) => {
      await using server = await servePages({ 'GET /': () => redirectTo(location, 307) })
      expect(await newAgent().arrive(`${server.origin}/`, {})).toEqual({ kind: 'redirect', location, status: 307 })
    },
  )

  test.each([`${redirectUri}?a=%7e&b`, 'javascript:alert(1)'])('form_post to %s', async (action) => {
    await using server = await servePages({
      'GET /': () =>
        `<body onload="document.forms[0].submit()"><form method="post" action="${action.replace('&', '&amp;')}"><input type="hidden" name="code" value="x ü"></form></body>`,
    })
    expect(await newAgent().arrive(`${server.origin}/`, {})).toEqual({
      kind: 'form_post',
      action,
      params: [['code', 'x ü']],
      page: expect.objectContaining({ status: 200 }),
    })
  })

  test('nothing outside the server is ever asked for', async () => {
    await using other = await servePages({ 'GET /': () => 'other', 'GET /script.js': () => '' })
    await using server = await servePages({
      'GET /': () =>
        `<script src="${other.origin}/script.js"></script><iframe src="${other.origin}/"></iframe><script>
          window.open('${other.origin}/'); fetch('${other.origin}/').catch(() => {}); new WebSocket('${other.origin.replace('http', 'ws')}/')
          new Worker(URL.createObjectURL(new Blob(['fetch("${other.origin}/")'])))
        </script><a href="/on">Continue</a>`,
      'GET /on': () => redirectTo(`${other.origin}/cb?code=1`),
    })
    const arrival = await newAgent().arrive(`${server.origin}/`, { person })
    expect(arrival).toEqual({ kind: 'redirect', location: `${other.origin}/cb?code=1`, status: 302 })
    expect(other.visits).toEqual([])
  })

  test('a sign-in that leads away takes no password along', async () => {
    await using server = await servePages({ 'GET /': () => loginForm('https://elsewhere.example/login') })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toMatchObject({
      kind: 'stuck',
      because: expect.stringContaining('leads away'),
    })
  })

  test('the octets of the first request are those that it was given', async () => {
    await using server = await servePages({})
    expect(await newAgent().arrive(`${server.origin}/a/../b?x=%7e&y=a|b`, {})).toMatchObject({
      kind: 'page',
      status: 404,
    })
    expect(server.visits[0]?.url).toBe('/a/../b?x=%7e&y=a|b')
  })
})

describe('hostile servers', () => {
  test('a redirect loop ends after twenty hops', async () => {
    await using server = await servePages({ 'GET /': () => redirectTo(`/?${Math.random()}`) })
    expect(await newAgent().arrive(`${server.origin}/`, {})).toMatchObject({
      kind: 'stuck',
      because: expect.stringContaining('redirects 20 times'),
    })
    expect(server.visits.length).toBeLessThanOrEqual(22)
  })

  test('scripts that never end do not hold it up', async () => {
    await using server = await servePages({
      'GET /': () => 'Hang on<script>setTimeout(() => { for (;;); }, 100)</script>',
    })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toMatchObject({
      kind: 'stuck',
      because: expect.stringContaining('do not come to an end'),
    })
  })

  test('scripts that never stop asking are answered no more', async () => {
    await using server = await servePages({
      'GET /': () =>
        '<script>const ask = () => fetch("/x").finally(ask); for (let i = 0; i < 500; i++) ask()</script>asking',
      'GET /x': () => 'x',
    })
    await newAgent().arrive(`${server.origin}/`, { person })
    expect(server.visits.length).toBeLessThanOrEqual(300)
  })

  test('a page without end is cut off', async () => {
    await using server = await serve(() => (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      const more = () => {
        while (response.write('and so on '.repeat(1000)));
        response.once('drain', more)
      }
      more()
    })
    expect(await newAgent().arrive(`${server.origin}/`, { person })).toMatchObject({
      kind: 'page',
      response: { truncated: true },
    })
  })

  test('a server that does not answer is no arrival', async () => {
    await using server = await serve(() => (request) => void request.socket.destroy())
    await expect(newAgent().arrive(`${server.origin}/`, { person })).rejects.toBeInstanceOf(NoAnswer)
  })
})

test('where there is no Chromium, it says how to come by one', async () => {
  const before = process.env['CHROMIUM_BIN']
  process.env['CHROMIUM_BIN'] = '/nowhere/chromium'
  try {
    await expect(newAgent().arrive('http://127.0.0.1:1/', {})).rejects.toMatchObject({ code: 'BROWSER_MISSING' })
  } finally {
    if (before === undefined) delete process.env['CHROMIUM_BIN']
    else process.env['CHROMIUM_BIN'] = before
  }
})
