/** A value that stands under a secret's name, by its place in the text. */
export interface SecretValue {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Names of parameters, members, form controls and headers whose value is a secret of the run, without punctuation. */
const secretName =
  /^(?:code|devicecode|usercode|sessioncode|authcode|authorizationcode|pwd|pw|otp|relaystate|samlresponse|samlart|idtokenhint|authreqid|registrationclienturi|softwarestatement)$|(?:token|secret|password|passwd|passphrase|assertion|verifier|apikey)$|csrf|xsrf/

export const isSecretName = (name: string) => secretName.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))

/** Words of the protocol that servers put under such names: `"code": "invalid_request"` gives nothing away. */
const ordinaryWords: ReadonlySet<string> = new Set([
  'access_denied',
  'access_token',
  'authorization_code',
  'authorization_pending',
  'client_credentials',
  'consent_required',
  'expired_token',
  'id_token',
  'insufficient_scope',
  'interaction_required',
  'invalid_client',
  'invalid_client_metadata',
  'invalid_grant',
  'invalid_redirect_uri',
  'invalid_request',
  'invalid_scope',
  'invalid_software_statement',
  'invalid_token',
  'login_required',
  'password',
  'refresh_token',
  'server_error',
  'slow_down',
  'temporarily_unavailable',
  'unapproved_software_statement',
  'unauthorized_client',
  'undefined',
  'unsupported_grant_type',
  'unsupported_response_type',
  'unsupported_token_type',
])

/** Every value of a URL, form, JSON document, script or HTML page that stands under a secret's name and is not empty. */
export function* secretValuesOf(text: string): Generator<SecretValue> {
  for (const values of [pairs(text), quoted(text), attributes(text), userinfo(text)]) {
    for (const value of values) {
      const { name, start, end } = value
      if (end > start && isSecretName(name) && !ordinaryWords.has(text.slice(start, end))) yield value
    }
  }
}

// None of these patterns reads a stretch of text more than a few times, whatever it holds: names begin where a word
// does, and what is quoted ends at its quote or with the text.
const name = String.raw`(?<![\w.~-])([\w.~-]{1,80})`
const equals = new RegExp(String.raw`${name}\]{0,2}=`, 'g')
const unquoted = /[^&#\s"<>]*/y
const opening = new RegExp(String.raw`${name}["']?\s{0,20}(?::|=>?)\s{0,20}\[?(["'])`, 'g')
const inQuotes = { '"': /[^"\\]*(?:\\.[^"\\]*)*/sy, "'": /[^'\\]*(?:\\.[^'\\]*)*/sy }
const tag = /<[a-z][a-z0-9-]{0,20}(?=\s)/gi
const attribute = /\s*([^\s"'<>/=]+)(?:\s*=\s*("[^"]*"?|'[^']*'?|[^\s"'>]+))?/y

/** `name=value` */
function* pairs(text: string): Generator<SecretValue> {
  let done = 0
  for (const { 0: whole, 1: name = '', index } of text.matchAll(equals)) {
    const start = index + whole.length
    if (index < done || !isSecretName(name)) continue
    unquoted.lastIndex = start
    done = start + (unquoted.exec(text)?.[0].length ?? 0)
    yield { name, start, end: done }
  }
}

/** `"name": "value"`, and what scripts and debuggers make of it: `name = 'value'`, `'name': ['value']`. */
function* quoted(text: string): Generator<SecretValue> {
  for (const { 0: whole, 1: name = '', 2: quote = '"', index } of text.matchAll(opening)) {
    const inside = inQuotes[quote === '"' ? '"' : "'"]
    const start = index + whole.length
    inside.lastIndex = start
    if (isSecretName(name)) yield { name, start, end: start + (inside.exec(text)?.[0].length ?? 0) }
  }
}

/** `<input name="…" value="…">`, `<meta name="…" content="…">` and the like, their attributes in any order. */
function* attributes(text: string): Generator<SecretValue> {
  for (const { 0: whole, index } of text.matchAll(tag)) {
    let name = ''
    let value: readonly [start: number, end: number] = [0, 0]
    attribute.lastIndex = index + whole.length
    for (let found = attribute.exec(text); found !== null; found = attribute.exec(text)) {
      const [, key = '', raw = ''] = found
      const end = attribute.lastIndex
      const quote = /^["']/.exec(raw)?.[0] ?? ''
      const closed = quote !== '' && raw.length > 1 && raw.endsWith(quote)
      const place = [end - raw.length + quote.length, closed ? end - 1 : end] as const
      if (/^name$/i.test(key)) name = text.slice(...place)
      if (/^(?:value|content)$/i.test(key)) value = place
    }
    yield { name, start: value[0], end: value[1] }
  }
}

/** `//user:password@host` */
function* userinfo(text: string): Generator<SecretValue> {
  for (const { 0: whole, 1: value = '', index } of text.matchAll(/\/\/[^\s/:@?#]*:([^\s/@?#]+)@/g)) {
    const end = index + whole.length - 1
    yield { name: 'password', start: end - value.length, end }
  }
}
