import { describe, expect, test } from 'vitest'
import { discover, wellKnownPlaces } from '../../../harness/target/discovery.ts'
import { failureOf, newHttp, serve, serveJson } from './serve.ts'

const metadata = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
})

const oidc = '/.well-known/openid-configuration'
const oauth = '/.well-known/oauth-authorization-server'

describe('the metadata is found', () => {
  test('at both places', async () => {
    await using server = await serveJson((origin) => ({ [oidc]: metadata(origin), [oauth]: metadata(origin) }))
    expect(await discover(server.origin, newHttp())).toEqual({
      metadata: metadata(server.origin),
      metadataUrl: server.origin + oidc,
      oauthMetadata: true,
    })
  })

  test('at the place of OpenID Connect alone; a 404 in JSON is no metadata', async () => {
    await using server = await serveJson((origin) => ({ [oidc]: metadata(origin) }))
    expect(await discover(server.origin, newHttp())).toMatchObject({
      metadataUrl: server.origin + oidc,
      oauthMetadata: false,
    })
  })

  test('at the place of RFC 8414 alone', async () => {
    await using server = await serveJson((origin) => ({ [oauth]: metadata(origin) }))
    expect(await discover(server.origin, newHttp())).toMatchObject({
      metadataUrl: server.origin + oauth,
      oauthMetadata: true,
    })
  })

  test.each([
    [`/tenant/a${oidc}`, false],
    [`${oauth}/tenant/a`, true],
    [`${oidc}/tenant/a`, false],
    [`/tenant/a${oauth}`, false],
  ])('of an issuer with a path, at %s', async (place, oauthMetadata) => {
    await using server = await serveJson((origin) => ({ [place]: metadata(`${origin}/tenant/a`) }))
    expect(await discover(`${server.origin}/tenant/a`, newHttp())).toMatchObject({
      metadataUrl: server.origin + place,
      oauthMetadata,
    })
  })

  test('where the target file says', async () => {
    await using server = await serveJson((origin) => ({
      '/elsewhere': metadata(origin),
      [oidc]: metadata('https://other.example'),
    }))
    expect(await discover(server.origin, newHttp(), `${server.origin}/elsewhere`)).toMatchObject({
      metadataUrl: `${server.origin}/elsewhere`,
      oauthMetadata: false,
    })
  })

  test('although the other place never answers', async () => {
    await using server = await serve((origin) => (request, response) => {
      if (request.url === oidc) response.end(JSON.stringify(metadata(origin)))
    })
    expect(await discover(server.origin, newHttp(300))).toMatchObject({ oauthMetadata: false })
  })

  test('at two places where the issuer has no path, at four where it has one', () => {
    expect(wellKnownPlaces('https://issuer.example/')).toEqual([
      `https://issuer.example${oidc}`,
      `https://issuer.example${oauth}`,
    ])
    expect(wellKnownPlaces('https://issuer.example/a/')).toEqual([
      `https://issuer.example/a${oidc}`,
      `https://issuer.example${oauth}/a`,
      `https://issuer.example${oidc}/a`,
      `https://issuer.example/a${oauth}`,
    ])
  })
})

describe('the issuer must be identical', () => {
  const mismatch = async (published: unknown) => {
    await using server = await serveJson((origin) => ({ [oidc]: { ...metadata(origin), issuer: published } }))
    return await failureOf(discover(server.origin, newHttp()), server.origin)
  }

  test('another one is told, with what to write', async () => {
    expect(await mismatch('https://other.example')).toBe(
      'ISSUER_MISMATCH: the metadata of ORIGIN names the issuer https://other.example; if that is the right server, write `issuer: https://other.example` into the target file',
    )
  })

  test('a slash at its end makes another one', async () => {
    await using server = await serveJson((origin) => ({ [oidc]: metadata(origin) }))
    expect(await failureOf(discover(`${server.origin}/`, newHttp()), server.origin)).toBe(
      'ISSUER_MISMATCH: the metadata of ORIGIN/ names the issuer ORIGIN; if that is the right server, write `issuer: ORIGIN` into the target file',
    )
  })

  test('terminal escapes and endless text do not reach a terminal', async () => {
    expect(await mismatch(`\u001b[2J\u202e${'x'.repeat(100_000)}`)).toBe(
      `ISSUER_MISMATCH: the metadata of ORIGIN names the issuer \\u{1b}[2J\\u{202e}${'x'.repeat(195)}…; check the issuer in the target file; what the server names is no URL`,
    )
  })

  test.each([undefined, null, 7, ['https://other.example'], {}])('%j is none', async (published) => {
    expect(await mismatch(published)).toBe(
      'ISSUER_MISMATCH: the metadata of ORIGIN has no issuer; the server must publish the member issuer; check that this is its metadata',
    )
  })
})

describe('a server without metadata', () => {
  const places = (answer: string) =>
    `METADATA_INVALID: no metadata was found for ORIGIN (ORIGIN${oidc}: ${answer}; ORIGIN${oauth}: ${answer}); check the issuer, or say with metadata_url where its metadata is; a server that speaks SAML alone is tested with oauth: false`

  test('answers 404', async () => {
    await using server = await serveJson(() => ({}))
    expect(await failureOf(discover(server.origin, newHttp()), server.origin)).toBe(places('status 404'))
  })

  test.each(['<!doctype html><title>Welcome</title>', '[]', 'null', '"text"', '', '{"issuer":'])(
    'answers 200 with %j',
    async (body) => {
      await using server = await serve(() => (_, response) => void response.end(body))
      expect(await failureOf(discover(server.origin, newHttp()), server.origin)).toBe(places('no JSON object'))
    },
  )

  test('redirects', async () => {
    await using server = await serve(
      () => (_, response) => void response.writeHead(302, { location: 'https://other.example' }).end(),
    )
    expect(await failureOf(discover(server.origin, newHttp()), server.origin)).toBe(places('status 302'))
  })

  test('sends a body without end', async () => {
    await using server = await serve(() => (_, response) => {
      const pour = () => {
        while (!response.destroyed && response.write('{"a":"'.padEnd(65_536, 'x')));
      }
      response.on('drain', pour)
      pour()
    })
    expect(await failureOf(discover(server.origin, newHttp()), server.origin)).toBe(places('more than 1 MiB'))
  })

  test('nests without reason', async () => {
    await using server = await serve(() => (_, response) => void response.end('['.repeat(900_000)))
    expect(await failureOf(discover(server.origin, newHttp()), server.origin)).toBe(places('no JSON object'))
  })

  test('has no endpoint that any grant could begin at', async () => {
    await using server = await serveJson((origin) => ({
      [oidc]: { issuer: origin, authorization_endpoint: ['https://issuer.example'], token_endpoint: 7 },
    }))
    expect(await failureOf(discover(server.origin, newHttp()), server.origin)).toBe(
      `METADATA_INVALID: the metadata at ORIGIN${oidc} has neither authorization_endpoint nor token_endpoint; check that this is the metadata of an authorization server, or say with metadata_url where it is`,
    )
  })
})

describe('a server that cannot be reached', () => {
  const hint = 'check that the server runs and that the issuer in the target file is right'

  test('refuses the connection', async () => {
    const server = await serve(() => () => undefined)
    await server[Symbol.asyncDispose]()
    expect(await failureOf(discover(server.origin, newHttp()), server.origin)).toBe(
      `TARGET_UNREACHABLE: ORIGIN cannot be reached: GET ${oidc}: the connection was refused; ${hint}`,
    )
  })

  test('never answers', async () => {
    await using server = await serve(() => () => undefined)
    expect(await failureOf(discover(server.origin, newHttp(200)), server.origin)).toBe(
      `TARGET_UNREACHABLE: ORIGIN cannot be reached: GET ${oidc}: no answer within 200 ms; ${hint}`,
    )
  })

  test('trickles', async () => {
    const timers: NodeJS.Timeout[] = []
    await using server = await serve(
      () => (_, response) => void timers.push(setInterval(() => response.write(' '), 20)),
    )
    const failure = await failureOf(discover(server.origin, newHttp(300)), server.origin)
    timers.forEach(clearInterval)
    expect(failure).toBe(`TARGET_UNREACHABLE: ORIGIN cannot be reached: GET ${oidc}: no answer within 300 ms; ${hint}`)
  })

  test('hangs up', async () => {
    await using server = await serve(() => (request) => void request.socket.destroy())
    expect(await failureOf(discover(server.origin, newHttp()), server.origin)).toMatch(
      /^TARGET_UNREACHABLE: ORIGIN cannot be reached: GET \S+: the connection was (?:closed|reset); /,
    )
  })
})
