import { expect, test } from 'vitest'
import { exposureOf } from '../../conformance/foreign-content.ts'

const told = (content: string) => {
  const page = { url: 'https://as.example/authorize', status: 200, headers: [], body: content, truncated: false }
  return exposureOf(page, ['rp.example'])?.told
}

test.each([
  '<style>@import url(https://fonts.example/css?family=Plain:400,100);h1{}</style>',
  '<style>@import "https://fonts.example/css";</style>',
  `<style>/* of the house */@IMPORT URL( 'https://fonts.example/css' ) print;</style>`,
  '<style>@font-face{font-family:Plain;src:url(//fonts.example/plain.woff2)}</style>',
  `<p style="background:url('https://fonts.example/a.png')">`,
  '<link rel="stylesheet" href="https://fonts.example/css">',
])('%s tells the other site', (content) => {
  expect(told(content)).toEqual(['fonts.example'])
})

test.each([
  '<style>@import url(/own.css);h1{background:url(data:image/png;base64,AA==)}</style>',
  '<style>@import "https://static.as.example/own.css";</style>',
  '<style>/* @import url(https://fonts.example/css); */</style>',
  '<p style="background:url(https://rp.example/a.png)">@import url(https://fonts.example/css);</p>',
  '<meta name="referrer" content="no-referrer"><style>@import url(https://fonts.example/css);</style>',
])('%s tells nobody', (content) => {
  expect(told(content)).toEqual([])
})
