import { changedPage, page } from '../answers.ts'
import type { HostileCase, Place, Serve } from '../case.ts'
import { hostileTexts } from '../../fixtures/hostile-report.ts'

const pagePlaces: readonly Place[] = ['sign-in', 'saml sign-on']

const times = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join('')

const onAndOn = (body: string): Serve => page(body)

let turns = 0

export const pages: readonly HostileCase[] = [
  {
    name: 'a form that loops',
    hurts: 'every form that is sent is answered by another one',
    at: pagePlaces,
    serve: (turn) =>
      page(`<form method="post"><input type="hidden" name="turn${turns++}"><button>Continue</button></form>`)(turn),
  },
  {
    name: 'a refresh that loops',
    hurts: 'every page moves on to itself',
    at: pagePlaces,
    serve: onAndOn('<meta http-equiv="refresh" content="0; url=">'),
  },
  {
    name: '100,000 fields',
    hurts: 'the form for name and password has a hundred thousand more fields',
    at: pagePlaces,
    serve: changedPage((html) =>
      html
        .replace('<form', `<form ${hostileTexts.attribute}`)
        .replace('</form>', `${'<input>'.repeat(100_000)}</form>`),
    ),
  },
  {
    name: '1,500 choices with 30,000 labels',
    hurts: 'the page asks for 1,500 choices, and each has to be looked for among thirty thousand labels',
    at: pagePlaces,
    serve: page(
      `<form method="post">${times(1500, (at) => `<input type="radio" id="r${at}" name="n${at}">`)}${times(30_000, (at) => `<label for="x${at}">no</label>`)}<button>Accept</button></form>`,
    ),
  },
  {
    name: '50,000 forms',
    hurts: 'the page consists of forms',
    at: pagePlaces,
    serve: page('<form><button>x</button>'.repeat(40_000)),
  },
  {
    name: 'a page 100,000 elements deep',
    hurts: 'element stands within element',
    at: pagePlaces,
    serve: page(`${'<div>'.repeat(30_000)}<form method="post"><input type="password" name="p"></form>`),
  },
  {
    name: 'a page of brackets',
    hurts: 'tags are opened, and never closed: whoever looks for their end does so again and again',
    at: pagePlaces,
    serve: page('<form <input <a <'.repeat(50_000)),
  },
  {
    name: 'a page of attributes',
    hurts: 'a tag has a hundred thousand attributes',
    at: pagePlaces,
    serve: page(`<form ${times(60_000, (at) => `a${at}=`)}><input type=password name=p></form>`),
  },
  {
    name: 'a page of secrets',
    hurts: 'the page consists of what looks like the beginning of a secret',
    at: pagePlaces,
    serve: page(`${'token="'.repeat(60_000)}${'code=eyJ'.repeat(20_000)}${'a.eyJ'.repeat(40_000)}`),
  },
  {
    name: 'a page of white space',
    hurts: 'white space goes on for as long as a page may be',
    at: pagePlaces,
    serve: page(`<form method="post"${' '.repeat(500_000)}><button>${'\n\t '.repeat(150_000)}Accept</button></form>`),
  },
  {
    name: 'a page of escapes',
    hurts: 'everything is escaped, and escaped again',
    at: pagePlaces,
    serve: page('&#x25;&amp;#x25;%25%2525\\u0025\\\\u0025'.repeat(25_000)),
  },
  {
    name: 'a page that takes over',
    hurts: 'names, labels and values of the page are markup, terminal escapes and text turned around',
    at: pagePlaces,
    serve: page(
      `<form method="post" action="javascript:window.owned=1">${Object.values(hostileTexts)
        .map((text) => `<input required name="${text.replaceAll('"', '&quot;')}">`)
        .join('')}<button>Accept</button></form>`,
    ),
  },
]
