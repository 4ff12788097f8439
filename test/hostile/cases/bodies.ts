import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib'
import { pour, raw, rawly, send } from '../answers.ts'
import { allPlaces, type HostileCase, type Serve } from '../case.ts'

const mebibyte = 1024 * 1024
const json = 'application/json'

/** A body in this encoding, whether or not it was asked for. */
const encoded =
  (encoding: string, body: () => Buffer): Serve =>
  (turn) =>
    send(
      turn,
      200,
      [
        ['content-type', json],
        ['content-encoding', encoding],
      ],
      body(),
    )

function once<T>(make: () => T): () => T {
  const made: T[] = []
  return () => (made[0] ??= make())
}

const zeros = (mebibytes: number) => Buffer.alloc(mebibytes * mebibyte, ' ')
/** What is compressed piece by piece may be put together, and is one. */
const gzipBomb = once(() => Buffer.concat(Array.from({ length: 512 }, () => gzipOfOne)))
const gzipOfOne = gzipSync(zeros(1))
const deflateBomb = once(() => deflateSync(zeros(32)))
const brotliBomb = once(() => brotliCompressSync(zeros(32), { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }))
const bombInABomb = once(() => gzipSync(gzipBomb()))

/** A decent answer that is as large as an answer may be. */
const padded: Serve = async (turn) => {
  const { status, headers, body } = await turn.honest()
  const room = mebibyte - Buffer.byteLength(body) - 100
  const padding = 'p"\\u0041&amp;%41 '.repeat(room / 16)
  if (body.startsWith('{'))
    send(turn, status, headers, `{"padding":${JSON.stringify(padding).slice(0, room)}",${body.slice(1)}`)
  else if (/^<!doctype html/i.test(body)) send(turn, status, headers, `${body}<!--${padding.slice(0, room)}-->`)
  else send(turn, status, headers, body === '' ? padding : body)
}

/** Keys without an end that anybody could want, as one document of 100 MB. */
const manyKeys = once(() => {
  const key = `{"kty":"RSA","use":"sig","alg":"RS256","kid":"0","n":"${'A'.repeat(342)}","e":"AQAB"}`
  return Buffer.from(`{"keys":[${`${key},`.repeat(100_000_000 / (key.length + 1))}${key}]}`)
})

export const bodies: readonly HostileCase[] = [
  {
    name: 'an endless body',
    hurts: 'the answer never ends, and comes as fast as it is taken',
    at: allPlaces,
    serve: ({ response }) => {
      response.writeHead(200, { 'content-type': json })
      pour(response, Buffer.alloc(64 * 1024, '{"a":'))
    },
  },
  {
    name: 'a body of a mebibyte',
    hurts: 'every answer is right, and as large as an answer may be',
    at: allPlaces,
    serve: padded,
  },
  {
    name: 'keys of 100 MB',
    hurts: 'the document is well-formed, its length is said, and it is a hundred times too large',
    at: ['keys', 'discovery'],
    serve: (turn) => send(turn, 200, [['content-type', json]], manyKeys()),
  },
  {
    name: 'a gzip bomb',
    hurts: 'half a megabyte of gzip, which nobody asked for, is 512 MiB',
    at: allPlaces,
    serve: encoded('gzip', gzipBomb),
  },
  {
    name: 'a deflate bomb',
    hurts: 'some thousand octets of deflate, which nobody asked for, are 32 MiB',
    at: ['tokens', 'keys'],
    serve: encoded('deflate', deflateBomb),
  },
  {
    name: 'a brotli bomb',
    hurts: 'a few octets of Brotli, which nobody asked for, are 32 MiB',
    at: ['tokens', 'sign-in'],
    serve: encoded('br', brotliBomb),
  },
  {
    name: 'a bomb in a bomb',
    hurts: 'gzip within gzip: some thousand octets are 512 MiB',
    at: ['tokens', 'discovery'],
    serve: encoded('gzip, gzip', bombInABomb),
  },
  {
    name: 'a trickle',
    isEndless: true,
    hurts: 'an octet comes now and then, and no end',
    at: allPlaces,
    serve: ({ response }) => {
      response.writeHead(200, { 'content-type': json })
      const drip = setInterval(() => void response.write(' '), 20)
      response.once('close', () => clearInterval(drip))
    },
  },
  {
    name: 'an endless stream of events',
    isEndless: true,
    hurts: 'server-sent events go on and on',
    at: ['sign-in', 'tokens', 'resources'],
    serve: ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const tick = setInterval(() => void response.write('event: token\ndata: {"access_token":"x"}\n\n'), 10)
      response.once('close', () => clearInterval(tick))
    },
  },
  {
    name: 'no answer',
    isEndless: true,
    hurts: 'the request is taken and never answered',
    at: allPlaces,
    serve: () => {},
  },
  {
    name: 'a closed connection',
    hurts: 'the connection is closed without a word',
    at: allPlaces,
    serve: ({ response }) => void response.socket?.destroy(),
  },
  {
    name: 'half an answer',
    hurts: 'the connection is closed before as much has come as was said',
    at: allPlaces,
    serve: rawly('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"access_token":"'),
  },
  {
    name: 'a half-closed connection',
    isEndless: true,
    hurts: 'half a chunk comes, and the connection stays open for nothing',
    at: ['tokens', 'sign-in'],
    serve: (turn) =>
      void raw(
        turn,
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"a"',
      ),
  },
]
