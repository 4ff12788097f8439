import http, { type CookieJar } from 'k6/http'
import type { LoadUser } from '../../core/story.ts'
import { personOf } from './plan.ts'

/** So many times a person comes back with the browser that they have signed in with, before they take a fresh one. */
const returns = 3

/** The browser of a virtual user, and who signs in with it. */
export interface Session {
  readonly jar: CookieJar
  readonly person: LoadUser
  /** How many times they will still come back: counted down in place, for to make an object anew takes k6 half a microsecond. */
  left: number
}

export const newSession = (number: number): Session => ({
  jar: new http.CookieJar(),
  person: personOf(number),
  left: returns,
})
