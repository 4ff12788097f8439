import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { client, type Format, scope } from './accounts.ts'

/**
 * The least that a token endpoint on Node can be: it reads nothing, asks nobody who they are, remembers nothing, and signs
 * a token like those that the others issue.
 */
export function bareServer(format: Format) {
  const signed = format === 'opaque' ? undefined : signerFor(format)
  const answer: RequestListener = (_request, response) => {
    const id = randomBytes(32).toString('base64url')
    const now = Math.floor(Date.now() / 1000)
    const token = signed?.({
      iss: 'http://127.0.0.1:12345',
      sub: client.id,
      aud: 'http://127.0.0.1:12345',
      client_id: client.id,
      scope,
      iat: now,
      exp: now + 600,
      jti: id,
    })
    const body = JSON.stringify({ access_token: token ?? id, token_type: 'Bearer', expires_in: 600, scope })
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'content-length': body.length,
        'cache-control': 'no-store',
        pragma: 'no-cache',
      })
      .end(body)
  }
  return createServer(answer)
}

function signerFor(alg: Exclude<Format, 'opaque'>): (claims: object) => string {
  const key = keyFor(alg)
  const header = { alg, kid: randomBytes(32).toString('base64url'), typ: 'at+jwt' }
  const options = alg === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key
  const digest = alg === 'EdDSA' ? null : 'sha256'
  return (claims) => {
    const input = `${encode(header)}.${encode(claims)}`
    return `${input}.${sign(digest, Buffer.from(input), options).toString('base64url')}`
  }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function keyFor(alg: Exclude<Format, 'opaque'>): KeyObject {
  switch (alg) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    case 'EdDSA':
      return generateKeyPairSync('ed25519').privateKey
  }
}
