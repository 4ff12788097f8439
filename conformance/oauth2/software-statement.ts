import { importJWK, SignJWT, UnsecuredJWT } from 'jose'
import type { Requirement } from '../../core/spec/document.ts'
import { rfc7591 } from '../../core/spec/rfc7591.ts'
import { check, type CheckContext } from '../../harness/check.ts'
import { type HttpResponse, objectOf } from '../../harness/client/http.ts'
import { nobodysKey, privateJwk } from '../../harness/client/own-keys.ts'
import { softwareStatement, type StatementOverrides } from '../../harness/client/registration.ts'
import { Untestable } from '../../harness/error.ts'
import { describeAnswer } from '../../harness/expect.ts'
import { registeredId, registering, webClient } from '../registering.ts'

const needs = ['registration', 'client_secret_basic'] as const

const plain = webClient('https://rp.example/callback')

/** What no client says of itself: where it comes back, a statement was used. */
const stated = {
  client_name: 'Assay as its publisher calls it',
  client_uri: 'https://rp.example/stated',
  software_id: '4NRB1-0XZABZI9E6-5SM3R',
}

/** Nobody vouches for a statement that nobody signed. */
export const unsignedStatementIsNotUsed = check({
  proves: [rfc7591.statementSigned, rfc7591.invalidSoftwareStatement],
  needs,

  async run(context) {
    const { target } = context
    const issuer = target.registration?.software_publisher?.issuer ?? 'https://publisher.example'
    const unsigned = new UnsecuredJWT({ iss: issuer, ...stated }).encode()
    for (const statement of [unsigned, JSON.stringify(stated), `${unsigned}c2lnbmF0dXJl`])
      await judgeUseless(context, statement, rfc7591.statementSigned, [
        'invalid_software_statement',
        // Who issued it may be looked at before anything else.
        ...(target.capabilities.has('software_statement') ? [] : ['unapproved_software_statement']),
      ])
  },
})

/** A statement that somebody signed whom the server never heard of says nothing to it. */
export const foreignStatementIsNotUsed = check({
  proves: [rfc7591.unapprovedSoftwareStatement],
  needs,

  async run(context) {
    const key = await nobodysKey('ES256')
    const statement = await new SignJWT({ iss: 'https://nobody.example', ...stated })
      .setProtectedHeader({ alg: 'ES256', kid: 'assay', jwk: key.publicKey })
      .sign(await importJWK(privateJwk(key), 'ES256'))
    // Without a key the signature is not right either.
    await judgeUseless(context, statement, rfc7591.unapprovedSoftwareStatement, [
      'unapproved_software_statement',
      'invalid_software_statement',
    ])
  },
})

/** A statement in the name of a publisher counts only if that publisher signed it, as it is and as of now. */
export const forgedStatementIsNotUsed = check({
  proves: [rfc7591.statementSigned, rfc7591.invalidSoftwareStatement],
  needs: [...needs, 'software_statement'],

  async run(context) {
    const { client, target } = context
    const key = { ...privateJwk(await nobodysKey('ES256')), alg: 'ES256' }
    const signed = async (claims: object, overrides: StatementOverrides = {}) =>
      await softwareStatement(target, { ...stated, ...claims }, overrides)
    const now = Math.floor(client.now() / 1000)
    const [header = '', claims = ''] = (await signed({})).split('.')
    const forged = [
      await signed({}, { key }),
      await signed({}, { key: { ...key, kid: 'assay' } }),
      `${header}.${claims}.`,
      `${header}.${claims}.${(await signed({ software_id: 'another' })).split('.')[2] ?? ''}`,
    ]
    const untimely = [await signed({ exp: now - 3600 }), await signed({ nbf: now + 3600 })]
    for (const statement of forged)
      await judgeUseless(context, statement, rfc7591.statementSigned, ['invalid_software_statement'])
    for (const statement of untimely)
      await judgeUseless(context, statement, rfc7591.invalidSoftwareStatement, ['invalid_software_statement'])
  },
})

/** A statement says who answers for it. */
export const statementWithoutIssuerIsNotUsed = check({
  proves: [rfc7591.statementIssuer],
  needs: [...needs, 'software_statement'],

  async run(context) {
    const statement = await softwareStatement(context.target, { ...stated, iss: undefined })
    await judgeUseless(context, statement, rfc7591.statementIssuer)
  },
})

/** What the publisher says outweighs what the client says, and the client learns of it. */
export const statementTakesPrecedence = check({
  proves: [rfc7591.statementPrecedence, rfc7591.statementReturned, rfc7591.statementClaimsReturned],
  needs: [...needs, 'software_statement'],

  async run({ client, expect, target }) {
    const statement = await softwareStatement(target, stated)
    const usable = new Set<string>()
    await registering(client, { ...plain, ...stated }, (answer) => {
      for (const name of Object.keys(objectOf(answer) ?? {})) usable.add(name)
    })
    const beside = { client_uri: 'https://rp.example/plain', software_statement: statement }
    await registering(client, { ...plain, ...beside }, (answer) => {
      const information = objectOf(answer) ?? {}
      if (registeredId(answer) === undefined)
        throw new Untestable(`the server does not take the statement: ${describeAnswer(answer)}`)
      expect.that(
        information['software_statement'] === statement,
        { violation: 'missing-value', expected: 'the software_statement as it was', actual: 'another or none' },
        rfc7591.statementReturned,
      )
      // What the server has no use for where the client says it, it need not use of the statement.
      for (const [name, value] of Object.entries(stated).filter(([one]) => usable.has(one))) {
        const told = information[name]
        const plainly = { ...plain, ...beside, software_id: undefined }[name as 'client_name']
        expect.that(
          told !== undefined,
          { violation: 'missing-value', expected: `${name} as the statement has it`, actual: 'none' },
          rfc7591.statementClaimsReturned,
        )
        // The server may prefer a value of its own to both.
        expect.that(
          told === undefined || told !== plainly,
          { expected: `${name} ${value}`, actual: `${name} ${String(told)}` },
          rfc7591.statementPrecedence,
        )
      }
    })
  },
})

/** Nothing of this statement is used: it is refused by its name, or the server has no use for statements at all. */
async function judgeUseless(
  { client, expect }: CheckContext,
  statement: string,
  about: Requirement,
  errors: readonly string[] = [],
) {
  await registering(client, { ...plain, software_statement: statement }, (answer) => {
    const actual = describeAnswer(answer)
    const crashed = answer.status >= 500
    expect.that(
      !crashed && !usesStatement(answer),
      {
        violation: crashed ? 'crashed' : 'accepted',
        expected: 'nothing of the statement',
        actual,
      },
      about,
    )
    if (crashed || errors.length === 0 || registeredId(answer) !== undefined) return
    const { error } = objectOf(answer) ?? {}
    expect.that(
      typeof error === 'string' && errors.includes(error),
      { violation: 'wrong-error', expected: `the error ${errors.join(' or ')}`, actual },
      about === rfc7591.statementSigned ? rfc7591.invalidSoftwareStatement : about,
    )
  })
}

const usesStatement = (answer: HttpResponse): boolean => {
  const information = objectOf(answer) ?? {}
  return (
    registeredId(answer) !== undefined && Object.entries(stated).some(([name, value]) => information[name] === value)
  )
}
