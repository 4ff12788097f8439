import { headerOf, type HttpRequest, type HttpResponse, objectOf } from '../client/http.ts'

/** Which kinds of answer a property has seen: they say how far its inputs came. */
export interface AnswerLog {
  /** How many requests were sent. */
  readonly requests: number
  /** How many kinds of answer came. */
  readonly kinds: number
  /** Notes an answer, or that none came. */
  hear(request: HttpRequest, answer: HttpResponse | undefined, milliseconds: number): void
}

export function answerLog(): AnswerLog {
  const known = new Set<string>()
  let requests = 0
  return {
    get requests() {
      return requests
    },
    get kinds() {
      return known.size
    },
    hear: (request, answer, milliseconds) => {
      requests += 1
      known.add(`${request.method} ${placeOf(request.url)} ${kindOf(answer)} ${slowness(milliseconds)}`)
    },
  }
}

/** What an answer is like, without what differs each time: status, error, shape and where it sends the browser. */
export function kindOf(answer: HttpResponse | undefined): string {
  if (answer === undefined) return 'no answer'
  const { status } = answer
  const location = headerOf(answer, 'location')
  if (location !== undefined) return `${status} to ${placeOf(location)} with ${shapeOfQuery(location)}`
  const members = objectOf(answer)
  if (members !== undefined) return `${status} ${errorIn(members)}{${Object.keys(members).toSorted().join()}}`
  return `${status} ${headerOf(answer, 'content-type') ?? ''} ${headingOf(answer.body)}`
}

const errorIn = ({ error }: Readonly<Record<string, unknown>>) => (typeof error === 'string' ? `${error} ` : '')

/** A URL up to its path, with what may be an identifier left out. */
const placeOf = (url: string) => url.replace(/[?#].*$/s, '').replace(/[^/]{16,}/g, '*')

/** The names of the parameters, and what says which error it is. */
const shapeOfQuery = (url: string) =>
  (/[?#].*$/s.exec(url)?.[0] ?? '').replace(/[?&#]([^=&#]*)=?([^&#]*)/g, (_, name: string, value: string) =>
    name === 'error' ? `${name}=${value} ` : `${name} `,
  )

/** How far into a page its heading is looked for, in characters. */
const beginning = 4000

const headingOf = (body: string) => /<(title|h1)[^>]*>([^<]{0,80})/i.exec(body.slice(0, beginning))?.[2] ?? ''

/** Tenfold each: what is within one class may differ by chance. */
const slowness = (milliseconds: number) => (milliseconds < 100 ? '' : milliseconds < 1000 ? 'slow' : 'very slow')
