/** What a button or link would do, by what it says of itself. */
export type Intent = 'accepts' | 'refuses' | 'strays' | 'says nothing'

/** In order: what leads elsewhere goes before "no" and "sign in", because "No account? Sign up" refuses nothing. */
const intents: readonly (readonly [Intent, RegExp])[] = [
  [
    'strays',
    /\b(?:sign ?up|register|create|forgot(?:ten)?|reset|another|different|switch|change|help|resend|language|passkeys?|webauthn)\b/,
  ],
  [
    'strays',
    /\b(?:continue|sign ?in|log ?in|login) (?:with|using|via) (?!(?:your|a|the|my)?\b ?(?:password|e ?mail|user))/,
  ],
  [
    'refuses',
    /\b(?:deny|denied|cancel|abort|reject|rejected|decline|refuse|revoke|disallow|disagree|no|not now|don t|do not)\b/,
  ],
  ['strays', /\b(?:log ?out|logoff|sign ?out|back|search)\b/],
  [
    'accepts',
    /\b(?:allow|accept|approve|authori[sz]e|agree|grant|consent|continue|proceed|yes|ok|okay|confirm|trust|permit|sign ?in|log ?in|log ?on|login|next|submit|finish)\b/,
  ],
]

/** Words in lower case, one space between them: `kc-cancelButton` becomes `kc cancel button`. */
export const wordsOf = (text: string): string =>
  text
    .slice(0, 300)
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase()

/** What people can read goes before what only the server reads; the latter decides where the page is not in English. */
export function intentOf(visible: string, internal = ''): Intent {
  for (const text of [visible, internal]) {
    const words = wordsOf(text)
    const found = intents.find(([, pattern]) => pattern.test(words))
    if (found !== undefined) return found[0]
  }
  return 'says nothing'
}
