import { type Taken, turnsKept } from '../../core/tape.ts'

/** A request and its answer, as far as one takes something from the other. */
interface Passage {
  readonly asked: { readonly url: string; readonly body: string }
  readonly headers: readonly string[]
  readonly body: Buffer
}

/** What is made by chance, and is not encoded in one place and plain in another. */
const byChance = /[\w.~-]{16,}/g

/** What the request of a passage takes from answers: the values in it that one of those before was the first to tell. */
export function takenBy(passage: Passage, before: readonly (readonly Passage[])[]): readonly Taken[] {
  const { url, body } = passage.asked
  const valuesIn = (text: string) => [...new Set(text.match(byChance))]
  return [
    ...valuesIn(url).flatMap((value) => placeOf(value, 'path', before) ?? []),
    ...valuesIn(body).flatMap((value) => placeOf(value, 'body', before) ?? []),
  ]
}

function placeOf(value: string, into: Taken['into'], before: readonly (readonly Passage[])[]): Taken | undefined {
  for (let turnsBefore = 1; turnsBefore < turnsKept && turnsBefore <= before.length; turnsBefore++) {
    if (isSent(value, before.slice(0, before.length - turnsBefore + 1))) continue
    for (const [at, { headers, body }] of (before.at(-turnsBefore) ?? []).entries()) {
      for (const [from, text] of [
        ['location', locationIn(headers)],
        ['body', body.toString()],
      ] as const) {
        const behind = leadTo(value, text)
        if (behind !== undefined) return { turnsBefore, at, from, behind, length: value.length, into }
      }
    }
  }
  return undefined
}

/** Whether somebody had sent it by then: an answer that repeats it tells nothing new. */
const isSent = (value: string, turns: readonly (readonly Passage[])[]): boolean =>
  turns.flat().some(({ asked: { url, body } }) => url.includes(value) || body.includes(value))

const locationIn = (headers: readonly string[]) =>
  headers[headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'location') + 1] ?? ''

/** The shortest text that first comes right before a value; nothing where there is none. */
function leadTo(value: string, text: string): string | undefined {
  const at = text.indexOf(value)
  for (let length = 1; length <= at && length <= longestLead; length++) {
    const lead = text.slice(at - length, at)
    if (text.indexOf(lead) === at - length) return lead
  }
  return undefined
}

const longestLead = 100
