import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { whyNotSent } from '../../conformance/form-policy.ts'
import { responseFormOf } from '../../conformance/response-modes.ts'

const action = 'https://rp.example/cb'
const script = 'document.forms[0].submit()'
const hash = createHash('sha256').update(script).digest('base64')
const button = '<button>Continue</button>'

const whyNot = (content: string, ...policies: readonly string[]) => {
  const page = {
    url: 'https://as.example/authorize',
    status: 200,
    headers: policies.map((policy) => ['Content-Security-Policy', policy] as const),
    body: `<form method="post" action="${action}"><input type="hidden" name="code" value="x">${content}</form>`,
    truncated: false,
  }
  const form = responseFormOf({ kind: 'form_post', action, params: [['code', 'x']], page })
  return form === undefined ? 'no form' : whyNotSent(form)
}

test.each<[string, ...string[]]>([
  [button],
  [`<script>${script}</script>`],
  [`<script>${script}</script>`, "default-src 'self' 'unsafe-inline'"],
  [`<script>${script}</script>`, `default-src 'none'; Script-Src 'SHA256-${hash}'`],
  [`<script nonce="abc">${script}</script>`, "script-src 'nonce-abc'"],
  [`<script>${script}</script>${button}`, "script-src 'none'"],
  ['<script src="/submit.js"></script>', "script-src 'self'"],
  ['<b onload="x.submit()">', "frame-ancestors 'none'"],
  [button, "form-action 'self' https://rp.example"],
  [button, 'form-action https:', 'form-action *'],
])('%s is sent, with %j', (content, ...policies) => {
  expect(whyNot(content, ...policies)).toBeUndefined()
})

test.each<[string, string, ...string[]]>([
  ['neither a script nor a button', ''],
  ['a script that a policy keeps from running, and no button', `<script>${script}</script>`, "default-src 'none'"],
  [
    'a script that a policy keeps from running, and no button',
    `<script>${script} </script>`,
    `script-src 'sha256-${hash}'`,
  ],
  [
    'a script that a policy keeps from running, and no button',
    `<script>${script}</script>`,
    `script-src 'sha256-${hash}', script-src 'self'`,
  ],
  ['a script that a policy keeps from running, and no button', '<b onload="x.submit()">', "script-src 'self'"],
  ["a policy with form-action 'self'", button, "default-src 'none'; form-action 'self'"],
  ["a policy with form-action 'none'", button, 'form-action https:', "form-action 'none'"],
  ['a policy with form-action com.example:', button, 'form-action com.example:'],
])('%s: %s with %j', (because, content, ...policies) => {
  expect(whyNot(content, ...policies)).toBe(because)
})
