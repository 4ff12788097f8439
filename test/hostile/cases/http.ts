import { pour, raw, rawly, send } from '../answers.ts'
import { allPlaces, type HostileCase, type Place, type Serve } from '../case.ts'
import { hostileTexts } from '../../fixtures/hostile-report.ts'

const protocolPlaces: readonly Place[] = ['discovery', 'sign-in', 'tokens', 'saml metadata']

const ok = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

/** Octets for as long as they are taken, after those that go before. */
const flood =
  (before: string, piece: string): Serve =>
  (turn) => {
    const socket = raw(turn, before)
    if (socket !== undefined) pour(socket, Buffer.from(piece.repeat(Math.ceil(16_384 / piece.length)), 'latin1'))
  }

/** The decent answer with headers that it need not have. */
const withHeaders =
  (more: readonly (readonly [string, string])[]): Serve =>
  async (turn) => {
    const { status, headers, body } = await turn.honest()
    send(turn, status, [...headers, ...more], body)
  }

const asOctets = (text: string) => Buffer.from(text).toString('latin1')

const cookies = Array.from({ length: 3000 }, (_, at) => ['set-cookie', `c${at}=v`] as const)

export const http: readonly HostileCase[] = [
  {
    name: 'endless headers',
    hurts: 'header comes after header',
    at: protocolPlaces,
    serve: flood('HTTP/1.1 200 OK\r\n', `x-more: ${'x'.repeat(1000)}\r\n`),
  },
  {
    name: 'one endless header',
    hurts: 'the value of a header has no end',
    at: protocolPlaces,
    serve: flood('HTTP/1.1 200 OK\r\nx-more: ', 'x'),
  },
  {
    name: '100,000 cookies',
    hurts: 'an answer sets a hundred thousand cookies',
    at: ['sign-in', 'tokens'],
    serve: (turn) => {
      const lines = Array.from({ length: 100_000 }, (_, at) => `set-cookie: c${at}=v\r\n`).join('')
      raw(turn, `${ok}${lines}content-length: 2\r\n\r\n{}`)?.end()
    },
  },
  {
    name: 'as many cookies as go into an answer',
    hurts: 'every answer sets three thousand cookies, and is right otherwise',
    at: ['sign-in', 'saml sign-on'],
    serve: withHeaders(cookies),
  },
  {
    name: 'no HTTP',
    hurts: 'the answer is another protocol',
    at: protocolPlaces,
    serve: rawly('220 smtp.example ESMTP\r\n'),
  },
  {
    name: 'malformed HTTP',
    hurts: 'status line and headers are full of control characters',
    at: protocolPlaces,
    serve: rawly(`HTTP/1.1 200 ${hostileTexts.terminal}\r\n\0: \0\r\nx y: z\r\n : \r\n\r\n{}`),
  },
  {
    name: 'a status out of range',
    hurts: 'the status is 999',
    at: protocolPlaces,
    serve: rawly('HTTP/1.1 999 Nobody Knows\r\ncontent-length: 2\r\n\r\n{}'),
  },
  {
    name: 'two lengths',
    hurts: 'two lengths are said, and chunks are sent',
    at: ['tokens', 'discovery'],
    serve: rawly(
      `${ok}content-length: 2\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ),
  },
  {
    name: 'a flood of early hints',
    isEndless: true,
    hurts: 'interim answers come on and on, and the final one never',
    at: protocolPlaces,
    serve: flood('', 'HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n'),
  },
  {
    name: 'a flood of 100 Continue',
    isEndless: true,
    hurts: 'a request without expectation is told to go on, again and again',
    at: protocolPlaces,
    serve: flood('', 'HTTP/1.1 100 Continue\r\n\r\n'),
  },
  {
    name: 'an upgrade',
    hurts: 'the server switches to a protocol that nobody asked for',
    at: ['tokens', 'sign-in'],
    serve: rawly('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x81\x05hello'),
  },
  {
    name: 'an endless chunk extension',
    isEndless: true,
    hurts: 'the size of a chunk is followed by an extension without an end',
    at: ['tokens', 'discovery'],
    serve: flood(`${ok}transfer-encoding: chunked\r\n\r\n1;`, 'x=y;'),
  },
  {
    name: 'chunks of one octet',
    isEndless: true,
    hurts: 'every octet of an endless body is a chunk of its own',
    at: ['tokens', 'discovery'],
    serve: flood(`${ok}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
  },
  {
    name: 'endless trailers',
    isEndless: true,
    hurts: 'after the body, header comes after header',
    at: ['tokens', 'discovery'],
    serve: flood(`${ok}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n`, 'x-more: more\r\n'),
  },
  {
    name: 'more than was said',
    hurts: 'after the answer another one comes that nobody asked for',
    at: ['tokens', 'sign-in'],
    serve: rawly(`${ok}content-length: 2\r\n\r\n{}${ok}content-length: 24\r\n\r\n{"access_token":"stolen"}`),
  },
  {
    name: 'markup in headers',
    hurts: 'names and values of headers would take over a page or a terminal',
    at: allPlaces,
    serve: withHeaders([
      ['x-<script>window.owned=1</script>'.replaceAll(/[<>=/]/g, '_'), hostileTexts.script],
      [
        'www-authenticate',
        `Bearer realm="${hostileTexts.handler.replaceAll('"', "'")}", error="${hostileTexts.script}"`,
      ],
      ['x-bidi', asOctets(hostileTexts.bidi.replaceAll('\u2028', ''))],
      ['server', hostileTexts.attribute],
      ['__proto__', 'polluted'],
      ['constructor', 'polluted'],
    ]),
  },
  {
    name: 'a clock far off',
    hurts: 'the answer is dated in the year 9999, and older than the universe',
    at: allPlaces,
    serve: withHeaders([
      ['date', 'Fri, 31 Dec 9999 23:59:59 GMT'],
      ['expires', '-1'],
      ['age', '1e308'],
      ['last-modified', 'Thu, 01 Jan -0001 00:00:00 GMT'],
      ['cache-control', 'max-age=99999999999999999999'],
    ]),
  },
  {
    name: 'come back in three thousand years',
    hurts: 'every request is one too many, and may be made again in the year 5000',
    at: allPlaces,
    serve: (turn) => send(turn, 429, [['retry-after', '99999999999']], ''),
  },
  {
    name: 'come back in the year 9999',
    hurts: 'the server is down until the year 9999',
    at: ['discovery', 'tokens'],
    serve: (turn) => send(turn, 503, [['retry-after', 'Fri, 31 Dec 9999 23:59:59 GMT']], ''),
  },
]
