import { expect, test } from 'vitest'
import { isUriReference } from '../../../core/wire/uri-reference.ts'

test.each(['https://as.example/errors?q=a#b', '/errors', 'errors/%20', '?q', '#a', '', 'urn:a:b', 'https://[::1]/'])(
  '%j is a URI reference',
  (text) => {
    expect(isUriReference(text)).toBe(true)
  },
)

test.each(['a b', '<https://as.example/>', 'https://as.example/é', 'a"b', 'a\\b', '%', '%zz', 'a#b#c', 'a\nb', '{a}'])(
  '%j is none',
  (text) => {
    expect(isUriReference(text)).toBe(false)
  },
)
