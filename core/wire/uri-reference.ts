/** RFC 3986 §4.1, as far as its characters go: printable ASCII but for what a URI has to escape, and one fragment at most. */
export const isUriReference = (text: string): boolean =>
  /^(?:[\w.~!$&'()*+,;=:@/?[\]-]|%[0-9a-f]{2})*(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[0-9a-f]{2})*)?$/i.test(text)
