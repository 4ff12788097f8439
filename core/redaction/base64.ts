const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The octets of base64, each as one character, up to the first character that is none of its own. */
export function octetsOfBase64(text: string): string {
  let octets = ''
  let bits = 0
  let held = 0
  for (const character of text) {
    const value = alphabet.indexOf(character)
    if (value < 0) break
    bits = ((bits << 6) | value) & 0xffff
    held += 6
    if (held >= 8) {
      held -= 8
      octets += String.fromCharCode((bits >> held) & 0xff)
    }
  }
  return octets
}
