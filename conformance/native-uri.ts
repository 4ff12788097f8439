/** RFC 8252 §7 has three kinds of redirection URIs; the claimed https one is what a web client has too. */
export const isNative = (uri: string): boolean => !uri.startsWith('https:')
